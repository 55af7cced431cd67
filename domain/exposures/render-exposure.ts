import { refuse, type Refusal } from '../refusal.ts';
import { albManifests } from './alb.ts';
import { classicManifests } from './classic.ts';
import { faultsOf } from './exposure-rules.ts';
import { warningsOf, type ExposureWarning } from './exposure-warnings.ts';
import type { Manifest } from './manifests.ts';
import { nlbManifests } from './nlb.ts';
import type { RenderExposure } from './requests.ts';

const MANIFESTS = { nlb: nlbManifests, alb: albManifests, classic: classicManifests } as const;

/** The manifests of an exposure with what to know of them; or, as `rules-broken`, everything that its kind of load balancer cannot be. The same ask is the same answer. */
export function renderExposure(ask: RenderExposure): { readonly manifests: readonly Manifest[]; readonly warnings: readonly ExposureWarning[] } | Refusal {
  const faults = faultsOf(ask);
  const [first] = faults;
  if (first !== undefined) return refuse('rules-broken', `${first.path}: ${first.message}`, { errors: faults });
  return { manifests: MANIFESTS[ask.kind](ask), warnings: warningsOf(ask) };
}
