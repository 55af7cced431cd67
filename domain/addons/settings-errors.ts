import * as z from 'zod';
import type { RuleError } from '../nodegroup-rules.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { readConfiguration } from './configuration.ts';

/** Settings of an add-on that a step gives to EKS, and the version whose schema judges them. */
export interface GivenSettings {
  readonly addonName: string;
  readonly addonVersion: string;
  readonly configurationValues: string;
}

/** What DescribeAddonConfiguration tells of a version. */
export interface AddonSchema {
  readonly addonName: string;
  readonly addonVersion: string;
  /** A JSON schema, as text; absent where EKS tells none. */
  readonly schema?: string;
}

/** The settings that a plan's steps give, with the version that each add-on has then. */
export function settingsGiven(plan: Plan, standing: readonly { readonly addonName: string; readonly addonVersion: string }[]): GivenSettings[] {
  return plan.hops.flatMap(({ steps }) => steps).flatMap((step) => settingsOf(step, standing));
}

function settingsOf({ subject, to, parameters }: PlannedStep, standing: readonly { readonly addonName: string; readonly addonVersion: string }[]): GivenSettings[] {
  const configurationValues = parameters?.['configurationValues'];
  const addonVersion = to ?? standing.find(({ addonName }) => addonName === subject)?.addonVersion;
  return typeof configurationValues === 'string' && addonVersion !== undefined ? [{ addonName: subject, addonVersion, configurationValues }] : [];
}

/**
 * What of the settings the add-on's own schema does not take. EKS judges them again: what is not JSON, and a schema that cannot be
 * read here, are left to it.
 */
export function settingsErrors(given: GivenSettings, schemas: readonly AddonSchema[], path: string): RuleError[] {
  const found = schemas.find(({ addonName, addonVersion }) => addonName === given.addonName && addonVersion === given.addonVersion);
  const values = readConfiguration(given.configurationValues);
  const schema = found?.schema === undefined ? undefined : readSchema(found.schema);
  if (schema === undefined || values === 'unread') return [];
  const judged = schema.safeParse(values);
  return judged.success ? [] : judged.error.issues.map((issue) => ({ path: [path, ...issue.path.map(String)].join('.'), message: `${given.addonName} ${given.addonVersion} does not take it: ${issue.message}` }));
}

/** EKS writes draft 06 and 2019-09; definitions are found as in draft 07, which differs in nothing that these schemas use (source: JSON Schema, migrating from draft-06). */
function readSchema(text: string): z.ZodType | undefined {
  try {
    const schema = JSON.parse(text) as { readonly definitions?: unknown };
    return z.fromJSONSchema((schema.definitions === undefined ? schema : { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' }) as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    return undefined;
  }
}
