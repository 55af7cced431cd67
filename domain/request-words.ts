import * as z from 'zod';
import type { Minor } from './minor.ts';

// Named by their numbers: validators outside of ECMAScript know no \p{Cc}, and these patterns go out in the OpenAPI document.
// eslint-disable-next-line no-control-regex
const WITHOUT_CONTROLS = /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$/u;
// eslint-disable-next-line no-control-regex
const TAG_KEY = /^(?!aws:)[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$/u;

/** The words that requests and answers are written with: ids, names, versions, labels, each with its limit. */

/** Most labels on one thing. */
export const LABELS_MAX = 50;

/** Something to read: a character that is neither a blank nor of no width. */
const NOT_BLANK = /[^\s\u00ad\u200b-\u200f\u2060]/;

/** A sentence of a person, with something to read in it: no control characters, no halves of surrogate pairs (a store would change them). */
export function text(maxCharacters: number) {
  return z
    .string()
    .min(1, { abort: true })
    .max(maxCharacters)
    .regex(WITHOUT_CONTROLS, 'Control characters are not allowed')
    .regex(NOT_BLANK, 'Only blanks: nothing is said');
}

export const AccountId = z.string().regex(/^\d{12}$/, 'An account id is 12 digits').meta({ description: 'An AWS account id.' });

export const Region = z
  .string()
  .max(32)
  .regex(/^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/, 'Not a region name')
  .meta({ description: 'An AWS region, such as `eu-central-1`.' });

/** `1.36`: a minor, without patch and without `v`. The pattern is that of `isMinor`. */
export const MinorVersion = z
  .string()
  .max(8)
  .regex(/^[1-9]\d{0,2}\.(0|[1-9]\d{0,3})$/, 'A version is written as a minor: 1.36')
  .meta({ description: 'A Kubernetes minor version, such as `1.36`.' }) as unknown as z.ZodType<Minor, string>;

/** EKS: 1 to 100 characters, the first a letter or a digit, then also hyphens and underscores (CreateCluster, `name`). */
export const ClusterName = z.string().max(100).regex(/^[0-9A-Za-z][0-9A-Za-z_-]*$/, 'A cluster name begins with a letter or digit and goes on with letters, digits, hyphens and underscores');

/** EKS: up to 63 characters (CreateNodegroup, `nodegroupName`). */
export const NodegroupName = z.string().max(63).regex(/^[0-9A-Za-z][0-9A-Za-z_-]*$/, 'A node group name begins with a letter or digit and goes on with letters, digits, hyphens and underscores');

export const AddonName = z.string().max(100).regex(/^[0-9a-z][0-9a-z_-]*$/, 'Not an add-on name');

export const ClusterId = z.string().max(64).regex(/^c-[0-9A-Za-z-]+$/, 'Not a cluster id');

export const OperationId = z.string().max(64).regex(/^op-[0-9A-Za-z-]+$/, 'Not an operation id');

export const Team = z
  .string()
  .max(63)
  .regex(/^[0-9A-Za-z]([0-9A-Za-z._-]*[0-9A-Za-z])?$/, 'A team is named by letters, digits, dots, hyphens and underscores')
  .meta({ description: 'A team, as it stands in the `team` claim of its tokens.' });

export const RoleArn = z.string().max(700).regex(/^arn:aws[a-z-]{0,16}:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'Not the ARN of an IAM role');

/** Who may be let into a cluster: an IAM role or user (an access entry takes no group and no root). */
export const PrincipalArn = z.string().max(700).regex(/^arn:aws[a-z-]{0,16}:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/, 'Not the ARN of an IAM role or user');

/** A profile of the AWS configuration: what stands in brackets there, as far as a name needs no quotes. */
export const AwsProfile = z.string().max(128).regex(/^[\w][\w.@+=,:/-]*$/, 'Not the name of a profile');

export const SubnetId = z.string().max(32).regex(/^subnet-[0-9a-f]{8,17}$/, 'Not a subnet id');

/** `use1-az1`: the same place in every account, whatever its name there. */
export const ZoneId = z.string().max(24).regex(/^[a-z]{2,4}\d{1,2}-([a-z]{3}\d-)?az\d$|^[a-z0-9-]{4,20}-az\d$/, 'Not a zone id: `use1-az1`, not `us-east-1a`');

export const SecurityGroupId = z.string().max(32).regex(/^sg-[0-9a-f]{8,17}$/, 'Not a security group id');

export const Cidr = z
  .string()
  .max(43)
  .regex(/^[0-9A-Fa-f:.]{2,39}\/\d{1,3}$/, 'Not a CIDR block')
  .refine((block) => z.cidrv4().safeParse(block).success || z.cidrv6().safeParse(block).success, { message: 'Not a CIDR block' });

/** `m7i.large`: a family with its generation, and a size (source: EC2 user guide, instance type naming conventions). */
export const InstanceType = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*\d[a-z0-9-]*\.(nano|micro|small|medium|large|\d{0,3}xlarge|metal(-[a-z0-9]{1,10})?)$/, 'Not an instance type');

