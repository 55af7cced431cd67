import { CreateAddonCommand, CreateClusterCommand, CreateNodegroupCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Json } from '../../local/api-client.ts';

/** The add-ons that a cluster gets where none are named. */
const ADDONS = ['vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent'];
/** EKS makes a control plane in less, and node groups and add-ons on it. */
const CONTROL_PLANE_MINUTES = 13;
const ON_IT_MINUTES = 7;

/** What somebody has asked of EKS, with the account's own credentials. */
export interface GivenCluster {
  readonly name: string;
  readonly version: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  /** As `CreateNodegroup` takes them. */
  readonly nodegroups: readonly Json[];
}

/** A cluster that somebody has made at EKS, with node groups and the usual add-ons, ACTIVE. */
export async function makeAtEks(eks: EKSClient, given: GivenCluster, advance: (minutes: number) => Promise<void>): Promise<void> {
  const { name, version, roleArn } = given;
  const subnets = [...given.subnetIds];
  await eks.send(
    new CreateClusterCommand({ name, version, roleArn, resourcesVpcConfig: { subnetIds: subnets }, accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true }, bootstrapSelfManagedAddons: false }),
  );
  await advance(CONTROL_PLANE_MINUTES);
  for (const group of given.nodegroups) await eks.send(new CreateNodegroupCommand({ clusterName: name, subnets, ...group }));
  for (const addonName of ADDONS) await eks.send(new CreateAddonCommand({ clusterName: name, addonName }));
  await advance(ON_IT_MINUTES);
}
