import type { HostedZoneFacts } from '../../domain/hosted-zones.ts';
import type { RoleSight } from '../../domain/named-roles.ts';
import type { Step } from '../../domain/operation.ts';
import type { ResourceSeen } from '../../domain/parts/judge-resource.ts';
import type { Resource } from '../../domain/parts/resource.ts';
import type { AlarmFacts, InstanceRefreshFacts } from '../../domain/readiness-facts.ts';
import type { Session } from './account-access.ts';
import type { Begun } from './eks.ts';

/** Auto Scaling groups of a cluster that are not behind a managed group. */
export interface AutoScaling {
  /** Begins an instance refresh to the launch template version that the step's parameters name. Auto Scaling takes no token: a refresh that runs is `in-use`, with its id. */
  begin(session: Session, step: Step): Promise<Begun>;
  refresh(session: Session, groupName: string, refreshId: string): Promise<InstanceRefreshFacts | 'absent'>;
  /** Refreshes of the group that run or began at or after `since`, newest first, at most 10. */
  recentRefreshes(session: Session, groupName: string, since: string): Promise<readonly InstanceRefreshFacts[]>;
}

/** Resources of a cluster's parts, wherever in AWS they live. */
export interface Parts {
  /** Brings the step's resource to what it shall be, or begins to. Harmless to repeat; what somebody else made under the same name is refused, never taken over. */
  begin(session: Session, step: Step, of: PartOf): Promise<Begun>;
  /** The resource as it stands; `absent` only when AWS said so. A failed look throws. */
  look(session: Session, resource: Resource, clusterName: string): Promise<ResourceSeen>;
}

/** The cluster that a part is of, and the token that makes a repeat the same ask. */
export interface PartOf {
  readonly clusterName: string;
  readonly clusterId: string;
  readonly clientRequestToken: string;
}

/** Roles of IAM. */
export interface Roles {
  /** A look at each of the first `ROLES_LOOKED_AT_MAX`, in their order, which fails by itself; `absent` only when IAM said so. Throws AccountUnreachable. */
  look(session: Session, roleArns: readonly string[]): Promise<readonly RoleSight[]>;
}

/** Hosted zones of Route 53. */
export interface HostedZones {
  /** One fact for each id, in their order; `absent` only when Route 53 said so. A failed look throws. */
  look(session: Session, hostedZoneIds: readonly string[]): Promise<readonly HostedZoneFacts[]>;
}

export interface Alarms {
  /** The alarms as they stand, one fact for each ARN, all of the session's account and region. A failed look throws. */
  look(session: Session, alarmArns: readonly string[]): Promise<readonly AlarmFacts[]>;
}
