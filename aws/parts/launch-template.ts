import { createHash } from 'node:crypto';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type LaunchTemplate,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { imageNamePattern } from '../../domain/parts/launch-template-data.ts';
import type { SelfManagedGroupResource } from '../../domain/parts/resource.ts';
import { nameOf } from '../eks/errors.ts';
import type { PartOf } from '../ports.ts';

/** The newest version of a template of ours, with the image that is pinned there. */
export interface ReadTemplate {
  readonly id: string;
  readonly ours: boolean;
  readonly version: string;
  readonly imageId: string;
  /** What we wrote beside the version: the image's minor, its name, and a checksum of all that the version says. */
  readonly noted: readonly string[];
}

export interface Image {
  readonly id: string;
  readonly name: string;
}

const NOTED_PARTS = 3;
const SUM_CHARACTERS = 16;

export async function readTemplate(client: EC2Client, name: string, of: Pick<PartOf, 'clusterId'>): Promise<ReadTemplate | 'absent'> {
  const template = await findTemplate(client, name);
  if (template === undefined) return 'absent';
  const { LaunchTemplateVersions = [] } = await client.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: template.LaunchTemplateId, Versions: ['$Latest'] }));
  const [latest] = LaunchTemplateVersions;
  const noted = (latest?.VersionDescription ?? '').split(' ');
  return {
    id: template.LaunchTemplateId ?? '',
    ours: (template.Tags ?? []).some(({ Key, Value }) => Key === 'slipway:cluster-id' && Value === of.clusterId),
    version: String(latest?.VersionNumber ?? ''),
    imageId: latest?.LaunchTemplateData?.ImageId ?? '',
    noted: noted.length === NOTED_PARTS ? noted : [],
  };
}

async function findTemplate(client: EC2Client, name: string): Promise<LaunchTemplate | undefined> {
  try {
    return (await client.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }))).LaunchTemplates?.[0];
  } catch (error) {
    if (isNoTemplate(error)) return undefined;
    throw error;
  }
}

/** The image that the template has, where it is of the right minor: a change of labels brings no other image. Else the newest that is published; undefined where there is none. */
export async function imageFor(client: EC2Client, group: SelfManagedGroupResource, template: ReadTemplate | 'absent'): Promise<Image | undefined> {
  const [minor, name = ''] = template === 'absent' ? [] : template.noted;
  if (template !== 'absent' && minor === group.version && fitsPattern(name, group)) return { id: template.imageId, name };
  const { Images = [] } = await client.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: [imageNamePattern(group)] }, { Name: 'state', Values: ['available'] }] }));
  const [newest] = [...Images].sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? '') || (b.Name ?? '').localeCompare(a.Name ?? ''));
  return newest?.ImageId === undefined ? undefined : { id: newest.ImageId, name: newest.Name ?? '' };
}

function fitsPattern(imageName: string, group: SelfManagedGroupResource): boolean {
  return imageName.startsWith(imageNamePattern(group).replace('*', ''));
}

/** The template with a version that says this, and no other one made for it; its id and that version's number. */
export async function bringTemplate(client: EC2Client, group: SelfManagedGroupResource, template: ReadTemplate | 'absent', wanted: { readonly data: RequestLaunchTemplateData; readonly image: Image }, of: PartOf): Promise<{ readonly id: string; readonly version: string }> {
  const sum = createHash('sha256').update(JSON.stringify(wanted.data)).digest('hex').slice(0, SUM_CHARACTERS);
  const said = { VersionDescription: [group.version, wanted.image.name, sum].join(' '), LaunchTemplateData: wanted.data, ClientToken: `${sum}-${of.clientRequestToken}`.slice(0, 64) };
  if (template === 'absent') {
    const Tags = [
      { Key: 'slipway:cluster-id', Value: of.clusterId },
      { Key: 'slipway:part', Value: group.part },
    ];
    const { LaunchTemplate } = await client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: group.name, ...said, TagSpecifications: [{ ResourceType: 'launch-template', Tags }] }));
    return { id: LaunchTemplate?.LaunchTemplateId ?? '', version: String(LaunchTemplate?.LatestVersionNumber ?? 1) };
  }
  if (template.noted[NOTED_PARTS - 1] === sum && template.noted[0] === group.version) return { id: template.id, version: template.version };
  const { LaunchTemplateVersion } = await client.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: template.id, ...said }));
  return { id: template.id, version: String(LaunchTemplateVersion?.VersionNumber ?? '') };
}

export async function deleteTemplate(client: EC2Client, template: ReadTemplate): Promise<void> {
  try {
    await client.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: template.id }));
  } catch (error) {
    if (!isNoTemplate(error)) throw error;
  }
}

function isNoTemplate(error: unknown): boolean {
  return /^InvalidLaunchTemplate(Name|Id)\.NotFound/.test(nameOf(error));
}
