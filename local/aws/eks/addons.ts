import type {
  Addon,
  AddonIssueCode,
  AddonPodIdentityAssociations,
  CreateAddonRequest,
  CreateAddonResponse,
  DeleteAddonRequest,
  DeleteAddonResponse,
  DescribeAddonRequest,
  DescribeAddonResponse,
  ListAddonsRequest,
  ListAddonsResponse,
  UpdateAddonRequest,
  UpdateAddonResponse,
} from '@aws-sdk/client-eks';
import { minorOf, minorsBetween } from '../../../domain/minor.ts';
import { addonVersionsFor, listedAddon } from './addon-catalogue.ts';
import { requireConfiguration } from './addon-versions.ts';
import { isStranded } from './addon-places.ts';
import { addonEntry, defaultAmong, versionsFor } from './catalogue.ts';
import type { CatalogueAddon } from './catalogue.ts';
import { clusterOf } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, notFound } from './errors.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import { addOwnedAssociation, removeOwnedAssociations, requirePodRole } from './pod-identity.ts';
import type { Apply } from './settle.ts';
import type { AddonDoc, ClusterDoc } from './state.ts';
import { once } from './tokens.ts';
import { endUpdate, paramsOf, recordUpdate, scriptedError, updateAnswer, updateDoc } from './updates.ts';
import { requireTags } from './validation.ts';

const NO_REPLICAS = "The add-on is unhealthy because it doesn't have the desired number of replicas.";
/** What EKS installs unseen when a cluster is made with bootstrapSelfManagedAddons. */
const SELF_MANAGED = ['vpc-cni', 'kube-proxy', 'coredns'];

function addonKey(addon: { readonly clusterName: string; readonly addonName: string }): string {
  return `${addon.clusterName}/${addon.addonName}`;
}

export function addonOf(place: Place, clusterName: string, addonName: string): AddonDoc {
  const cluster = clusterOf(place, clusterName);
  const addon = place.addons.get(`${cluster.name}/${addonName}`);
  if (addon === undefined) throw notFound(`No addon: ${addonName} found in cluster: ${clusterName}`, { clusterName, addonName });
  return addon;
}

function describedAddon(doc: AddonDoc, place: Place): Addon {
  const entry = addonEntry(doc.addonName);
  const minor = place.clusters.get(doc.clusterName)?.version ?? '';
  // A version that is withdrawn goes on running where it runs.
  const listed = versionsFor(entry?.versions ?? [], minor).some(({ version }) => version === doc.addonVersion);
  const unlisted = { code: 'UnsupportedAddonModification' as AddonIssueCode, message: `Addon version ${doc.addonVersion} is not supported by Kubernetes version ${minor}.` };
  return {
    addonName: doc.addonName,
    clusterName: doc.clusterName,
    status: doc.status,
    addonVersion: doc.addonVersion,
    health: { issues: [...doc.healthIssues.map(({ code, message, resourceIds }) => ({ code, message, resourceIds: [...(resourceIds ?? [])] })), ...(listed ? [] : [unlisted])] },
    addonArn: doc.arn,
    createdAt: new Date(doc.createdAt),
    modifiedAt: new Date(doc.modifiedAt),
    ...(doc.serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn: doc.serviceAccountRoleArn }),
    ...(doc.configurationValues === undefined ? {} : { configurationValues: doc.configurationValues }),
    ...(doc.podIdentityAssociations.length === 0 ? {} : { podIdentityAssociations: [...doc.podIdentityAssociations] }),
    ...(entry === undefined ? {} : { publisher: entry.publisher, owner: entry.owner }),
    namespaceConfig: { namespace: doc.namespace },
    tags: { ...doc.tags },
  };
}

