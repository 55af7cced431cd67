import type { CopyImageCommandInput, DeregisterImageCommandInput, DescribeImagesCommandInput, Image, RegisterImageCommandInput } from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { filtered, paged } from './filters.ts';
import type { Attributes } from './filters.ts';
import { publicImages } from './public-images.ts';
import type { SeenImage } from './public-images.ts';
import { tagsFor } from './records.ts';
import type { Ec2Place, ImageRecord } from './records.ts';

const IMAGES_MAX = 50_000;

const IMAGE_FILTERS: Attributes<SeenImage> = {
  'image-id': ({ id }) => id,
  name: ({ name }) => name,
  description: ({ description }) => description,
  architecture: ({ architecture }) => architecture,
  'owner-id': ({ ownerId }) => ownerId,
  'owner-alias': ({ ownerAlias }) => ownerAlias,
  'is-public': ({ isPublic }) => String(isPublic),
  state: () => 'available',
  'image-type': () => 'machine',
  'virtualization-type': () => 'hvm',
  hypervisor: () => 'xen',
  'root-device-type': () => 'ebs',
  'root-device-name': ({ rootDeviceName }) => rootDeviceName,
  'ena-support': () => 'true',
  'creation-date': ({ createdAt }) => new Date(createdAt).toISOString(),
  'source-image-id': ({ sourceImageId }) => sourceImageId,
  'source-image-region': ({ sourceImageRegion }) => sourceImageRegion,
};

export function imageOperations(world: World, placeOf: (call: Call) => Ec2Place): Record<string, OperationHandler> {
  function make(call: Call, image: Omit<ImageRecord, 'accountId' | 'region' | 'id' | 'createdAt'>): { ImageId: string } {
    const place = placeOf(call);
    const own = place.images.list();
    if (!/^[\w()[\] ./'@-]{3,128}$/.test(image.name)) throw new AwsError('InvalidAMIName.Malformed', `AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/', '_' and spaces`, 400);
    const taken = own.find(({ name }) => name === image.name);
    if (taken !== undefined) throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${image.name} is already in use by AMI ${taken.id}`, 400);
    if (own.length >= IMAGES_MAX) throw new AwsError('AMILimitExceeded', `You have reached the quota of AMIs: ${IMAGES_MAX}.`, 400);
    const { accountId, region, now } = call;
    const id = `ami-0${world.newId().slice(0, 16)}`;
    place.images.put({ accountId, region, id, createdAt: now, ...image });
    return { ImageId: id };
  }

  return {
    DescribeImages(input: DescribeImagesCommandInput, call: Call) {
      if ((input.ExecutableUsers ?? []).length > 0) throw new AwsError('NotImplemented', 'The simulated AWS does not support ExecutableUsers of DescribeImages.', 501);
      const all = imagesOf(placeOf(call), call.now);
      const { ImageIds: ids = [], Owners = [] } = input;
      const absent = ids.find((id) => !all.some((image) => image.id === id));
      if (absent !== undefined) throw noSuchImage(absent);
      const isOwned = ({ ownerId, ownerAlias }: SeenImage): boolean => Owners.length === 0 || Owners.some((owner) => owner === ownerId || owner === ownerAlias || (owner === 'self' && ownerId === call.accountId));
      const isShown = ({ id, deprecatedAt, ownerId }: SeenImage): boolean => ids.includes(id) || (ids.length === 0 && (input.IncludeDeprecated === true || ownerId === call.accountId || (deprecatedAt ?? Infinity) > call.now));
      const { items, ...rest } = paged(filtered(all.filter((image) => isShown(image) && isOwned(image)), input.Filters, IMAGE_FILTERS), input);
      return { Images: items.map(view), ...rest };
    },

    RegisterImage(input: RegisterImageCommandInput, call: Call) {
      const { Name: name = '', Description: description = '', Architecture: architecture = 'i386', RootDeviceName: rootDeviceName = '/dev/sda1' } = input;
      return make(call, { name, description, architecture, rootDeviceName, tags: tagsFor('image', input.TagSpecifications) });
    },

    CopyImage(input: CopyImageCommandInput, call: Call) {
      if (input.SourceRegion !== call.region) throw new AwsError('NotImplemented', 'The simulated AWS copies images within one region only.', 501);
      const source = imageAt(placeOf(call), input.SourceImageId, call.now);
      const tags = [...(input.CopyImageTags === true && source.ownerId === call.accountId ? source.tags : []), ...tagsFor('image', input.TagSpecifications)];
      return make(call, { name: input.Name ?? '', description: input.Description ?? source.description, architecture: source.architecture, rootDeviceName: source.rootDeviceName, sourceImageId: source.id, sourceImageRegion: call.region, tags });
    },

    DeregisterImage(input: DeregisterImageCommandInput, call: Call) {
      const place = placeOf(call);
      const image = imageAt(place, input.ImageId, call.now);
      if (image.ownerId !== call.accountId) throw new AwsError('AuthFailure', `Not authorized for image:${image.id}`, 403);
      place.images.delete(image.id);
      return { Return: true };
    },
  };
}

export function imageAt(place: Ec2Place, id: string | undefined, now: number): SeenImage {
  if (!/^ami-[0-9a-f]{8,17}$/.test(id ?? '')) throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id ?? ''}" (expecting "ami-...")`, 400);
  const image = imagesOf(place, now).find((candidate) => candidate.id === id);
  if (image === undefined) throw noSuchImage(id ?? '');
  return image;
}

const noSuchImage = (id: string): AwsError => new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`, 400);

function imagesOf(place: Ec2Place, now: number): SeenImage[] {
  const own = place.images.list().map(({ accountId, region: _region, ...image }): SeenImage => ({ ...image, ownerId: accountId, isPublic: false }));
  return [...own, ...publicImages(place.region, now)];
}

function view(image: SeenImage): Image {
  return {
    ImageId: image.id,
    ImageLocation: `${image.ownerAlias ?? image.ownerId}/${image.name}`,
    ...(image.ownerAlias === undefined ? {} : { ImageOwnerAlias: image.ownerAlias }),
    OwnerId: image.ownerId,
    Public: image.isPublic,
    Name: image.name,
    Description: image.description,
    Architecture: image.architecture as NonNullable<Image['Architecture']>,
    ImageType: 'machine',
    State: 'available',
    CreationDate: new Date(image.createdAt).toISOString(),
    ...(image.deprecatedAt === undefined ? {} : { DeprecationTime: new Date(image.deprecatedAt).toISOString() }),
    ...(image.sourceImageId === undefined ? {} : { SourceImageId: image.sourceImageId }),
    ...(image.sourceImageRegion === undefined ? {} : { SourceImageRegion: image.sourceImageRegion }),
    RootDeviceName: image.rootDeviceName,
    RootDeviceType: 'ebs',
    BlockDeviceMappings: [],
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    Tags: [...image.tags],
  };
}
