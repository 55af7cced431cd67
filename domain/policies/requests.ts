import * as z from 'zod';
import { ACCESS_NAMES } from './catalogue.ts';

/** What clients may ask a pod to be allowed: by name from the catalogue, and beside it in statements of their own. What an access takes is judged in write-policy.ts. */

/** Accesses of one role: more, and the policy outgrows what IAM takes. */
const ACCESSES_MAX = 20;
const ARNS_MAX = 20;
const NAMESPACES_MAX = 5;
const STATEMENTS_MAX = 10;
const ACTIONS_MAX = 30;
const RESOURCES_MAX = 20;
const CONDITIONS_MAX = 5;
const CONDITION_VALUES_MAX = 20;
const ARN_CHARACTERS_MAX = 700;

function once<T>(values: readonly T[]): boolean {
  return new Set(values).size === values.length;
}

const Arn = z.string().max(ARN_CHARACTERS_MAX).regex(/^arn:aws[a-z-]{0,16}:[^\s]+$/, 'Not an ARN');

export const AccessAsked = z.strictObject({
  access: z.enum(ACCESS_NAMES).meta({ description: 'A name of the catalogue; docs/integrations/pods-access.md says what each allows.' }),
  on: z.array(Arn).min(1).max(ARNS_MAX).refine(once, { message: 'Each ARN once' }).optional().meta({ description: 'ARNs of what it is about, whole: no wildcards.' }),
  prefix: z.string().min(1).max(512).regex(/^[0-9A-Za-z!_.'()=@-][0-9A-Za-z!_.'()=@/-]*$/, 'A prefix is written without a leading slash and without wildcards').optional().meta({ description: 'Of S3: only objects whose keys begin so.' }),
  namespaces: z.array(z.string().max(255).regex(/^[0-9A-Za-z_./#:-]+$/, 'Not a namespace of CloudWatch')).min(1).max(NAMESPACES_MAX).refine(once, { message: 'Each namespace once' }).optional().meta({ description: 'Of `cloudwatch-metrics`.' }),
});
export type AccessAsked = z.output<typeof AccessAsked>;

/** The condition operators that a statement may have (source: IAM user guide, Condition operators); sets of values have their own. */
const CONDITION_OPERATOR = /^(ForAnyValue:|ForAllValues:)?(StringEquals|StringNotEquals|StringLike|StringNotLike|StringEqualsIgnoreCase|ArnEquals|ArnLike|Bool|NumericLessThan|NumericLessThanEquals|NumericGreaterThan|NumericGreaterThanEquals|IpAddress|NotIpAddress|Null)$/;

const ConditionValue = z.string().max(512).regex(/^[\u0020-\u007e]*$/, 'Printable ASCII alone');

export const StatementAsked = z.strictObject({
  actions: z
    .array(z.string().max(128).regex(/^[a-z][a-z0-9-]{1,40}:[A-Za-z][A-Za-z0-9]{1,80}$/, 'An action is named whole, as in s3:GetObject: no wildcards'))
    .min(1)
    .max(ACTIONS_MAX)
    .refine(once, { message: 'Each action once' }),
  resources: z
    .array(z.union([z.literal('*'), Arn], { error: 'An ARN, or * where IAM knows no resource' }))
    .min(1)
    .max(RESOURCES_MAX)
    .refine(once, { message: 'Each resource once' }),
  conditions: z
    .record(
      z.string().max(60).regex(CONDITION_OPERATOR, 'Not a condition operator'),
      z
        .record(z.string().max(128).regex(/^[a-z0-9-]+:[0-9A-Za-z/_.:=+@-]+$/, 'Not a condition key'), z.union([ConditionValue, z.array(ConditionValue).min(1).max(CONDITION_VALUES_MAX)]))
        .refine((keys) => Object.keys(keys).length > 0 && Object.keys(keys).length <= CONDITIONS_MAX, { message: `One to ${CONDITIONS_MAX} keys` })
        .meta({ maxProperties: CONDITIONS_MAX }),
    )
    .refine((operators) => Object.keys(operators).length <= CONDITIONS_MAX, { message: `At most ${CONDITIONS_MAX} operators` })
    .optional()
    .meta({ maxProperties: CONDITIONS_MAX, description: 'Operators, with keys, with values, as IAM has them.' }),
  unlisted: z.literal(true).optional().meta({ description: 'Its actions are newer than Slipway\'s list of them, and are not held against it.' }),
});
export type StatementAsked = z.output<typeof StatementAsked>;

export const PolicyAsked = z.array(AccessAsked).min(1).max(ACCESSES_MAX);
export const StatementsAsked = z.array(StatementAsked).min(1).max(STATEMENTS_MAX);
