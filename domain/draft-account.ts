import type { Account } from './account.ts';
import { accountSetup } from './account-setup.ts';
import type { Caller } from './caller.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { ChangeAccount, RegisterAccount } from './requests.ts';
import type { AllowedZone } from './hosted-zones.ts';

/** The record of an account that is registered. A caller of one team registers for that team alone. */
export function draftAccount(request: RegisterAccount, birth: { externalId: string; homeAccountId: string; caller: Caller; now: string }): Account | Refusal {
  const { caller, now } = birth;
  const teams = request.teams ?? (caller.team === undefined ? undefined : [caller.team]);
  if (caller.team !== undefined && teams?.some((team) => team !== caller.team) === true) {
    return refuse('team-not-allowed', `A caller of team ${caller.team} cannot register an account for other teams.`);
  }
  const unknown = { status: 'Unknown', reason: 'NotVerified', message: 'Nobody has verified it yet.', lastTransitionTime: now } as const;
  const account: Account = {
    accountId: request.accountId,
    name: request.name,
    regions: [...new Set(request.regions)],
    labels: request.labels,
    ...(teams === undefined ? {} : { teams: [...new Set(teams)] }),
    ...(request.dnsZones === undefined ? {} : { dnsZones: request.dnsZones.map(zoneOf) }),
    roleArn: '',
    externalId: birth.externalId,
    conditions: [
      { type: 'AccessVerified', ...unknown },
      { type: 'PermissionsCurrent', ...unknown },
    ],
    createdAt: now,
    createdBy: caller.sub,
    generation: 1,
  };
  return { ...account, roleArn: accountSetup(account, birth.homeAccountId).roleArn };
}

/** The record as a change asks for it; what the request does not name stays. A caller of one team changes no account for others. */
export function changedAccount(before: Account, { name, labels, teams, dnsZones }: ChangeAccount, caller: Caller): Account | Refusal {
  if (caller.team !== undefined && (teams === null || teams?.some((team) => team !== caller.team) === true)) {
    return refuse('team-not-allowed', `A caller of team ${caller.team} cannot give an account to other teams.`);
  }
  const { teams: standing, ...rest } = before;
  const next = teams === undefined ? standing : (teams ?? undefined);
  return {
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(labels === undefined ? {} : { labels }),
    ...(next === undefined ? {} : { teams: [...new Set(next)] }),
    ...(dnsZones === undefined ? {} : { dnsZones: dnsZones.map(zoneOf) }),
    generation: before.generation + 1,
  };
}

function zoneOf({ hostedZoneId, teams }: { readonly hostedZoneId: string; readonly teams?: readonly string[] | undefined }): AllowedZone {
  return { hostedZoneId, ...(teams === undefined ? {} : { teams }) };
}
