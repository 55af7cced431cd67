import { authorize } from './authorization.ts';
import { identify, Sessions, signedBy } from './callers.ts';
import type { Signed } from './callers.ts';
import { Calls } from './calls.ts';
import type { LoggedCall } from './calls.ts';
import { Faults } from './faults.ts';
import type { Fault } from './faults.ts';
import { IamRecords } from './iam/records.ts';
import { awsJson } from './protocols/aws-json.ts';
import { awsQuery } from './protocols/aws-query.ts';
import { ec2Query } from './protocols/ec2-query.ts';
import { restJson } from './protocols/rest-json.ts';
import { restXml } from './protocols/rest-xml.ts';
import { rpcV2Cbor } from './protocols/rpc-v2-cbor.ts';
import { readModel } from './protocols/shape.ts';
import type { Model, OperationShape } from './protocols/shape.ts';
import { MalformedInput, UnfitOutput } from './protocols/wire.ts';
import type { WireAnswer, WireProtocol, WireRequest } from './protocols/wire.ts';
import { AwsError, HOME_REGION, Later } from './service.ts';
import type { Call, Caller, Protocol, SimulatedService, World } from './service.ts';
import { deniedError, expiredError, invalidCredentialsError, malformedInputError, unsupportedError } from './wire-errors.ts';

const PROTOCOLS: Readonly<Record<Protocol, WireProtocol>> = {
  'rest-json': restJson,
  'aws-json-1.0': awsJson('1.0'),
  'aws-json-1.1': awsJson('1.1'),
  'aws-query': awsQuery,
  'ec2-query': ec2Query,
  'rest-xml': restXml,
  'rpc-v2-cbor': rpcV2Cbor,
};

/** Services that are one for the whole world: their state and their counts know no region. */
const GLOBAL_SERVICES = ['iam', 'route53'];

interface Served {
  readonly service: SimulatedService;
  readonly model: Model;
  readonly protocol: Protocol;
  readonly wire: WireProtocol;
}

interface Prepared {
  readonly served: Served;
  readonly operation: OperationShape;
  readonly input: unknown;
  readonly call: Omit<Call, 'now'>;
  readonly fault: Fault | undefined;
  readonly logged: LoggedCall;
}

/** An answer, or the order to break the connection. */
export type Dispatched = WireAnswer | 'drop';

export interface Dispatch {
  readonly calls: Calls;
  readonly faults: Faults;
  /** Whether a service here does this operation: `eks:DescribeUpdate`. */
  knows(operation: string): boolean;
  dispatch(request: WireRequest, endpoint: string): Promise<Dispatched>;
}

