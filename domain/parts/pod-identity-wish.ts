import * as z from 'zod';
import { PolicyAsked, StatementsAsked } from '../policies/requests.ts';
import { RoleArn } from '../request-words.ts';

/** A Kubernetes name as a namespace or a service account has it (source: Kubernetes, object names: RFC 1123 label and subdomain). */
export const Namespace = z.string().max(63).regex(/^[0-9a-z]([0-9a-z-]*[0-9a-z])?$/, 'Not a namespace');
export const ServiceAccount = z.string().max(253).regex(/^[0-9a-z]([0-9a-z-]*[0-9a-z])?(\.[0-9a-z]([0-9a-z-]*[0-9a-z])?)*$/, 'Not a service account');

/** A service account whose pods have a role. Which members go together is judged in pod-identity-rules.ts. */
export const PodIdentityWish = z.strictObject({
  namespace: Namespace,
  serviceAccount: ServiceAccount,
  roleArn: RoleArn.optional().meta({ description: 'A role of the cluster\'s account that is there already, in place of a policy. Its trust is its owner\'s.' }),
  policy: PolicyAsked.optional().meta({ description: 'What the pods may do, by name. A role of its own is made for it.' }),
  statements: StatementsAsked.optional().meta({ description: 'What the pods may do besides, in statements.' }),
  targetRoleArn: RoleArn.optional().meta({ description: 'A role of another account that EKS exchanges the first for. What its trust must say is handed over.' }),
  sessionTags: z.boolean().optional().meta({ description: 'Whether sessions carry the cluster, namespace, service account and pod as tags; they do when not given.' }),
  irsa: z.literal(true).optional().meta({ description: 'By the cluster\'s OpenID Connect provider in place of EKS Pod Identity: for pods on Fargate and on Windows nodes. The annotated ServiceAccount is handed over.' }),
});
export type PodIdentityWish = z.output<typeof PodIdentityWish>;
