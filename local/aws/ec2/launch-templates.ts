import type {
  CreateLaunchTemplateCommandInput,
  CreateLaunchTemplateVersionCommandInput,
  DeleteLaunchTemplateCommandInput,
  DeleteLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplatesCommandInput,
  DescribeLaunchTemplateVersionsCommandInput,
  LaunchTemplate,
  LaunchTemplateVersion,
  ModifyLaunchTemplateCommandInput,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { filtered, identified, paged } from './filters.ts';
import { tagsFor } from './records.ts';
import type { Ec2Place, TemplateRecord, TemplateVersionRecord } from './records.ts';

const TEMPLATES_MAX = 5000;
const VERSIONS_MAX = 10_000;

interface Named {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

export function launchTemplateOperations(world: World, placeOf: (call: Call) => Ec2Place): Record<string, OperationHandler> {
  const tokens = world.disk.collection<string>('ec2-client-tokens');
  return {
    CreateLaunchTemplate(input: CreateLaunchTemplateCommandInput, call: Call) {
      const place = placeOf(call);
      const name = input.LaunchTemplateName ?? '';
      const token = `${call.accountId}/${call.region}/${input.ClientToken ?? ''}`;
      const earlier = input.ClientToken === undefined ? undefined : place.templates.get(tokens.get(token) ?? '');
      if (earlier?.name === name) return { LaunchTemplate: view(earlier) };
      if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) throw new AwsError('InvalidLaunchTemplateName.MalformedException', 'A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.', 400);
      const existing = place.templates.list();
      if (existing.some((template) => template.name === name)) throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.', 400);
      if (existing.length >= TEMPLATES_MAX) throw new AwsError('LaunchTemplateLimitExceeded', `You have reached the limit of launch templates: ${TEMPLATES_MAX}.`, 400);
      const { accountId, region, now } = call;
      const template: TemplateRecord = { accountId, region, id: `lt-0${world.newId().slice(0, 16)}`, tags: tagsFor('launch-template', input.TagSpecifications), name, createdAt: now, createdBy: call.caller.arn, defaultVersion: 1, latestVersion: 1 };
      place.templates.put(template);
      place.putVersion(template.id, { number: 1, createdAt: now, createdBy: call.caller.arn, ...(input.VersionDescription === undefined ? {} : { description: input.VersionDescription }), data: { ...input.LaunchTemplateData } });
      if (input.ClientToken !== undefined) tokens.put(token, template.id);
      return { LaunchTemplate: view(template) };
    },

    CreateLaunchTemplateVersion(input: CreateLaunchTemplateVersionCommandInput, call: Call) {
      const place = placeOf(call);
      const template = templateAt(place, input);
      const number = template.latestVersion + 1;
      if (number > VERSIONS_MAX) throw new AwsError('VersionLimitExceeded', `You have reached the limit of versions of a launch template: ${VERSIONS_MAX}.`, 400);
      const source = input.SourceVersion === undefined ? {} : versionAt(place, template, input.SourceVersion).data;
      const version: TemplateVersionRecord = { number, createdAt: call.now, createdBy: call.caller.arn, ...(input.VersionDescription === undefined ? {} : { description: input.VersionDescription }), data: { ...source, ...input.LaunchTemplateData } };
      place.putVersion(template.id, version);
      place.templates.put({ ...template, latestVersion: number });
      return { LaunchTemplateVersion: versionView(template, version) };
    },

    ModifyLaunchTemplate(input: ModifyLaunchTemplateCommandInput, call: Call) {
      const place = placeOf(call);
      const template = templateAt(place, input);
      const changed = { ...template, defaultVersion: input.DefaultVersion === undefined ? template.defaultVersion : versionAt(place, template, input.DefaultVersion).number };
      place.templates.put(changed);
      return { LaunchTemplate: view(changed) };
    },

    DescribeLaunchTemplates(input: DescribeLaunchTemplatesCommandInput, call: Call) {
      const all = placeOf(call).templates.list();
      const byId = identified(all, input.LaunchTemplateIds, ({ id }) => id, noSuchId);
      const byName = identified(byId, input.LaunchTemplateNames, ({ name }) => name, noSuchName);
      const { items, ...rest } = paged(filtered(byName, input.Filters, { 'launch-template-name': ({ name }) => name, 'create-time': ({ createdAt }) => new Date(createdAt).toISOString() }), input);
      return { LaunchTemplates: items.map(view), ...rest };
    },

    DescribeLaunchTemplateVersions(input: DescribeLaunchTemplateVersionsCommandInput, call: Call) {
      const place = placeOf(call);
      if ((input.Filters ?? []).length > 0) throw new AwsError('NotImplemented', 'The simulated AWS does not support filters of DescribeLaunchTemplateVersions.', 501);
      const template = templateAt(place, input);
      const asked = input.Versions ?? [];
      const [from, to] = [Number(input.MinVersion ?? 1), Number(input.MaxVersion ?? VERSIONS_MAX)];
      const chosen = asked.length === 0 ? place.versions(template.id).filter(({ number }) => number >= from && number <= to) : asked.map((version) => versionAt(place, template, version));
      const { items, ...rest } = paged([...chosen].sort((a, b) => b.number - a.number), input);
      return { LaunchTemplateVersions: items.map((version) => versionView(template, version)), ...rest };
    },

    /** What cannot be deleted is told beside what was. */
    DeleteLaunchTemplateVersions(input: DeleteLaunchTemplateVersionsCommandInput, call: Call) {
      const place = placeOf(call);
      const template = templateAt(place, input);
      const of = { LaunchTemplateId: template.id, LaunchTemplateName: template.name };
      const asked = (input.Versions ?? []).map((version) => {
        const number = Number(version);
        const exists = place.versions(template.id).some((known) => known.number === number);
        if (!exists) return { number, code: 'launchTemplateVersionDoesNotExist' as const, message: `The specified launch template version ${version} does not exist.` };
        if (number === template.defaultVersion) return { number, code: 'unexpectedError' as const, message: 'The default version of a launch template cannot be deleted.' };
        return { number, code: undefined, message: '' };
      });
      for (const { number, code } of asked) if (code === undefined) place.removeVersion(template.id, number);
      return {
        SuccessfullyDeletedLaunchTemplateVersions: asked.filter(({ code }) => code === undefined).map(({ number }) => ({ ...of, VersionNumber: number })),
        UnsuccessfullyDeletedLaunchTemplateVersions: asked.flatMap(({ number, code, message }) => (code === undefined ? [] : [{ ...of, VersionNumber: number, ResponseError: { Code: code, Message: message } }])),
      };
    },

    DeleteLaunchTemplate(input: DeleteLaunchTemplateCommandInput, call: Call) {
      const place = placeOf(call);
      const template = templateAt(place, input);
      place.templates.delete(template.id);
      place.removeVersions(template.id);
      return { LaunchTemplate: view(template) };
    },
  };
}

const noSuchId = (id: string): AwsError => new AwsError('InvalidLaunchTemplateId.NotFound', `The specified launch template, with template ID ${id}, does not exist.`, 400);
const noSuchName = (name: string): AwsError => new AwsError('InvalidLaunchTemplateName.NotFoundException', `The specified launch template, with template name ${name}, does not exist.`, 400);

export function templateAt(place: Ec2Place, { LaunchTemplateId, LaunchTemplateName }: Named): TemplateRecord {
  if ((LaunchTemplateId === undefined) === (LaunchTemplateName === undefined)) throw new AwsError('MissingParameter', 'Specify either the launch template ID or the launch template name, but not both.', 400);
  const template = LaunchTemplateId === undefined ? place.templates.list().find(({ name }) => name === LaunchTemplateName) : place.templates.get(LaunchTemplateId);
  if (template === undefined) throw LaunchTemplateId === undefined ? noSuchName(LaunchTemplateName ?? '') : noSuchId(LaunchTemplateId);
  return template;
}

/** A version by number, `$Latest` or `$Default`. */
export function versionAt(place: Ec2Place, template: TemplateRecord, version: string): TemplateVersionRecord {
  const number = version === '$Latest' ? template.latestVersion : version === '$Default' ? template.defaultVersion : Number(version);
  const found = place.versions(template.id).find((candidate) => candidate.number === number);
  if (found === undefined) throw new AwsError('InvalidLaunchTemplateId.VersionNotFound', `Could not find the specified version ${version} for the launch template with ID ${template.id}.`, 400);
  return found;
}

function view(template: TemplateRecord): LaunchTemplate {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: new Date(template.createdAt),
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.latestVersion,
    Tags: [...template.tags],
  };
}

function versionView(template: TemplateRecord, version: TemplateVersionRecord): LaunchTemplateVersion {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: version.number,
    ...(version.description === undefined ? {} : { VersionDescription: version.description }),
    CreateTime: new Date(version.createdAt),
    CreatedBy: version.createdBy,
    DefaultVersion: version.number === template.defaultVersion,
    LaunchTemplateData: dataView(version.data),
  };
}

/** What was asked for is what is told; only the one time in it was text on the disk. */
function dataView(data: Readonly<Record<string, unknown>>): ResponseLaunchTemplateData {
  const shown = structuredClone(data) as { InstanceMarketOptions?: { SpotOptions?: { ValidUntil?: string | Date } } };
  const spot = shown.InstanceMarketOptions?.SpotOptions;
  if (typeof spot?.ValidUntil === 'string') spot.ValidUntil = new Date(spot.ValidUntil);
  return shown as ResponseLaunchTemplateData;
}