const LabelKey = z.string().max(63).regex(/^[0-9A-Za-z]([0-9A-Za-z_./-]*[0-9A-Za-z])?$/, 'A label key is made of letters, digits, dots, slashes, hyphens and underscores');
const LabelValue = z.string().max(63).regex(/^[0-9A-Za-z_.:/@+ -]*$/, 'A label value is made of letters, digits, spaces and _ . : / @ + -');

function atMost<T extends z.ZodType<Record<string, unknown>>>(record: T, entriesMax: number) {
  return record.refine((value) => Object.keys(value).length <= entriesMax, { message: `At most ${entriesMax} entries` }).meta({ maxProperties: entriesMax });
}

/** Slipway's own labels, on accounts and clusters. */
export const Labels = atMost(z.record(LabelKey, LabelValue), LABELS_MAX);

/** `?label=key` or `?label=key=value`. */
export const LabelFilter = z.string().max(127).regex(/^[0-9A-Za-z]([0-9A-Za-z_./-]*[0-9A-Za-z])?(=[0-9A-Za-z_.:/@+ -]*)?$/, 'Written as `key` or `key=value`');

/** Kubernetes labels, on nodes: a prefixed key, a value of 63 characters. */
export const KubernetesLabels = atMost(
  z.record(
    z.string().max(317).regex(/^([0-9a-z.-]{1,253}\/)?[0-9A-Za-z]([0-9A-Za-z_.-]*[0-9A-Za-z])?$/, 'Not a Kubernetes label key'),
    z.string().max(63).regex(/^([0-9A-Za-z]([0-9A-Za-z_.-]*[0-9A-Za-z])?)?$/, 'Not a Kubernetes label value'),
  ),
  LABELS_MAX,
);

/** AWS resource tags: 50, keys of 128, values of 256 characters, nothing reserved for AWS itself. */
export const Tags = atMost(
  z.record(z.string().min(1).max(128).regex(TAG_KEY, 'Not a tag key'), z.string().max(256).regex(WITHOUT_CONTROLS, 'Not a tag value')),
  50,
);

/** `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:errors`; an alarm's name has up to 255 characters of any kind (source: CloudWatch API reference, PutMetricAlarm). */
export const AlarmArn = z
  .string()
  .max(360)
  // Named by their numbers, as above.
  // eslint-disable-next-line no-control-regex
  .regex(/^arn:aws[a-z-]{0,16}:cloudwatch:[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}:\d{12}:alarm:[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]{1,255}$/u, 'Not the ARN of a CloudWatch alarm')
  .meta({ description: 'The ARN of a CloudWatch alarm. A Route 53 health check is watched through the alarm on its metric `HealthCheckStatus`.' });

/** A finding's code, as docs/checks.md has it. */
export const FindingCode = z.string().max(64).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Not the code of a finding');

export const WaiverId = z.string().max(64).regex(/^w-[0-9A-Za-z-]+$/, 'Not a waiver id');

/** A sentence why, for the history. */
export const Reason = text(512);

/** A profile's name, as a label's value would be written. */
export const ProfileName = z.string().max(40).regex(/^[a-z][a-z0-9-]*[a-z0-9]$/, 'A profile is named by two lower-case letters, digits or hyphens or more, a letter first');

/** `web` or `web@3`. */
export const ProfileReference = z.string().max(48).regex(/^[a-z][a-z0-9-]*[a-z0-9](@[1-9]\d{0,5})?$/, 'A profile is named `web`, or with its version `web@3`');
