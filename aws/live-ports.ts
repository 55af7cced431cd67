import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createExecutions } from './executions.ts';
import { createHands } from './hands.ts';
import { createImageWorker } from './image-worker.ts';
import { ids } from './ids.ts';
import { createLog, createMeter } from './log.ts';
import { createLookQueue } from './looks.ts';
import { createObserver } from './observer.ts';
import { once } from './once.ts';
import type { Ports } from './ports.ts';
import { createStore } from './store.ts';
import { createTokenIssuer } from './token-issuer.ts';
import { createTemplates } from './templates.ts';
import { transportOf } from './transport.ts';
import type { Wiring } from './wiring.ts';

/** The real parts. Each is made when it is first asked for, so that a function that only reads the table loads no more than that. */
export function livePorts(wiring: Wiring, environment: Readonly<Record<string, string | undefined>>): Ports {
  const setting = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
    return value;
  };
  const client = {
    ...transportOf(wiring),
    ...(wiring.credentials === undefined ? {} : { credentials: wiring.credentials }),
    ...(wiring.endpoint === undefined ? {} : { region: 'us-east-1' }),
  };
  const log = once(() => createLog(environment['SLIPWAY_LOG_LEVEL']));
  const store = once(() => createStore(new DynamoDBClient(client), setting('SLIPWAY_TABLE')));
  const executions = once(() => createExecutions(new SFNClient(client), setting('SLIPWAY_MACHINE_ARN_PREFIX')));
  const looks = once(() => createLookQueue(new SQSClient(client), setting('SLIPWAY_LOOKS_QUEUE_URL')));
  const hands = createHands(wiring, client, store, () => setting('SLIPWAY_HOME_ACCOUNT_ID'));
  const [accounts, eks, autoScaling, alarms, parts] = [once(hands.accounts), once(hands.eks), once(hands.autoScaling), once(hands.alarms), once(hands.parts)] as const;
  const hostedZones = once(hands.hostedZones);
  const roles = once(hands.roles);
  const images = once(hands.images);
  const imageWorker = once(() => createImageWorker(new LambdaClient(client), setting('SLIPWAY_IMAGES_FUNCTION'), log()));
  const observer = once(() => createObserver(new LambdaClient(client), setting('SLIPWAY_OBSERVE_FUNCTION'), log()));
  const tokens = once(() => createTokenIssuer(new LambdaClient(client), setting('SLIPWAY_ISSUE_TOKEN_FUNCTION'), log()));
  const mint = once(hands.mint);
  const templates = once(() => createTemplates(new S3Client(client), environment['SLIPWAY_TEMPLATE_BUCKET'], wiring.clock));
  const meter = once(() => createMeter());
  return {
    clock: wiring.clock,
    ids,
    get log() {
      return log();
    },
    get meter() {
      return meter();
    },
    get store() {
      return store();
    },
    get executions() {
      return executions();
    },
    get looks() {
      return looks();
    },
    get accounts() {
      return accounts();
    },
    get eks() {
      return eks();
    },
    get autoScaling() {
      return autoScaling();
    },
    get alarms() {
      return alarms();
    },
    get hostedZones() {
      return hostedZones();
    },
    get roles() {
      return roles();
    },
    get parts() {
      return parts();
    },
    get images() {
      return images();
    },
    get imageWorker() {
      return imageWorker();
    },
    get observer() {
      return observer();
    },
    get tokens() {
      return tokens();
    },
    get mint() {
      return mint();
    },
    get templates() {
      return templates();
    },
  };
}
