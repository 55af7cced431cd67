import type { Certificate, Cluster, ClusterIssueCode, LogType } from '@aws-sdk/client-eks';
import { certificateOf } from './certificates.ts';
import { notFound } from './errors.ts';
import type { Place } from './place.ts';
import { authoritiesOf, type ClusterDoc } from './state.ts';

export const LOG_TYPES: readonly LogType[] = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/** The cluster of a name; ResourceNotFoundException when there is none. */
export function clusterOf(place: Place, name: string): ClusterDoc {
  const cluster = place.clusters.get(name);
  if (cluster === undefined) throw notFound(`No cluster found for name: ${name}.`, { clusterName: name });
  return cluster;
}

/** A cluster as DescribeCluster tells it. Its endpoint, certificate and issuer appear when the control plane does. */
export function describedCluster(doc: ClusterDoc, region: string): Cluster {
  const standing = doc.status !== 'CREATING' && doc.status !== 'FAILED';
  return {
    name: doc.name,
    arn: doc.arn,
    createdAt: new Date(doc.createdAt),
    version: doc.version,
    platformVersion: doc.platformVersion,
    roleArn: doc.roleArn,
    status: doc.status,
    ...(standing
      ? {
          endpoint: `https://${doc.id}.gr7.${region}.eks.amazonaws.com`,
          identity: { oidc: { issuer: `https://oidc.eks.${region}.amazonaws.com/id/${doc.id}` } },
        }
      : {}),
    certificateAuthority: standing ? signingAuthority(doc) : {},
    resourcesVpcConfig: {
      subnetIds: [...doc.subnetIds],
      securityGroupIds: [...doc.securityGroupIds],
      ...(standing ? { clusterSecurityGroupId: doc.clusterSecurityGroupId } : {}),
      vpcId: doc.vpcId,
      endpointPublicAccess: doc.endpointPublicAccess,
      endpointPrivateAccess: doc.endpointPrivateAccess,
      publicAccessCidrs: [...doc.publicAccessCidrs],
    },
    kubernetesNetworkConfig: doc.network,
    logging: { clusterLogging: loggingOf(doc.logTypes) },
    ...(doc.encryptionConfig.length > 0 ? { encryptionConfig: [...doc.encryptionConfig] } : {}),
    accessConfig: { authenticationMode: doc.authenticationMode },
    upgradePolicy: { supportType: doc.supportType },
    deletionProtection: doc.deletionProtection,
    controlPlaneScalingConfig: doc.controlPlaneScalingConfig ?? { tier: 'standard' },
    ...(doc.zonalShift === undefined ? {} : { zonalShiftConfig: { enabled: doc.zonalShift } }),
    ...(doc.autoMode === undefined
      ? {}
      : {
          computeConfig: { enabled: doc.autoMode.enabled, nodePools: [...doc.autoMode.nodePools], ...(doc.autoMode.nodeRoleArn === undefined ? {} : { nodeRoleArn: doc.autoMode.nodeRoleArn }) },
          storageConfig: { blockStorage: { enabled: doc.autoMode.enabled } },
        }),
    ...(doc.remoteNetworkConfig === undefined ? {} : { remoteNetworkConfig: doc.remoteNetworkConfig }),
    ...(doc.kubeApiServerConfig === undefined ? {} : { kubeApiServerConfig: doc.kubeApiServerConfig }),
    ...(doc.kubeSchedulerConfig === undefined ? {} : { kubeSchedulerConfig: doc.kubeSchedulerConfig }),
    ...(doc.kubeControllerManagerConfig === undefined ? {} : { kubeControllerManagerConfig: doc.kubeControllerManagerConfig }),
    ...(doc.clientRequestToken === undefined ? {} : { clientRequestToken: doc.clientRequestToken }),
    tags: { ...doc.tags },
    health: { issues: doc.healthIssues.map((issue) => ({ code: issue.code as ClusterIssueCode, message: issue.message, resourceIds: [...issue.resourceIds] })) },
  };
}

/** Kinds of logs that are on and those that are off, as two groups where both exist. */
function loggingOf(on: readonly LogType[]): { types: LogType[]; enabled: boolean }[] {
  const off = LOG_TYPES.filter((type) => !on.includes(type));
  return [...(on.length > 0 ? [{ types: LOG_TYPES.filter((type) => on.includes(type)), enabled: true }] : []), ...(off.length > 0 ? [{ types: off, enabled: false }] : [])];
}

/** The authority that signs. What EKS tells here while it trusts two is not documented: the one that signs is the least that it must tell. */
function signingAuthority(doc: ClusterDoc): Certificate {
  const signing = authoritiesOf(doc).find(({ signingStatus }) => signingStatus === 'IN_USE');
  if (signing === undefined) return {};
  const pem = certificateOf({ clusterId: doc.id, serial: signing.serial, notBefore: signing.createdAt });
  return { data: Buffer.from(pem).toString('base64'), active: { id: signing.id, ...(signing.activatedBy === undefined ? {} : { activatedBy: signing.activatedBy }) } };
}
