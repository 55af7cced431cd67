import type {
  AddonInfo,
  AddonVersionInfo,
  DescribeAddonConfigurationRequest,
  DescribeAddonConfigurationResponse,
  DescribeAddonVersionsRequest,
  DescribeAddonVersionsResponse,
} from '@aws-sdk/client-eks';
import { parse } from 'yaml';
import { compareMinors } from '../../../domain/minor.ts';
import schemas from './addon-schemas.json' with { type: 'json' };
import { listedAddon, listedAddons } from './addon-catalogue.ts';
import { defaultAmong, releasedVersions } from './catalogue.ts';
import type { CatalogueAddon, CatalogueAddonVersion } from './catalogue.ts';
import { invalidParameter, notFound } from './errors.ts';
import type { About } from './errors.ts';
import { violation } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';

const SCHEMAS: Readonly<Record<string, JsonSchema>> = schemas;

/** What EKS lists, for the minors that it has released. A version none of whose minors has come is not listed yet. */
export function describeAddonVersions(input: DescribeAddonVersionsRequest, place: Place): DescribeAddonVersionsResponse {
  if (input.addonName !== undefined && listedAddon(place, input.addonName) === undefined) throw notFound(`Addon ${input.addonName} is not found.`, { addonName: input.addonName });
  const wanted = (list: readonly string[] | undefined, value: string): boolean => list === undefined || list.length === 0 || list.includes(value);
  const infos = listedAddons(place)
    .filter((addon) => input.addonName === undefined || addon.addonName === input.addonName)
    .filter((addon) => wanted(input.types, addon.type) && wanted(input.publishers, addon.publisher) && wanted(input.owners, addon.owner))
    .map((addon) => infoOf(addon, input.kubernetesVersion, place.now))
    .filter((info) => info.addonVersions?.length !== 0);
  const { items, nextToken } = page(infos, input, (info) => info.addonName ?? '');
  return { addons: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

function infoOf(addon: CatalogueAddon, minor: string | undefined, now: number): AddonInfo {
  const released = releasedVersions(now).map((version) => version.minor);
  const versions = addon.versions.map((version) => versionInfo(addon, version, (listed) => (released as string[]).includes(listed) && (minor === undefined || listed === minor)));
  return {
    addonName: addon.addonName,
    type: addon.type,
    addonVersions: versions.filter((version) => version.compatibilities?.length !== 0),
    publisher: addon.publisher,
    owner: addon.owner,
    defaultNamespace: addon.defaultNamespace,
  };
}

function versionInfo(addon: CatalogueAddon, version: CatalogueAddonVersion, counts: (minor: string) => boolean): AddonVersionInfo {
  const minors = version.minors.filter(counts).sort((a, b) => compareMinors(b, a));
  return {
    addonVersion: version.version,
    architecture: ['amd64', 'arm64'],
    computeTypes: addon.needsNodes ? ['ec2', 'auto', 'hybrid'] : ['ec2', 'hybrid'],
    compatibilities: minors.map((minor) => ({ clusterVersion: minor, platformVersions: ['*'], defaultVersion: defaultAmong(addon.versions, minor)?.version === version.version })),
    requiresConfiguration: false,
    requiresIamPermissions: addon.requiresIamPermissions,
  };
}

export function describeAddonConfiguration(input: DescribeAddonConfigurationRequest, place: Place): DescribeAddonConfigurationResponse {
  const addonName = input.addonName ?? '';
  const addon = listedAddon(place, addonName);
  if (addon === undefined) throw notFound(`Addon ${addonName} is not found.`, { addonName });
  if (!addon.versions.some((version) => version.version === input.addonVersion)) throw invalidParameter(`Addon version specified is not supported`, { addonName });
  return {
    addonName,
    addonVersion: input.addonVersion,
    configurationSchema: JSON.stringify(schemaOf(addon)),
    podIdentityConfiguration: (addon.podIdentity ?? []).map((identity) => ({ ...identity, recommendedManagedPolicies: [...identity.recommendedManagedPolicies] })),
  };
}

/**
 * What may be set. That of vpc-cni is as DescribeAddonConfiguration gives it, with the settings that came later; that of external-dns has the
 * values of its chart, since EKS publishes none. The others know their top-level properties and the types of these.
 */
function schemaOf(addon: CatalogueAddon): JsonSchema {
  const own = SCHEMAS[addon.addonName];
  if (own !== undefined) return own;
  const properties = Object.fromEntries(Object.entries(addon.configuration).map(([name, type]) => [name, { type }]));
  return { $schema: 'https://json-schema.org/draft/2019-09/schema', title: addon.addonName, type: 'object', additionalProperties: false, properties };
}

/** Configuration values, JSON or YAML, must fit the add-on's schema. */
export function requireConfiguration(addon: CatalogueAddon, text: string | undefined, about: About): void {
  if (text === undefined || text.trim() === '') return;
  const refuse = (why: string) => invalidParameter(`ConfigurationValue provided in request is not supported: Json schema validation failed with error: [${why}]`, about);
  let values: unknown;
  try {
    values = parse(text);
  } catch {
    throw refuse('$: is neither valid JSON nor valid YAML');
  }
  const wrong = violation(schemaOf(addon), values);
  if (wrong !== undefined) throw refuse(wrong);
}
