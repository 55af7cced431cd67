import * as servicequotas from '@aws-sdk/client-service-quotas';
import type {
  GetAWSDefaultServiceQuotaCommandInput,
  GetRequestedServiceQuotaChangeCommandInput,
  GetServiceQuotaCommandInput,
  ListAWSDefaultServiceQuotasCommandInput,
  ListRequestedServiceQuotaChangeHistoryByQuotaCommandInput,
  ListRequestedServiceQuotaChangeHistoryCommandInput,
  ListServiceQuotasCommandInput,
  ListServicesCommandInput,
  RequestedServiceQuotaChange,
  RequestServiceQuotaIncreaseCommandInput,
} from '@aws-sdk/client-service-quotas';
import type { Collection } from '../../disk.ts';
import { Faults } from '../faults.ts';
import { AwsError } from '../service.ts';
import type { Call, Needed, SimulatedService, World } from '../service.ts';
import { quotaArn, quotaAt, quotasOf, quotaView, SERVICES } from './catalogue.ts';
import type { Quota } from './catalogue.ts';
import { QuotaSettings } from './settings.ts';

interface RequestRecord {
  readonly accountId: string;
  readonly region: string;
  readonly id: string;
  readonly service: string;
  readonly code: string;
  readonly desired: number;
  readonly requester: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly isDenied: boolean;
}

export interface SimulatedServiceQuotas extends SimulatedService {
  /** What a quota comes to for an account in a region now. */
  value(where: { readonly accountId: string; readonly region: string }, service: string, code: string): number;
  /** Lets time at full speed go on until what was asked for is answered. */
  resume(): void;
}

/** A request is answered after so long. On AWS some are answered in minutes and others go to a person; this stage's choice. */
const ANSWER_MINUTES = 30;
const PAGE_MAX = 100;

/** Quotas that can be looked at, and raised. Nothing here counts what an account uses. */
export function createServiceQuotas(world: World): SimulatedServiceQuotas {
  const requests: Collection<RequestRecord> = world.disk.collection('servicequotas-requests');
  const faults = new Faults(world.disk);

  const requestsOf = ({ accountId, region }: { readonly accountId: string; readonly region: string }): RequestRecord[] => requests.list(`${accountId}/${region}/`).sort((a, b) => b.askedAt - a.askedAt);
  const settings = new QuotaSettings(world.disk);
  /** What a quota comes to for an account: what it began with or was set to, or what was granted since. */
  function valueOf(where: { readonly accountId: string; readonly region: string }, quota: Quota, now: number): number {
    const set = settings.of(where, quota);
    const granted = requestsOf(where).filter(({ service, code, answeredAt, isDenied }) => service === quota.service && code === quota.code && answeredAt <= now && answeredAt > (set?.setAt ?? 0) && !isDenied);
    return Math.max(set?.value ?? quota.applied ?? quota.value, ...granted.map(({ desired }) => desired));
  }
  const arm = ({ answeredAt }: RequestRecord): void => void world.clock.at(answeredAt, () => undefined);

  return {
    name: 'servicequotas',
    protocol: 'aws-json-1.1',
    schemas: { ...servicequotas },
    needs: (operation, input, call) => needsOf(operation, input as { ServiceCode?: string; QuotaCode?: string }, call),
    value: (where, service, code) => valueOf(where, quotaAt(service, code), world.clock.now()),
    resume() {
      for (const request of requests.list()) if (request.answeredAt > world.clock.now()) arm(request);
    },
    operations: {
      ListServices(input: ListServicesCommandInput) {
        const { items, ...rest } = paged(SERVICES, input);
        return { Services: items.map(({ service, name }) => ({ ServiceCode: service, ServiceName: name })), ...rest };
      },
      GetServiceQuota(input: GetServiceQuotaCommandInput, call: Call) {
        const quota = quotaAt(input.ServiceCode, input.QuotaCode);
        return { Quota: quotaView(call, quota, valueOf(call, quota, call.now)) };
      },
      GetAWSDefaultServiceQuota(input: GetAWSDefaultServiceQuotaCommandInput, call: Call) {
        const quota = quotaAt(input.ServiceCode, input.QuotaCode);
        return { Quota: quotaView(call, quota, quota.value) };
      },
      ListServiceQuotas(input: ListServiceQuotasCommandInput, call: Call) {
        const { items, ...rest } = paged(quotasOf(input.ServiceCode).filter(({ code }) => (input.QuotaCode ?? code) === code), input);
        return { Quotas: items.map((quota) => quotaView(call, quota, valueOf(call, quota, call.now))), ...rest };
      },
      ListAWSDefaultServiceQuotas(input: ListAWSDefaultServiceQuotasCommandInput, call: Call) {
        const { items, ...rest } = paged(quotasOf(input.ServiceCode), input);
        return { Quotas: items.map((quota) => quotaView(call, quota, quota.value)), ...rest };
      },
      RequestServiceQuotaIncrease(input: RequestServiceQuotaIncreaseCommandInput, call: Call) {
        const quota = quotaAt(input.ServiceCode, input.QuotaCode);
        const { accountId, region, now } = call;
        if (!quota.adjustable) throw new AwsError('IllegalArgumentException', `The quota ${quota.code} is not adjustable.`, 400);
        const desired = input.DesiredValue ?? 0;
        if (desired <= valueOf(call, quota, now)) throw new AwsError('IllegalArgumentException', 'You must provide a quota value greater than the current quota value.', 400);
        if (requestsOf(call).some(({ code, answeredAt }) => code === quota.code && answeredAt > now)) throw new AwsError('ResourceAlreadyExistsException', 'Only one open service quota increase request is allowed per quota.', 400);
        const isDenied = faults.takeFailUpdate('servicequotas:RequestServiceQuotaIncrease', accountId, region, input) !== undefined;
        const request: RequestRecord = { accountId, region, id: `${world.newId()}${world.newId().slice(0, 8)}`, service: quota.service, code: quota.code, desired, requester: call.caller.arn, askedAt: now, answeredAt: now + ANSWER_MINUTES * 60_000, isDenied };
        requests.put(`${accountId}/${region}/${request.id}`, request);
        arm(request);
        return { RequestedQuota: requestView(request, now) };
      },
      GetRequestedServiceQuotaChange(input: GetRequestedServiceQuotaChangeCommandInput, call: Call) {
        const request = requestsOf(call).find(({ id }) => id === input.RequestId);
        if (request === undefined) throw new AwsError('NoSuchResourceException', `The request failed because there is no quota request ${input.RequestId ?? ''}.`, 400);
        return { RequestedQuota: requestView(request, call.now) };
      },
      ListRequestedServiceQuotaChangeHistory: (input: ListRequestedServiceQuotaChangeHistoryCommandInput, call: Call) => history(requestsOf(call), input, call.now),
      ListRequestedServiceQuotaChangeHistoryByQuota: (input: ListRequestedServiceQuotaChangeHistoryByQuotaCommandInput, call: Call) => history(requestsOf(call).filter(({ code }) => code === input.QuotaCode), input, call.now),
    },
  };
}

