import { DescribeLaunchTemplateVersionsCommand, type DescribeLaunchTemplateVersionsCommandInput, type EC2Client, type LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { LaunchTemplateFacts } from '../../domain/readiness-facts.ts';
import { eachOf } from '../eks/each-of.ts';
import { nameOf } from '../eks/errors.ts';
import type { TemplateRef } from './own-groups.ts';

const TEMPLATES_MAX = 60;
/** How far back the versions of an own group's template are looked through for what a refresh could bring. One page. */
const VERSIONS_BACK_MAX = 100;

const NOT_THERE = new Set(['InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateId.Malformed', 'InvalidLaunchTemplateName.NotFoundException', 'InvalidLaunchTemplateId.VersionNotFound']);

export const TEMPLATE_ACTIONS = ['ec2:DescribeLaunchTemplateVersions'];

/** A template as a group uses it. `back`: its other versions are asked for, too. */
export interface TemplateUse {
  readonly ref: TemplateRef;
  readonly usedBy: string;
  readonly back: boolean;
}

/** What was read of a template: the facts, and of an own group's the versions that a refresh could bring, newest first. */
export interface ReadTemplate {
  readonly ref: TemplateRef;
  readonly facts: LaunchTemplateFacts;
  readonly spot: boolean;
  readonly versions: readonly { readonly version: string; readonly imageId: string | undefined }[];
}

/** The launch templates that groups use, each version once. One that EC2 knows no more is told as such. */
export async function readTemplates(client: EC2Client, uses: readonly TemplateUse[]): Promise<ReadTemplate[]> {
  const grouped = [...Map.groupBy(uses, ({ ref }) => keyOf(ref)).values()];
  if (grouped.length > TEMPLATES_MAX) throw new Error(`The cluster's groups use more than ${TEMPLATES_MAX} launch templates.`);
  return eachOf(grouped, (same) => readTemplate(client, same));
}

/** What was read of the template that a group names. */
export function templateFor(templates: readonly ReadTemplate[], ref: TemplateRef): ReadTemplate | undefined {
  return templates.find((template) => keyOf(template.ref) === keyOf(ref));
}

function keyOf({ id, name, version }: TemplateRef): string {
  return `${id ?? name ?? ''} ${version}`;
}

async function readTemplate(client: EC2Client, uses: readonly TemplateUse[]): Promise<ReadTemplate> {
  const ref = uses[0]?.ref ?? { version: '$Default' };
  const usedBy = uses.map((use) => use.usedBy);
  const which = ref.id === undefined ? { LaunchTemplateName: ref.name } : { LaunchTemplateId: ref.id };
  const ends = await readVersions(client, { ...which, Versions: ['$Latest', '$Default'] });
  const gone = { id: ref.id ?? '', ...(ref.name === undefined ? {} : { name: ref.name }), usedBy };
  if (ends === 'absent') return { ref, facts: { ...gone, version: ref.version, exists: false }, spot: false, versions: [] };

  const latest = Math.max(...ends.map(numberOf));
  const asDefault = ends.find(({ DefaultVersion }) => DefaultVersion === true);
  const back = uses.some((use) => use.back) ? await readVersions(client, { ...which, MinVersion: String(Math.max(1, latest - VERSIONS_BACK_MAX + 1)), MaxResults: VERSIONS_BACK_MAX * 2 }) : [];
  const known = [...ends, ...(back === 'absent' ? [] : back)];
  const number = ref.version === '$Latest' ? String(latest) : ref.version === '$Default' ? String(numberOf(asDefault)) : ref.version;
  const used = known.find((version) => String(numberOf(version)) === number) ?? (await readOne(client, { ...which, Versions: [number] }));
  const named = { ...gone, id: ends[0]?.LaunchTemplateId ?? gone.id, ...(ends[0]?.LaunchTemplateName === undefined ? {} : { name: ends[0].LaunchTemplateName }) };
  const data = used?.LaunchTemplateData;
  return {
    ref,
    facts: {
      ...named,
      version: number,
      ...(asDefault === undefined ? {} : { defaultVersion: String(numberOf(asDefault)) }),
      latestVersion: String(latest),
      exists: used !== undefined,
      ...(data?.ImageId === undefined ? {} : { imageId: data.ImageId }),
      ...(data?.InstanceType === undefined ? {} : { instanceType: data.InstanceType }),
    },
    spot: data?.InstanceMarketOptions?.MarketType === 'spot',
    versions: newestFirst(known),
  };
}

async function readVersions(client: EC2Client, input: DescribeLaunchTemplateVersionsCommandInput): Promise<LaunchTemplateVersion[] | 'absent'> {
  try {
    return (await client.send(new DescribeLaunchTemplateVersionsCommand(input))).LaunchTemplateVersions ?? [];
  } catch (error) {
    if (NOT_THERE.has(nameOf(error))) return 'absent';
    throw error;
  }
}

async function readOne(client: EC2Client, input: DescribeLaunchTemplateVersionsCommandInput): Promise<LaunchTemplateVersion | undefined> {
  const found = await readVersions(client, input);
  return found === 'absent' ? undefined : found[0];
}

function newestFirst(versions: readonly LaunchTemplateVersion[]): ReadTemplate['versions'] {
  const byNumber = new Map(versions.map((version) => [numberOf(version), version.LaunchTemplateData?.ImageId]));
  return [...byNumber].sort(([a], [b]) => b - a).map(([number, imageId]) => ({ version: String(number), imageId }));
}

function numberOf(version: LaunchTemplateVersion | undefined): number {
  return version?.VersionNumber ?? 0;
}
