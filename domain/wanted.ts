import * as z from 'zod';
import { AutoscalingWish } from './parts/autoscaling-wish.ts';
import { FargateProfileWish } from './parts/fargate-profile-wish.ts';
import { CapabilityWish } from './parts/capability-wish.ts';
import { DnsWish } from './parts/dns-wish.ts';
import { NetworkWish } from './parts/network-wish.ts';
import { PodIdentityWish } from './parts/pod-identity-wish.ts';
import { SelfManagedNodegroupWish } from './parts/self-managed-nodegroup-wish.ts';
import { TrafficWish } from './parts/traffic-wish.ts';
import { TokensWish } from './parts/tokens-wish.ts';

/** Parts of one kind that a cluster may have at most. */
const PARTS_OF_A_KIND_MAX = 50;
/** EKS has one of each type (source: EKS user guide, capabilities). */
const CAPABILITIES_MAX = 3;

/**
 * What a cluster is asked to have beyond its control plane, node groups and add-ons, part by part. The same members stand in the
 * request, in a change of the cluster (each the whole new wish), in a profile and on the cluster's record.
 */
export const wishes = {
  podIdentities: z.array(PodIdentityWish).max(PARTS_OF_A_KIND_MAX).optional().meta({ description: 'Service accounts whose pods have a role.' }),
  fargateProfiles: z.array(FargateProfileWish).max(PARTS_OF_A_KIND_MAX).optional().meta({ description: 'Pods that run on Fargate. EKS changes no profile: one that is to be otherwise is deleted and made anew.' }),
  selfManagedNodegroups: z.array(SelfManagedNodegroupWish).max(PARTS_OF_A_KIND_MAX).optional().meta({ description: 'Nodes in Auto Scaling groups that Slipway makes from a template.' }),
  tokens: TokensWish.optional().meta({ description: 'Short-lived tokens for programs, by level.' }),
  network: NetworkWish.optional().meta({ description: 'Settings of the VPC CNI, and its role.' }),
  autoscaling: AutoscalingWish.optional().meta({ description: 'Who brings nodes when pods find no room.' }),
  traffic: TrafficWish.optional().meta({ description: 'Who makes load balancers of Services and Ingresses.' }),
  dns: DnsWish.optional().meta({ description: 'Names in Route 53 for Services and Ingresses. No zones: none.' }),
  capabilities: z.array(CapabilityWish).max(CAPABILITIES_MAX).optional().meta({ description: 'ACK, kro and Argo CD as EKS runs them; one of each type.' }),
};

export const Wanted = z.strictObject(wishes);
export type Wanted = z.output<typeof Wanted>;

/** The members of a request that are wishes. */
export const WISHES = Object.keys(wishes) as readonly (keyof Wanted)[];

type Takeable<Schemas extends Readonly<Record<string, z.ZodOptional>>> = { [Wish in keyof Schemas]: z.ZodOptional<z.ZodNullable<ReturnType<Schemas[Wish]['unwrap']>>> };

/** The wishes as a change takes them: `null` takes a wish away (RFC 7396), and lists are new as a whole. */
export const changedWishes = Object.fromEntries(
  Object.entries(wishes).map(([name, wish]) => [name, wish.unwrap().nullable().optional().meta({ description: `${wish.meta()?.description ?? ''} The whole new wish; \`null\` takes it away.` })]),
) as unknown as Takeable<typeof wishes>;

/** What a change says of wishes: the whole new one, or `null`, which takes it away. */
export type WantedChange = { readonly [Wish in keyof Wanted]?: Wanted[Wish] | null };

/** The wishes of a request over those that stand: each member that is named is new as a whole, one that is `null` goes. Without members that are undefined. */
export function wantedAfter(before: Wanted | undefined, asked: WantedChange): Wanted | undefined {
  const named = WISHES.filter((wish) => asked[wish] !== undefined);
  const after = Object.entries({ ...before, ...Object.fromEntries(named.map((wish) => [wish, asked[wish]])) }).filter(([, wish]) => wish !== null);
  return after.length === 0 ? undefined : (JSON.parse(JSON.stringify(Object.fromEntries(after))) as Wanted);
}