export function createAddon(input: CreateAddonRequest, place: Place): CreateAddonResponse {
  const [clusterName, addonName] = [input.clusterName ?? '', input.addonName ?? ''];
  once(
    place,
    'CreateAddon',
    input,
    () => {
      const cluster = clusterOf(place, clusterName);
      const about = { clusterName, addonName };
      requireStanding(cluster, addonName);
      const entry = requireEntry(place, cluster, addonName);
      if (place.addons.get(addonKey(about)) !== undefined) throw inUse('Addon already exists.', about);
      const standard = defaultAmong(entry.versions, cluster.version)?.version ?? '';
      const addonVersion = requireVersion(place, cluster, addonName, input.addonVersion ?? standard);
      requireSettings(place, entry, input, clusterName);
      requireTags(input.tags ?? {}, about);
      const id = place.newUuid();
      const addon: AddonDoc = {
        id,
        ...about,
        arn: place.arn(`addon/${clusterName}/${addonName}/${id}`),
        createdAt: place.now,
        modifiedAt: place.now,
        status: 'CREATING',
        addonVersion,
        serviceAccountRoleArn: input.serviceAccountRoleArn,
        configurationValues: input.configurationValues,
        podIdentityAssociations: [],
        namespace: input.namespaceConfig?.namespace ?? entry.defaultNamespace,
        tags: input.tags ?? {},
        healthIssues: [],
      };
      addon.podIdentityAssociations = associate(place, addon, input.podIdentityAssociations);
      const conflict = cluster.selfManagedAddons && SELF_MANAGED.includes(addonName) && input.resolveConflicts !== 'OVERWRITE' && addonVersion !== standard;
      const scripted = place.around.faults?.takeFailUpdate('eks:CreateAddon', place.accountId, place.region, input);
      const failure =
        scripted ??
        (conflict
          ? {
              code: 'ConfigurationConflict',
              message: `Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: DaemonSet.apps ${addonName} - .spec.template.spec`,
            }
          : undefined);
      if (failure !== undefined) {
        const error = scriptedError(failure, { message: (code) => `The add-on could not be created: ${code}`, resourceIds: [] });
        addon.healthIssues = [{ code: error.errorCode as AddonIssueCode, message: error.errorMessage, resourceIds: error.resourceIds }];
      }
      place.addons.put(addonKey(addon), addon);
      const hasToWait = isStranded(place, addon);
      place.after(hasToWait ? 'addonWithoutNodes' : 'addonCreation', { kind: failure === undefined ? 'addon-created' : 'addon-creation-failed', clusterName, subject: addonName });
      return { addonName };
    },
    () => place.addons.get(`${clusterName}/${addonName}`) !== undefined,
  );
  return { addon: describedAddon(addonOf(place, clusterName, addonName), place) };
}

function requireStanding(cluster: ClusterDoc, addonName: string): void {
  if (cluster.status !== 'ACTIVE' && cluster.status !== 'UPDATING')
    throw invalidRequest(`Cluster '${cluster.name}' is not in ACTIVE status`, { clusterName: cluster.name, addonName });
}

function requireEntry(place: Place, cluster: ClusterDoc, addonName: string): CatalogueAddon {
  const entry = listedAddon(place, addonName);
  if (entry === undefined)
    throw invalidParameter(`Addon ${addonName} specified is not supported in ${cluster.version} kubernetes version`, { clusterName: cluster.name, addonName });
  return entry;
}

function requireVersion(place: Place, cluster: ClusterDoc, addonName: string, version: string): string {
  const listed = addonVersionsFor(place, addonName, cluster.version).some((other) => other.version === version);
  if (!listed) throw invalidParameter('Addon version specified is not supported', { clusterName: cluster.name, addonName });
  return version;
}

function requireSettings(
  place: Place,
  entry: CatalogueAddon,
  input: {
    readonly configurationValues?: string | undefined;
    readonly serviceAccountRoleArn?: string | undefined;
    readonly podIdentityAssociations?: readonly AddonPodIdentityAssociations[] | undefined;
  },
  clusterName: string,
): void {
  const about = { clusterName, addonName: entry.addonName };
  requireConfiguration(entry, input.configurationValues, about);
  const refusal = (roleName: string) => `The role ${roleName} does not exist or cannot be used by the add-on.`;
  if (input.serviceAccountRoleArn !== undefined && place.around.iam.role(place.accountId, input.serviceAccountRoleArn.split('/').at(-1) ?? '') === undefined)
    throw invalidParameter(refusal(input.serviceAccountRoleArn), about);
  for (const association of input.podIdentityAssociations ?? []) requirePodRole(place, association.roleArn ?? '', about);
}

