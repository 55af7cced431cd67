import fc from 'fast-check';
import * as z from 'zod';
import type { PodIdentityWish } from '../../../domain/parts/pod-identity-wish.ts';
import { wishes, type Wanted } from '../../../domain/wanted.ts';
import { anyAccess, anyNamespace, anyServiceAccount } from '../policies/asks.ts';
import { ACCOUNT_ID } from '../worlds.ts';

/** A service account with a role in any of the ways that there are. */
export const anyPodIdentity: fc.Arbitrary<PodIdentityWish> = fc
  .record({
    namespace: anyNamespace,
    serviceAccount: anyServiceAccount,
    way: fc.constantFrom('roleArn', 'policy', 'target', 'policy-and-target', 'irsa', 'irsa-role'),
    policy: fc.array(anyAccess, { minLength: 1, maxLength: 3 }),
    sessionTags: fc.constantFrom(undefined, true, false),
  })
  .map(({ namespace, serviceAccount, way, policy, sessionTags }) => ({
    namespace,
    serviceAccount,
    ...(way === 'roleArn' || way === 'irsa-role' ? { roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-pods` } : {}),
    ...(way === 'policy' || way === 'policy-and-target' || way === 'irsa' ? { policy } : {}),
    ...(way === 'target' || way === 'policy-and-target' ? { targetRoleArn: 'arn:aws:iam::444455556666:role/shared' } : {}),
    ...(way === 'irsa' || way === 'irsa-role' ? { irsa: true as const } : sessionTags === undefined ? {} : { sessionTags }),
  }));

/** Wishes that are better made than guessed by their shape; any other is guessed, and often refused for what its shape does not tell. */
const MADE: Readonly<Partial<Record<keyof Wanted, fc.Arbitrary<unknown>>>> = {
  podIdentities: fc.uniqueArray(anyPodIdentity, { maxLength: 5, selector: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}` }),
};

/** Any one wish of a cluster, by its name. */
export function anyWish(name: keyof Wanted): fc.Arbitrary<Wanted> {
  const schema = wishes[name];
  const arbitrary = MADE[name] ?? ofShape(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape);
  return arbitrary.map((value) => z.strictObject({ [name]: schema }).safeParse({ [name]: value })).map((read) => (read.success ? (read.data as Wanted) : {}));
}

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** ARNs and the like are of the test's account, so that they are of the cluster's too. */
function ofPattern(pattern: string): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(pattern, 'u')).map((text) => text.slice(0, 60).replace(/\d{12}/, ACCOUNT_ID));
}

function ofShape(shape: Shape): fc.Arbitrary<unknown> {
  const any = shape.anyOf ?? shape.oneOf;
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  if (any !== undefined) return fc.oneof(...any.map(ofShape));
  if (shape.allOf !== undefined) return ofShape(Object.assign({}, shape, { allOf: undefined }, ...shape.allOf) as Shape);
  switch (shape.type) {
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(shape.properties ?? {}).map(([name, inner]) => [name, ofShape(inner)])), { requiredKeys: [...(shape.required ?? [])] });
    case 'array':
      return fc.array(ofShape(shape.items ?? {}), { minLength: shape.minItems ?? 0, maxLength: Math.min(shape.maxItems ?? 3, 3) });
    case 'integer':
    case 'number':
      return fc.integer({ min: shape.minimum ?? 0, max: Math.min(shape.maximum ?? 1000, 100_000) });
    case 'boolean':
      return fc.boolean();
    default:
      return shape.pattern === undefined ? fc.constantFrom('a', 'web', 'team-a') : ofPattern(shape.pattern);
  }
}
