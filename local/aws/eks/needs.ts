import type { Needed } from '../service.ts';
import type { Place } from './place.ts';

/** Members of EKS requests that say what a call is about. */
interface Named {
  readonly name?: string;
  readonly clusterName?: string;
  readonly nodegroupName?: string;
  readonly addonName?: string;
  readonly principalArn?: string;
  readonly fargateProfileName?: string;
  readonly capabilityName?: string;
  readonly type?: string;
  readonly associationId?: string;
  readonly resourceArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly roleArn?: string;
  readonly nodeRole?: string;
  readonly computeConfig?: { readonly nodeRoleArn?: string };
  readonly podExecutionRoleArn?: string;
  readonly serviceAccountRoleArn?: string;
  readonly podIdentityAssociations?: readonly { readonly roleArn?: string }[];
}

/** Operations that no resource of the account stands behind. */
const OF_NOTHING = ['ListClusters', 'DescribeAddonVersions', 'DescribeAddonConfiguration', 'DescribeClusterVersions', 'ListAccessPolicies'];
const OF_A_NODEGROUP = ['DescribeNodegroup', 'UpdateNodegroupConfig', 'UpdateNodegroupVersion', 'DeleteNodegroup'];
const OF_AN_ADDON = ['DescribeAddon', 'UpdateAddon', 'DeleteAddon'];
const OF_AN_ACCESS_ENTRY = ['DescribeAccessEntry', 'UpdateAccessEntry', 'DeleteAccessEntry', 'AssociateAccessPolicy', 'DisassociateAccessPolicy', 'ListAssociatedAccessPolicies'];
const OF_AN_ASSOCIATION = ['DescribePodIdentityAssociation', 'UpdatePodIdentityAssociation', 'DeletePodIdentityAssociation'];
const OF_A_CAPABILITY = ['DescribeCapability', 'UpdateCapability', 'DeleteCapability'];
const OF_A_PROFILE = ['DescribeFargateProfile', 'DeleteFargateProfile'];
/** Stands in for the id at the end of the ARN of something that is not there. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * What a caller's policies must allow. Resources are those of the Service Authorization Reference of EKS: creating and
 * listing things in a cluster needs the cluster, all else the thing itself.
 */
export function needsOf(operation: string, input: unknown, place: Place): Needed[] {
  const named = input as Named;
  const clusterName = named.clusterName ?? named.name ?? '';
  const context: Record<string, string | string[]> = {};
  for (const [key, value] of Object.entries(place.clusters.get(clusterName)?.tags ?? {})) context[`aws:ResourceTag/${key}`] = value;
  for (const [key, value] of Object.entries(named.tags ?? {})) context[`aws:RequestTag/${key}`] = value;
  if (named.tags !== undefined) context['aws:TagKeys'] = Object.keys(named.tags);
  const itself = { action: `eks:${operation}`, resource: resourceOf(operation, named, clusterName, place), context };
  return [itself, ...tagging(operation, named, clusterName, place, context), ...associating(operation, named, clusterName, place), ...passed(operation, named)];
}

/** What is tagged as it is made, with the kind in its ARN. Source: the handlers' permissions in the CloudFormation schemas of these resources. */
const TAGGED_AT_BIRTH: Readonly<Record<string, string>> = { CreatePodIdentityAssociation: 'podidentityassociation', CreateFargateProfile: 'fargateprofile', CreateCapability: 'capability' };

function tagging(operation: string, { tags, fargateProfileName, capabilityName, type }: Named, clusterName: string, place: Place, context: Needed['context']): Needed[] {
  const kind = TAGGED_AT_BIRTH[operation];
  if (kind === undefined || Object.keys(tags ?? {}).length === 0) return [];
  const name = operation === 'CreateCapability' ? `${String(type).toLowerCase()}/${capabilityName}/${NOBODY}` : operation === 'CreateFargateProfile' ? `${fargateProfileName}/${NOBODY}` : `a-${NOBODY}`;
  return [{ action: 'eks:TagResource', resource: place.arn(`${kind}/${clusterName}/${name}`), ...(context === undefined ? {} : { context }) }];
}