function associate(place: Place, addon: AddonDoc, asked: readonly AddonPodIdentityAssociations[] | undefined): readonly string[] {
  if (asked === undefined) return addon.podIdentityAssociations;
  removeOwnedAssociations(place, addon.clusterName, addon.arn);
  return asked.map((association) =>
    addOwnedAssociation(place, {
      clusterName: addon.clusterName,
      namespace: addon.namespace,
      serviceAccount: association.serviceAccount ?? '',
      roleArn: association.roleArn ?? '',
      ownerArn: addon.arn,
    }),
  );
}

export function describeAddon(input: DescribeAddonRequest, place: Place): DescribeAddonResponse {
  return { addon: describedAddon(addonOf(place, input.clusterName ?? '', input.addonName ?? ''), place) };
}

export function listAddons(input: ListAddonsRequest, place: Place): ListAddonsResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const names = place.addons.list(`${cluster.name}/`).map((addon) => addon.addonName);
  const { items, nextToken } = page(names, input, (name) => name);
  return { addons: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

export function updateAddon(input: UpdateAddonRequest, place: Place): UpdateAddonResponse {
  const { updateId } = once(place, 'UpdateAddon', input, () => {
    const addon = addonOf(place, input.clusterName ?? '', input.addonName ?? '');
    const { clusterName, addonName } = addon;
    const about = { clusterName, addonName };
    const cluster = clusterOf(place, clusterName);
    requireStanding(cluster, addonName);
    if (['CREATING', 'UPDATING', 'DELETING'].includes(addon.status))
      throw inUse(`Cannot update addon ${addonName} in cluster ${clusterName} as it is currently in status ${addon.status}`, about);
    const entry = requireEntry(place, cluster, addonName);
    const addonVersion = input.addonVersion === undefined ? addon.addonVersion : requireVersion(place, cluster, addonName, input.addonVersion);
    requireOneStep(addonName, addon.addonVersion, addonVersion, clusterName);
    requireSettings(place, entry, input, clusterName);
    const failure = place.around.faults?.takeFailUpdate('eks:UpdateAddon', place.accountId, place.region, input);
    const change: Partial<AddonDoc> = {
      addonVersion,
      ...(input.serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn: input.serviceAccountRoleArn }),
      ...(input.configurationValues === undefined ? {} : { configurationValues: input.configurationValues }),
    };
    const update = recordUpdate(place, about, {
      type: 'AddonUpdate',
      params: paramsOf({
        AddonVersion: input.addonVersion,
        ServiceAccountRoleArn: input.serviceAccountRoleArn,
        ResolveConflicts: input.resolveConflicts,
        ConfigurationValues: input.configurationValues,
        PodIdentityAssociations: input.podIdentityAssociations,
      }),
      change: { addon: change },
      failure,
    });
    place.addons.put(addonKey(addon), { ...addon, status: 'UPDATING', update: update.id, podIdentityAssociations: associate(place, addon, input.podIdentityAssociations) });
    const hasToWait = isStranded(place, { ...addon, ...change });
    place.after(hasToWait ? 'addonWithoutNodes' : 'addonUpdate', { kind: 'addon-update-ends', clusterName, subject: addonName, updateId: update.id });
    return { updateId: update.id };
  });
  return updateAnswer(place, input.clusterName ?? '', updateId);
}

/** The VPC CNI moves by one minor at a time. */
function requireOneStep(addonName: string, from: string, to: string, clusterName: string): void {
  if (addonName !== 'vpc-cni') return;
  const [before, after] = [minorOf(from), minorOf(to)];
  if (before !== undefined && after !== undefined && Math.abs(minorsBetween(before, after) ?? 0) > 1)
    throw invalidParameter('Updating VPC-CNI can only go up or down 1 minor version at a time', { clusterName, addonName });
}

export function deleteAddon(input: DeleteAddonRequest, place: Place): DeleteAddonResponse {
  const addon = addonOf(place, input.clusterName ?? '', input.addonName ?? '');
  const { clusterName, addonName } = addon;
  if (addon.status === 'UPDATING') throw invalidRequest(`Cannot delete addon ${addonName} as it is currently in status UPDATING`, { clusterName, addonName });
  if (addon.status !== 'DELETING') {
    addon.status = 'DELETING';
    addon.modifiedAt = place.now;
    place.addons.put(addonKey(addon), addon);
    place.after('addonDeletion', { kind: 'addon-deleted', clusterName, subject: addonName });
  }
  return { addon: describedAddon(addon, place) };
}

