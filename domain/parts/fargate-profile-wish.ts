import * as z from 'zod';
import { RoleArn, SubnetId, Tags } from '../request-words.ts';

/** Selectors of one profile, and labels of one selector (source: EKS user guide, Define which Pods use Fargate; EKS service quotas). */
const SELECTORS_MAX = 5;
const LABELS_OF_A_SELECTOR_MAX = 5;
const SUBNETS_MAX = 16;

/** Names with the wildcards that EKS knows: `*` for any characters or none, `?` for one (source: EKS user guide, Fargate profile wildcards). */
const NamespacePattern = z.string().max(63).regex(/^[0-9a-z*?]([0-9a-z*?-]*[0-9a-z*?])?$/, 'Not a namespace, with `*` and `?` as wildcards');
const LabelKeyPattern = z.string().max(317).regex(/^([0-9a-z.*?-]{1,253}\/)?[0-9A-Za-z*?]([0-9A-Za-z_.*?-]*[0-9A-Za-z*?])?$/, 'Not a Kubernetes label key');
const LabelValuePattern = z.string().max(63).regex(/^([0-9A-Za-z*?]([0-9A-Za-z_.*?-]*[0-9A-Za-z*?])?)?$/, 'Not a Kubernetes label value');

const Selector = z.strictObject({
  namespace: NamespacePattern,
  labels: z
    .record(LabelKeyPattern, LabelValuePattern)
    .refine((labels) => Object.keys(labels).length <= LABELS_OF_A_SELECTOR_MAX, { message: `At most ${LABELS_OF_A_SELECTOR_MAX} labels in a selector` })
    .optional()
    .meta({ maxProperties: LABELS_OF_A_SELECTOR_MAX }),
});

/** A Fargate profile's name is one of EKS's: as a node group's. */
export const FargateProfileName = z.string().max(63).regex(/^[0-9A-Za-z][0-9A-Za-z_-]*$/, 'A profile name begins with a letter or digit and goes on with letters, digits, hyphens and underscores')
  // Source: eksctl's validation of Fargate profiles; EKS keeps the prefix for itself.
  .refine((name) => !name.startsWith('eks-'), { message: 'EKS keeps names that begin with eks- for itself' });

/** Pods that run without nodes of the account: which ones, where, and with which role. */
export const FargateProfileWish = z.strictObject({
  fargateProfileName: FargateProfileName,
  podExecutionRoleArn: RoleArn.optional().meta({ description: 'The role that Fargate registers nodes and pulls images with; Slipway makes one when it is not given.' }),
  subnets: z.array(SubnetId).min(1).max(SUBNETS_MAX).optional().meta({ description: 'Private subnets. Default: those of the cluster that are not known to be public.' }),
  selectors: z.array(Selector).min(1).max(SELECTORS_MAX),
  tags: Tags.optional(),
});
export type FargateProfileWish = z.output<typeof FargateProfileWish>;