/** An add-on makes its associations with its caller's rights. Source: CloudFormation schema of AWS::EKS::Addon. */
function associating(operation: string, { podIdentityAssociations = [] }: Named, clusterName: string, place: Place): Needed[] {
  const asks = (operation === 'CreateAddon' || operation === 'UpdateAddon') && podIdentityAssociations.length > 0;
  return asks ? [{ action: 'eks:CreatePodIdentityAssociation', resource: place.arn(`cluster/${clusterName}`) }] : [];
}

function resourceOf(operation: string, named: Named, clusterName: string, place: Place): string {
  const { nodegroupName, addonName, principalArn, associationId, fargateProfileName, capabilityName } = named;
  if (OF_NOTHING.includes(operation)) return '*';
  if (named.resourceArn !== undefined) return named.resourceArn;
  if (OF_A_NODEGROUP.includes(operation)) return place.nodegroups.get(`${clusterName}/${nodegroupName}`)?.arn ?? place.arn(`nodegroup/${clusterName}/${nodegroupName}/${NOBODY}`);
  if (OF_AN_ADDON.includes(operation)) return place.addons.get(`${clusterName}/${addonName}`)?.arn ?? place.arn(`addon/${clusterName}/${addonName}/${NOBODY}`);
  if (OF_AN_ACCESS_ENTRY.includes(operation)) return place.accessEntries.get(`${clusterName}/${principalArn}`)?.arn ?? place.arn(`access-entry/${clusterName}/${NOBODY}`);
  if (OF_AN_ASSOCIATION.includes(operation)) return place.arn(`podidentityassociation/${clusterName}/${associationId}`);
  if (OF_A_PROFILE.includes(operation))
    return place.fargateProfiles.get(`${clusterName}/${fargateProfileName}`)?.arn ?? place.arn(`fargateprofile/${clusterName}/${fargateProfileName}/${NOBODY}`);
  if (OF_A_CAPABILITY.includes(operation)) return place.capabilities.get(`${clusterName}/${capabilityName}`)?.arn ?? place.arn(`capability/${clusterName}/*/${capabilityName}/${NOBODY}`);
  return place.arn(`cluster/${clusterName}`);
}

/** Roles that a call hands to a service. */
function passed(operation: string, named: Named): Needed[] {
  const pass = (roleArn: string | undefined, service: string): Needed[] =>
    roleArn === undefined ? [] : [{ action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': service } }];
  if (operation === 'CreateCluster' || operation === 'UpdateClusterConfig')
    return [...pass(named.roleArn, 'eks.amazonaws.com'), ...pass(named.computeConfig?.nodeRoleArn, 'eks.amazonaws.com')];
  if (operation === 'CreateNodegroup') return pass(named.nodeRole, 'eks.amazonaws.com');
  // EKS reads these roles' trust with its caller's rights. Source: the CloudFormation schemas of these resources.
  const read = (roleArn: string | undefined): Needed[] => (roleArn === undefined ? [] : [{ action: 'iam:GetRole', resource: roleArn }]);
  if (operation === 'CreateFargateProfile') return [...read(named.podExecutionRoleArn), ...pass(named.podExecutionRoleArn, 'eks-fargate-pods.amazonaws.com')];
  if (operation === 'CreatePodIdentityAssociation' || operation === 'UpdatePodIdentityAssociation') return [...read(named.roleArn), ...pass(named.roleArn, 'pods.eks.amazonaws.com')];
  if (operation === 'CreateCapability' || operation === 'UpdateCapability') return pass(named.roleArn, 'capabilities.eks.amazonaws.com');
  if (operation === 'CreateAddon' || operation === 'UpdateAddon')
    return [
      ...pass(named.serviceAccountRoleArn, 'eks.amazonaws.com'),
      ...(named.podIdentityAssociations ?? []).flatMap(({ roleArn }) => [...read(roleArn), ...pass(roleArn, 'pods.eks.amazonaws.com')]),
    ];
  return [];
}
