import { DescribeImagesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { compareMinors, type Minor } from '../../domain/minor.ts';
import { minorOfImage, minorOfImageParameter } from '../../domain/node-images.ts';

/** EC2 takes 200 values in a filter. */
const IMAGES_A_CALL_MAX = 200;
const IMAGES_MAX = 1000;

/** Images by id. One that was deregistered, or is another's and no longer shared, is not among them. */
export type ImageNames = ReadonlyMap<string, string>;

/** Asked for by filter, since one unknown id would fail the whole call; deprecated images too, which old nodes run on. */
export async function readImageNames(client: EC2Client, imageIds: readonly string[]): Promise<ImageNames> {
  const ids = [...new Set(imageIds)].filter((id) => id.startsWith('ami-'));
  if (ids.length > IMAGES_MAX) throw new Error(`The nodes are made of more than ${IMAGES_MAX} images.`);
  const names = new Map<string, string>();
  for (let index = 0; index < ids.length; index += IMAGES_A_CALL_MAX) {
    const { Images } = await client.send(new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: ids.slice(index, index + IMAGES_A_CALL_MAX) }], IncludeDeprecated: true }));
    for (const { ImageId, Name } of Images ?? []) if (ImageId !== undefined && Name !== undefined) names.set(ImageId, Name);
  }
  return names;
}

/** The kubelet's minor that an image brings, by its name or by the public parameter that stands for it. */
export function minorOf(imageId: string, names: ImageNames): Minor | undefined {
  const name = names.get(imageId);
  return name === undefined ? minorOfImageParameter(imageId) : minorOfImage(name);
}

/** Each kubelet once, oldest first; null at the end where an image does not tell. */
export function kubeletsOf(imageIds: readonly string[], names: ImageNames): (Minor | null)[] {
  const minors = new Set(imageIds.map((imageId) => minorOf(imageId, names)));
  const known = [...minors].filter((minor) => minor !== undefined).sort(compareMinors);
  return minors.has(undefined) ? [...known, null] : known;
}