/** A transition of an add-on that is still there, and still in the status that the transition follows. */
function ofAddon(status: AddonDoc['status'], apply: (place: Place, addon: AddonDoc, updateId: string | undefined) => void): Apply {
  return (place, { clusterName, subject, updateId }) => {
    const addon = place.addons.get(`${clusterName}/${subject}`);
    if (addon?.status === status) apply(place, addon, updateId);
  };
}

/** ACTIVE, or DEGRADED where it has nothing to run on. */
function standing(place: Place, addon: AddonDoc): Pick<AddonDoc, 'status' | 'healthIssues'> {
  return isStranded(place, addon) ? { status: 'DEGRADED', healthIssues: [{ code: 'InsufficientNumberOfReplicas', message: NO_REPLICAS }] } : { status: 'ACTIVE', healthIssues: [] };
}

const created = ofAddon('CREATING', (place, addon) => {
  const span = place.openSpan({ what: 'addon', clusterName: addon.clusterName, addonName: addon.addonName, version: addon.addonVersion });
  place.addons.put(addonKey(addon), { ...addon, ...standing(place, addon), span, modifiedAt: place.now });
});

const creationFailed = ofAddon('CREATING', (place, addon) => place.addons.put(addonKey(addon), { ...addon, status: 'CREATE_FAILED', modifiedAt: place.now }));

const updateEnds = ofAddon('UPDATING', (place, addon, updateId) => {
  const update = updateDoc(place, addon.clusterName, updateId);
  if (update === undefined) return;
  if (update.failure !== undefined) {
    const error = scriptedError(update.failure, { message: (code) => `The update of add-on ${addon.addonName} failed: ${code}`, resourceIds: [addon.addonName] });
    endUpdate(place, update, [error]);
    const healthIssues = [{ code: error.errorCode as AddonIssueCode, message: error.errorMessage, resourceIds: error.resourceIds }];
    place.addons.put(addonKey(addon), { ...addon, status: 'UPDATE_FAILED', healthIssues, update: undefined, modifiedAt: place.now });
    return;
  }
  const changed: AddonDoc = { ...addon, ...update.change.addon };
  const after: AddonDoc = { ...changed, ...standing(place, changed), update: undefined, modifiedAt: place.now };
  // Without nodes the new version is applied, but its replicas never come up, and EKS gives up waiting for them.
  const stranded = after.status === 'DEGRADED';
  endUpdate(place, update, stranded ? [{ errorCode: 'InsufficientNumberOfReplicas', errorMessage: NO_REPLICAS, resourceIds: [addon.addonName] }] : []);
  if (after.addonVersion !== addon.addonVersion) {
    place.closeSpan(addon.span);
    after.span = place.openSpan({ what: 'addon', clusterName: addon.clusterName, addonName: addon.addonName, version: after.addonVersion });
  }
  place.addons.put(addonKey(addon), after);
});

const deleted = ofAddon('DELETING', (place, addon) => {
  place.closeSpan(addon.span);
  removeOwnedAssociations(place, addon.clusterName, addon.arn);
  place.addons.delete(addonKey(addon));
});

/** The first node has come, or the last has gone. */
const lookForNodes: Apply = (place, { clusterName }) => {
  for (const addon of place.addons.list(`${clusterName}/`)) {
    const stranded = addon.healthIssues.some((issue) => issue.code === 'InsufficientNumberOfReplicas');
    if (addon.status === 'ACTIVE' || (addon.status === 'DEGRADED' && stranded)) place.addons.put(addonKey(addon), { ...addon, ...standing(place, addon) });
  }
};

export const addonTransitions: Readonly<Record<string, Apply>> = {
  'addon-created': created,
  'addon-creation-failed': creationFailed,
  'addon-update-ends': updateEnds,
  'addon-deleted': deleted,
  'addons-look-for-nodes': lookForNodes,
};