/** Everything between the HTTP server and the services: who calls, what for, whether it may, and how the answer is written. */
export function createDispatch(world: World, services: readonly SimulatedService[], log: (line: string) => void, machineNow: () => number): Dispatch {
  const served = services.map((service): Served => ({ service, model: readModel(service.schemas), protocol: service.protocol, wire: PROTOCOLS[service.protocol] }));
  const servedBySignature = new Map(served.map((one): [string, Served] => [one.service.signedAs ?? one.service.name, one]));
  const sessions = new Sessions(world.disk);
  const iam = new IamRecords(world.disk);
  const calls = new Calls(world.disk);
  const faults = new Faults(world.disk);

  /** Reads the request and takes what was scripted for it. */
  function prepare(request: WireRequest, endpoint: string, requestId: string): Prepared | WireAnswer {
    const signed = signedBy(request.headers, request.query);
    if (signed === undefined) return plainError(403, 'MissingAuthenticationToken', 'Missing Authentication Token', requestId);
    const asked = servedBySignature.get(signed.service);
    if (asked === undefined) return absentService(signed.service, request, requestId);
    const found = spokenTo(asked, request);
    const identified = identify(signed, sessions, iam, machineNow());
    if (identified.kind === 'refused') return refuse(found, identified.why === 'expired' ? expiredError(found.protocol) : invalidCredentialsError(found.protocol), requestId);
    return answering(found, requestId, undefined, () => prepareCall(found, signed, identified.caller, request, endpoint, requestId));
  }

  function prepareCall(found: Served, signed: Signed, caller: Caller, request: WireRequest, endpoint: string, requestId: string): Prepared {
    const { service, wire, model } = found;
    const routed = wire.route(request, model);
    if (typeof routed === 'string') throw unsupportedError(service.name, routed);
    const { operation } = routed;
    const region = GLOBAL_SERVICES.includes(service.name) ? HOME_REGION : signed.region;
    const entry = { at: new Date(world.clock.now()).toISOString(), operation: `${service.name}:${operation.name}`, account: caller.accountId, region, caller: caller.arn };
    let input: unknown;
    try {
      input = wire.readInput(routed, request);
    } catch (error) {
      calls.record({ ...entry, status: 400, error: error instanceof Error ? error.name : String(error) }, undefined);
      throw error;
    }
    const logged = calls.record(entry, input);
    const fault = faults.take(entry.operation, caller.accountId, region, input);
    return { served: found, operation, input, fault, logged, call: { service: service.name, operation: operation.name, accountId: caller.accountId, region, caller, requestId, endpoint } };
  }

  /** Authorises the call and has the service do its work. */
  async function carryOut({ served: { service, protocol }, operation, input, fault, call }: Prepared): Promise<unknown> {
    if (fault?.kind === 'error') throw new AwsError(fault.code ?? 'InternalFailure', fault.message ?? 'A scripted fault.', fault.status ?? 400);
    const named: Call = { ...call, now: world.clock.now() };
    const handler = service.operations[operation.name];
    if (handler === undefined) throw unsupportedError(service.name, operation.name);
    const needed = service.needs?.(operation.name, input, named) ?? [{ action: `${service.name}:${operation.name}`, resource: '*' }];
    if (fault?.kind === 'deny') {
      const first = needed[0] ?? { action: `${service.name}:${operation.name}`, resource: '*' };
      throw deniedError(protocol, `User: ${call.caller.arn} is not authorized to perform: ${first.action} on resource: ${first.resource} with an explicit deny in a service control policy`);
    }
    const decision = authorize(iam, call.caller, call.region, needed);
    if (!decision.allowed) throw deniedError(protocol, decision.message);
    world.disk.transaction(() => service.beforehand?.(operation.name, input, named));
    // What a call writes before it first waits is written as one; a refusal undoes it.
    return (await world.disk.transaction(() => handler(input, named))) as unknown;
  }

  function refuse(found: Served, error: AwsError, requestId: string): WireAnswer {
    return found.wire.writeError(error, found.model.errors.get(error.code), found.model, requestId);
  }

  /** Runs a piece of a call; whatever it throws becomes the answer that the service's protocol has for it. */
  function answering<T>(found: Served, requestId: string, logged: LoggedCall | undefined, work: () => T): T | WireAnswer {
    try {
      return work();
    } catch (error) {
      return failed(found, requestId, logged, error);
    }
  }

  function failed(found: Served, requestId: string, logged: LoggedCall | undefined, error: unknown): WireAnswer {
    const known = error instanceof MalformedInput ? malformedInputError({ name: found.service.name, protocol: found.protocol }, found.model, error) : error;
    if (known instanceof AwsError) {
      try {
        const answer = refuse(found, known, requestId);
        if (logged !== undefined) Object.assign(logged, { status: answer.status, error: known.code });
        return answer;
      } catch (unfit) {
        return failed(found, requestId, logged, unfit);
      }
    }
    const what = logged?.operation ?? found.service.name;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log(`The simulated AWS failed at ${what}: ${text}`);
    if (logged !== undefined) Object.assign(logged, { status: 500, error: 'InternalFailure' });
    const message = error instanceof UnfitOutput ? `${what}: the answer does not fit the service's model: ${error.message}` : `${what}: the simulated service failed; its log says why.`;
    return found.wire.writeError(new AwsError('InternalFailure', message, 500), undefined, found.model, requestId);
  }

  return {
    calls,
    faults,
    knows(operation) {
      const [service = '', name = ''] = operation.split(':');
      return Object.hasOwn(served.find((one) => one.service.name === service)?.service.operations ?? {}, name);
    },
    async dispatch(request, endpoint) {
      const requestId = uuidOf(world.newId());
      const prepared = await world.clock.during(() => prepare(request, endpoint, requestId));
      if (!('served' in prepared)) return prepared;
      const { served: found, fault, logged } = prepared;
      // The delay is nobody's work: time may pass it.
      if (fault?.kind === 'delay') await virtualSeconds(world, fault.seconds ?? 0);
      const write = (output: unknown): WireAnswer =>
        answering(found, requestId, logged, () => {
          const answer = found.wire.writeOutput(prepared.operation, output, found.model, requestId);
          logged.status = answer.status;
          return answer;
        });
      const guarded = async (work: () => Promise<unknown>): Promise<WireAnswer | Later> => {
        try {
          const output = await work();
          return output instanceof Later ? output : write(output);
        } catch (error) {
          return failed(found, requestId, logged, error);
        }
      };
      const first = await world.clock.during(() => guarded(() => carryOut(prepared)));
      const answer = first instanceof Later ? await guarded(() => first.answer) : first;
      return fault?.kind === 'loseAnswer' || answer instanceof Later ? 'drop' : answer;
    },
  };
}

/** The service in the way that this request speaks to it. */
function spokenTo(served: Served, request: WireRequest): Served {
  const { service } = served;
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const said = request.headers['smithy-protocol'] === 'rpc-v2-cbor' ? 'rpc-v2-cbor' : isForm ? 'aws-query' : service.protocol;
  const protocol = service.alsoSpeaks?.includes(said) === true ? said : service.protocol;
  return { ...served, protocol, wire: PROTOCOLS[protocol] };
}

function virtualSeconds(world: World, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    world.clock.at(world.clock.now() + seconds * 1000, resolve);
  });
}

function plainError(status: number, code: string, message: string, requestId: string): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

/** Services whose errors are XML on their own. The others of XML are known by their forms. */
const REST_XML_SERVICES = ['s3', 's3express', 's3-outposts', 'cloudfront', 'route53'];

/** Nobody here knows the model of a service that is not there; what can be read off the request decides how its client reads errors. */
function absentService(service: string, request: WireRequest, requestId: string): WireAnswer {
  const message = `The simulated AWS has no service ${service}.`;
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (!form && !REST_XML_SERVICES.includes(service)) return plainError(501, 'NotImplemented', message, requestId);
  const error = `<Code>NotImplemented</Code><Message>${message}</Message>`;
  const body = form ? `<ErrorResponse><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>` : `<Error>${error}<RequestId>${requestId}</RequestId></Error>`;
  return { status: 501, headers: { 'content-type': 'application/xml', 'x-amzn-requestid': requestId }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
