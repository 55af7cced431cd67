import semver from 'semver';
import * as z from 'zod';
import { compareMinors, isMinor, minorOf, type Minor } from '../minor.ts';
import releases from './releases.json' with { type: 'json' };

/** Controllers that Slipway hands over, each with the release for each minor: data, read strictly so that a slip in it shows at once. */

const Version = z.string().regex(/^\d+\.\d+\.\d+$/);

const Release = z.strictObject({
  version: Version,
  /** The chart's own version. */
  chart: Version,
  /** The oldest version that its makers let run on this minor. */
  least: Version,
});
export type Release = z.output<typeof Release>;

const Controller = z.strictObject({
  source: z.string().min(1),
  /** Whether it moves before the control plane does, or after. */
  moves: z.enum(['before', 'after']),
  /** Its own minor is the control plane's. */
  sameMinor: z.boolean(),
  /** Its makers name no upper end: the newest row is for all later minors too. */
  laterMinors: z.boolean(),
  chart: z.strictObject({ repository: z.string().regex(/^(?:https|oci):\/\//), name: z.string() }),
  byMinor: z.record(z.string().refine(isMinor), Release),
});
export type Controller = z.output<typeof Controller>;

const CONTROLLER_NAMES = ['aws-load-balancer-controller', 'karpenter', 'cluster-autoscaler'] as const;
export type ControllerName = (typeof CONTROLLER_NAMES)[number];

export const CONTROLLERS: Readonly<Record<ControllerName, Controller>> = z.record(z.enum(CONTROLLER_NAMES), Controller).parse(releases);

export function isController(name: string): name is ControllerName {
  return (CONTROLLER_NAMES as readonly string[]).includes(name);
}

/** The release that is handed over for a minor; undefined where none is known to fit. */
export function releaseFor(name: ControllerName, minor: Minor): Release | undefined {
  const { byMinor, laterMinors } = CONTROLLERS[name];
  const own = byMinor[minor];
  if (own !== undefined || !laterMinors) return own;
  const newest = minorsOf(name).at(-1);
  return newest !== undefined && compareMinors(minor, newest) > 0 ? byMinor[newest] : undefined;
}

/** Whether its makers let this version run on this minor; unknown for a minor that it is not listed for. */
export function fits(name: ControllerName, version: string, minor: Minor): boolean | undefined {
  const release = releaseFor(name, minor);
  if (release === undefined) return undefined;
  return semver.gte(version, release.least) && (!CONTROLLERS[name].sameMinor || minorOf(version) === minor);
}

/** What is not known of a version on a minor, in a sentence; undefined where it is listed for it. */
export function unknownOn(name: ControllerName, version: string, minor: Minor): string | undefined {
  const listed = minorsOf(name);
  if (fits(name, version, minor) === undefined) return `The releases of ${name} are known here for ${listed.join(', ')}, and not for ${minor}.`;
  const newest = listed.at(-1);
  if (newest === undefined || compareMinors(minor, newest) <= 0) return undefined;
  return `What is known here of ${name} ends with ${newest}. Its makers name no last Kubernetes version, so that ${releaseFor(name, minor)?.version ?? version} is taken for ${minor} too, without their word for it.`;
}

/** The minors that a controller is listed for, oldest first. */
export function minorsOf(name: ControllerName): readonly Minor[] {
  return (Object.keys(CONTROLLERS[name].byMinor) as Minor[]).sort(compareMinors);
}
