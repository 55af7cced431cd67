import fc from 'fast-check';
import { ACCESSES, ARN_FORMS, type ArnForm } from '../../../domain/policies/catalogue.ts';
import type { AccessAsked } from '../../../domain/policies/requests.ts';
import type { PodPlace } from '../../../domain/policies/trust.ts';

/** ARNs of a form: its example with letters of the name changed, as far as it stays of the form. */
function anyArn({ example, pattern }: ArnForm): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(example.length - 1), fc.constantFrom(...'abz09ABZ-_./:'));
  return fc.array(change, { maxLength: 12 }).map((changes) => changes.reduce((arn, [at, letter]) => (pattern.test(`${arn.slice(0, at)}${letter}${arn.slice(at + 1)}`) ? `${arn.slice(0, at)}${letter}${arn.slice(at + 1)}` : arn), example));
}

/** Any sound wish of one access: whole ARNs of the form that it takes, narrowed where it can be. */
export const anyAccess: fc.Arbitrary<AccessAsked> = fc.constantFrom(...Object.keys(ACCESSES)).chain((name) => {
  const { takes, prefix, namespaces } = ACCESSES[name]!;
  return fc
    .record({
      access: fc.constant(name),
      on: takes === undefined ? fc.constant(undefined) : fc.uniqueArray(anyArn(ARN_FORMS[takes]!), { minLength: 1, maxLength: 3 }),
      prefix: prefix === true ? fc.constantFrom(undefined, 'web/', 'a', 'team-a/in/') : fc.constant(undefined),
      namespaces: namespaces === true ? fc.constant(['Shop', 'Shop/Web']) : fc.constant(undefined),
    })
    .map((asked) => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as AccessAsked);
});

/** Kubernetes names: a namespace is a label, a service account a subdomain. */
export const anyNamespace = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
export const anyServiceAccount = fc.stringMatching(/^[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?$/).filter((name) => !/\.\.|\.-|-\./.test(name));

export const anyPlace: fc.Arbitrary<PodPlace> = fc.record({
  accountId: fc.stringMatching(/^\d{12}$/),
  region: fc.constantFrom('eu-central-1', 'us-east-1', 'ap-southeast-3', 'us-gov-west-1'),
  clusterName: fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/),
  namespace: anyNamespace,
  serviceAccount: anyServiceAccount,
});