function history(requests: readonly RequestRecord[], input: ListRequestedServiceQuotaChangeHistoryCommandInput, now: number) {
  const fit = requests.map((request) => requestView(request, now)).filter(({ ServiceCode, Status }) => (input.ServiceCode ?? ServiceCode) === ServiceCode && (input.Status ?? Status) === Status);
  const { items, ...rest } = paged(fit, input);
  return { RequestedQuotas: items, ...rest };
}

function requestView(request: RequestRecord, now: number): RequestedServiceQuotaChange {
  const quota = quotaAt(request.service, request.code);
  const isAnswered = request.answeredAt <= now;
  return {
    Id: request.id,
    ServiceCode: quota.service,
    ServiceName: quota.serviceName,
    QuotaCode: quota.code,
    QuotaName: quota.name,
    DesiredValue: request.desired,
    Status: !isAnswered ? 'PENDING' : request.isDenied ? 'DENIED' : 'APPROVED',
    Created: new Date(request.askedAt),
    LastUpdated: new Date(isAnswered ? request.answeredAt : request.askedAt),
    Requester: JSON.stringify({ accountId: request.accountId, callerArn: request.requester }),
    QuotaArn: quotaArn(request, quota),
    GlobalQuota: false,
    Unit: 'None',
    QuotaRequestedAtLevel: 'ACCOUNT',
  };
}

/** Only the request for more has a resource. Source: Service Authorization Reference, Service Quotas. */
function needsOf(operation: string, { ServiceCode = '', QuotaCode = '' }: { readonly ServiceCode?: string; readonly QuotaCode?: string }, { accountId, region }: Call): readonly Needed[] | undefined {
  if (operation !== 'RequestServiceQuotaIncrease') return undefined;
  return [{ action: 'servicequotas:RequestServiceQuotaIncrease', resource: `arn:aws:servicequotas:${region}:${accountId}:${ServiceCode}/${QuotaCode}`, context: { 'servicequotas:service': ServiceCode } }];
}

function paged<T>(items: readonly T[], { MaxResults = PAGE_MAX, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined }): { readonly items: T[]; readonly NextToken?: string } {
  if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > PAGE_MAX) throw new AwsError('IllegalArgumentException', `MaxResults must be between 1 and ${PAGE_MAX}: ${MaxResults}`, 400);
  const written = NextToken === undefined ? '0' : Buffer.from(NextToken, 'base64url').toString('utf8');
  if (!/^\d{1,9}$/.test(written)) throw new AwsError('InvalidPaginationTokenException', 'Invalid input was provided.', 400);
  const end = Number(written) + MaxResults;
  return { items: items.slice(Number(written), end), ...(end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}) };
}
