import { createAcm } from './acm/index.ts';
import { authorize } from './authorization.ts';
import { createAutoScaling } from './autoscaling/index.ts';
import type { SimulatedAutoScaling } from './autoscaling/index.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { createCloudWatch } from './cloudwatch/index.ts';
import { createDynamoDb } from './dynamodb/index.ts';
import { createEc2 } from './ec2/index.ts';
import type { SimulatedEc2 } from './ec2/index.ts';
import { createEcr } from './ecr/index.ts';
import { createEks } from './eks/index.ts';
import type { SimulatedEks } from './eks/index.ts';
import { Faults } from './faults.ts';
import { createIam } from './iam/index.ts';
import { IamRecords } from './iam/records.ts';
import type { SimulatedIam } from './iam/index.ts';
import { createKms } from './kms/index.ts';
import type { SimulatedKms } from './kms/index.ts';
import { createLambda } from './lambda/index.ts';
import type { SimulatedLambda } from './lambda/index.ts';
import { createRoute53 } from './route53/index.ts';
import type { Caller, SimulatedService, World } from './service.ts';
import { createServiceQuotas } from './servicequotas/index.ts';
import type { SimulatedServiceQuotas } from './servicequotas/index.ts';
import { createSqs } from './sqs/index.ts';
import type { SimulatedSqs } from './sqs/index.ts';
import { createStepFunctions } from './stepfunctions/index.ts';
import type { SimulatedStepFunctions } from './stepfunctions/index.ts';
import { createSts } from './sts/index.ts';
import type { SimulatedSts } from './sts/index.ts';

export interface SimulatedAws {
  /** For `startEndpoint`. */
  readonly services: readonly SimulatedService[];
  readonly iam: SimulatedIam;
  readonly sts: SimulatedSts;
  readonly ec2: SimulatedEc2;
  readonly kms: SimulatedKms;
  readonly cloudwatch: SimulatedService;
  readonly autoscaling: SimulatedAutoScaling;
  readonly servicequotas: SimulatedServiceQuotas;
  readonly ecr: SimulatedService;
  readonly sqs: SimulatedSqs;
  readonly lambda: SimulatedLambda;
  readonly eks: SimulatedEks;
  readonly dynamodb: ReturnType<typeof createDynamoDb>;
  readonly stepfunctions: SimulatedStepFunctions;
  /** Arms again, from the disk, everything that was waiting for its time when the process ended. */
  resume(): void;
}

/**
 * The whole simulated AWS on one world. Call `resume` once, after whatever is to listen has been registered. `machineNow`
 * is epoch ms by the machine's own clock, which credentials expire by.
 */
export function createSimulatedAws(world: World, machineNow: () => number = Date.now): SimulatedAws {
  const iam = createIam(world);
  const sts = createSts(world, machineNow);
  const ec2 = createEc2(world);
  const kms = createKms(world);
  const cloudwatch = createCloudWatch(world);
  const alarms = new Alarms(world.disk);
  const autoscaling = createAutoScaling(world, { ec2, isFiring: (where, alarmName) => alarms.get(where, alarmName)?.state === 'ALARM' });
  const servicequotas = createServiceQuotas(world);
  const ecr = createEcr(world, { quota: (where, code) => servicequotas.value(where, 'ecr', code), keyState: (accountId, region, keyArn) => kms.keyState(accountId, region, keyArn) });
  const sqs = createSqs(world);
  const lambda = createLambda(world);
  const eks = createEks(world, { iam, ec2, kms, faults: new Faults(world.disk) });
  const route53 = createRoute53(world, { hasVpc: ec2.hasVpc });
  const acm = createAcm(world, new Faults(world.disk));
  const dynamodb = createDynamoDb(world);
  const records = new IamRecords(world.disk);
  const stepfunctions = createStepFunctions(world, {
    invoke: (functionArn, payload) => lambda.invoke(functionArn, payload),
    authorize: ({ roleArn, action, resource, region }) => {
      const decision = authorize(records, machineCaller(roleArn), region, [{ action, resource: lambda.arn(resource) }]);
      return decision.allowed ? decision : { allowed: false, because: decision.message };
    },
  });
  return {
    services: [iam, sts, ec2, kms, cloudwatch, autoscaling, servicequotas, ecr, sqs, lambda, eks, dynamodb, stepfunctions, route53, acm],
    iam,
    sts,
    ec2,
    kms,
    cloudwatch,
    autoscaling,
    servicequotas,
    ecr,
    sqs,
    lambda,
    eks,
    dynamodb,
    stepfunctions,
    resume() {
      for (const service of [dynamodb, ec2, autoscaling, servicequotas, eks, sqs, lambda, stepfunctions]) service.resume();
    },
  };
}

/** A state machine at work, as policies see it: a session of its role, which AWS gives a name of its own. */
function machineCaller(roleArn: string): Caller {
  const [, , , , accountId = '', path = ''] = roleArn.split(':');
  const name = path.split('/').at(-1) ?? '';
  const sessionName = 'states';
  return { accountId, arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`, role: { name, arn: roleArn, sessionName }, sessionTags: {} };
}
