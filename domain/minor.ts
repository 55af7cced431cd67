import semver from 'semver';

/** A Kubernetes minor version as EKS writes it: `1.36`. */
export type Minor = `${number}.${number}`;

const MINOR_PATTERN = /^[1-9]\d{0,2}\.(0|[1-9]\d{0,3})$/;

/** Whether `text` is written as a minor version: `1.36`, not `1.36.0`, `v1.36` or `1.036`. */
export function isMinor(text: string): text is Minor {
  return MINOR_PATTERN.test(text);
}

/** The minor of a fuller version: `1.33` for `1.33.1-20250103`, `v1.33.2-eks-1` or `1.33`; undefined when there is none. */
export function minorOf(version: string): Minor | undefined {
  const parsed = semver.coerce(version);
  return parsed === null ? undefined : `${parsed.major}.${parsed.minor}`;
}

/** Negative when `a` is older than `b`, 0 when equal, positive when newer. Compared as numbers: `1.9` is older than `1.10`. */
export function compareMinors(a: Minor, b: Minor): number {
  return semver.compare(`${a}.0`, `${b}.0`);
}

/** How many minors `from` must rise to reach `to`; negative when `to` is older. Undefined across majors, where counting means nothing. */
export function minorsBetween(from: Minor, to: Minor): number | undefined {
  const [a, b] = [semver.parse(`${from}.0`), semver.parse(`${to}.0`)];
  return a === null || b === null || a.major !== b.major ? undefined : b.minor - a.minor;
}

/** The minor after this one. */
export function nextMinor(minor: Minor): Minor {
  const parsed = new semver.SemVer(`${minor}.0`);
  return `${parsed.major}.${parsed.minor + 1}`;
}

/** The minor before this one, or undefined at `.0`. */
export function previousMinor(minor: Minor): Minor | undefined {
  const parsed = new semver.SemVer(`${minor}.0`);
  return parsed.minor === 0 ? undefined : `${parsed.major}.${parsed.minor - 1}`;
}
