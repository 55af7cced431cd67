import * as z from 'zod';
import { RoleArn } from '../request-words.ts';

/** A Kubernetes name as a namespace or a service account has it (source: Kubernetes, object names: RFC 1123 label and subdomain). */
const Namespace = z.string().max(63).regex(/^[0-9a-z]([0-9a-z-]*[0-9a-z])?$/, 'Not a namespace');
const ServiceAccount = z.string().max(253).regex(/^[0-9a-z]([0-9a-z.-]*[0-9a-z])?$/, 'Not a service account');

/** A service account whose pods have a role. */
export const PodIdentityWish = z.strictObject({ namespace: Namespace, serviceAccount: ServiceAccount, roleArn: RoleArn });
export type PodIdentityWish = z.output<typeof PodIdentityWish>;
