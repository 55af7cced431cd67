/** The forms of values that requests and annotations share. Each fault is a sentence that says what is wrong, or undefined. */

/** Of an ELBv2 target group (source: ELB API reference, CreateTargetGroup). */
export const HEALTH_CHECK = {
  intervalSeconds: { min: 5, max: 300 },
  timeoutSeconds: { min: 2, max: 120 },
  threshold: { min: 2, max: 10 },
} as const;

/** Security policies of Classic Load Balancers (source: ELB user guide for Classic Load Balancers, predefined SSL security policies). */
export const CLASSIC_POLICIES = ['ELBSecurityPolicy-TLS-1-2-2017-01', 'ELBSecurityPolicy-TLS-1-1-2017-01', 'ELBSecurityPolicy-2016-08', 'ELBSecurityPolicy-2015-05', 'ELBSecurityPolicy-2015-03', 'ELBSecurityPolicy-2015-02'] as const;

/** Those of the list, and what came before them and is no longer told of there. */
export function isClassicPolicy(policy: string): boolean {
  return /^ELBSecurityPolicy-(2011-08|2014-01|2014-10)$/.test(policy) || CLASSIC_POLICIES.some((each) => each === policy);
}

export const CERTIFICATE_ARN = /^arn:aws[a-z-]{0,16}:(acm:[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}:\d{12}:certificate\/[0-9A-Za-z-]{1,64}|iam::\d{12}:server-certificate\/[\w+=.@/-]{1,256})$/;

export const HOSTNAME_CHARACTERS_MAX = 253;
export const HOSTNAME = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const SUCCESS_CODES_CHARACTERS_MAX = 256;

/** The region of a certificate; undefined for one of IAM, which is of no region. */
export function regionOfCertificate(arn: string): string | undefined {
  return /^arn:[^:]*:acm:([^:]+):/.exec(arn)?.[1];
}

/** Source: Amazon S3 user guide, general purpose bucket naming rules. */
export function faultOfBucket(bucket: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return 'A bucket name has 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit first and last';
  if (bucket.includes('..')) return 'A bucket name has no two dots in a row';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) return 'A bucket name is not formed as an IP address';
  const prefix = ['xn--', 'sthree-', 'amzn-s3-demo-'].find((reserved) => bucket.startsWith(reserved));
  if (prefix !== undefined) return `A bucket name does not begin with ${prefix}`;
  const suffix = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'].find((reserved) => bucket.endsWith(reserved));
  return suffix === undefined ? undefined : `A bucket name does not end with ${suffix}`;
}

/** Source: ELB user guides, access logs: the prefix holds no `AWSLogs`, for that follows it. Commas would part an annotation. */
export function faultOfBucketPrefix(prefix: string): string | undefined {
  if (!/^[0-9A-Za-z!_.*'()/-]+$/.test(prefix)) return "A prefix is made of letters, digits and ! - _ . * ' ( ) /";
  if (prefix.startsWith('/') || prefix.endsWith('/')) return 'A prefix does not begin or end with /';
  return prefix.includes('AWSLogs') ? 'A prefix does not hold AWSLogs: the load balancer writes that itself' : undefined;
}

/** Source: ELB API reference, CreateTargetGroup, HealthCheckPath. */
export function faultOfHealthPath(path: string): string | undefined {
  return /^\/[\u0021-\u007e]{0,1023}$/.test(path) ? undefined : 'A path begins with / and goes on with up to 1,023 visible ASCII characters';
}

/** `200`, `200,202`, `200-299`: codes from 200 to 599 (source: ELB API reference, Matcher). */
export function faultOfSuccessCodes(codes: string): string | undefined {
  const parts = codes.split(',').map((part) => /^([2-5]\d\d)(?:-([2-5]\d\d))?$/.exec(part.trim()));
  const sound = parts.every((part) => part !== null && (part[2] === undefined || Number(part[1]) <= Number(part[2])));
  return sound ? undefined : 'Codes are written as 200, 200,202 or 200-299';
}

/** Characters of a tag on a load balancer (source: ELB API reference, Tag). */
export function faultOfTagText(text: string): string | undefined {
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text) ? undefined : 'Load balancers take letters, digits, blanks and _ . : / = + - @ in tags';
}

/** A wildcard stands for one label. */
export function coversHostname(pattern: string, hostname: string): boolean {
  if (pattern === hostname) return true;
  return pattern.startsWith('*.') && hostname.slice(hostname.indexOf('.')) === pattern.slice(1);
}
