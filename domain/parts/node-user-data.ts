import type { SelfManagedGroupResource } from './resource.ts';

/** What a node must know to join its cluster: known once the control plane is there. */
export interface ClusterToJoin {
  readonly name: string;
  readonly endpoint: string;
  /** The authority's certificate, base64 as EKS tells it. */
  readonly certificateAuthority: string;
  /** The addresses of Services, IPv4 or IPv6. */
  readonly serviceCidr: string;
}

type NodesAsked = Pick<SelfManagedGroupResource, 'amiFamily' | 'labels' | 'taints'>;

/** The user data of a node, as its image takes it. The same for the same cluster and group. */
export function userDataFor(group: NodesAsked, cluster: ClusterToJoin): string {
  return group.amiFamily === 'BOTTLEROCKET' ? bottlerocketSettings(group, cluster) : nodeConfig(group, cluster);
}

/** Effects as the kubelet writes them; EKS shouts. */
const EFFECTS = { NO_SCHEDULE: 'NoSchedule', NO_EXECUTE: 'NoExecute', PREFER_NO_SCHEDULE: 'PreferNoSchedule' } as const;

const BOUNDARY = '//';

/** For nodeadm of Amazon Linux 2023, in a MIME document (source: awslabs/amazon-eks-ami, nodeadm). JSON scalars are YAML. */
function nodeConfig({ labels, taints }: NodesAsked, cluster: ClusterToJoin): string {
  const said = JSON.stringify;
  const labelled = Object.entries(labels).sort(byKey).map(([key, value]) => `${key}=${value}`);
  const lines = [
    '---',
    'apiVersion: node.eks.aws/v1alpha1',
    'kind: NodeConfig',
    'spec:',
    '  cluster:',
    `    name: ${said(cluster.name)}`,
    `    apiServerEndpoint: ${said(cluster.endpoint)}`,
    `    certificateAuthority: ${said(cluster.certificateAuthority)}`,
    `    cidr: ${said(cluster.serviceCidr)}`,
    ...(labelled.length + taints.length === 0 ? [] : ['  kubelet:']),
    ...(taints.length === 0 ? [] : ['    config:', '      registerWithTaints:', ...taints.map(({ key, value, effect }) => `        - ${said({ key, ...(value === undefined ? {} : { value }), effect: EFFECTS[effect] })}`)]),
    ...(labelled.length === 0 ? [] : ['    flags:', `      - ${said(`--node-labels=${labelled.join(',')}`)}`]),
  ];
  return ['MIME-Version: 1.0', `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`, '', `--${BOUNDARY}`, 'Content-Type: application/node.eks.aws', '', ...lines, '', `--${BOUNDARY}--`, ''].join('\n');
}

/** For Bottlerocket (source: Bottlerocket, settings.kubernetes; node-taints as lists). JSON strings without control characters are TOML's. */
function bottlerocketSettings({ labels, taints }: NodesAsked, cluster: ClusterToJoin): string {
  const said = JSON.stringify;
  const keys = [...new Set(taints.map(({ key }) => key))];
  const lines = [
    '[settings.kubernetes]',
    `api-server = ${said(cluster.endpoint)}`,
    `cluster-certificate = ${said(cluster.certificateAuthority)}`,
    `cluster-name = ${said(cluster.name)}`,
    `cluster-dns-ip = ${said(dnsAddressOf(cluster.serviceCidr))}`,
    ...(Object.keys(labels).length === 0 ? [] : ['', '[settings.kubernetes.node-labels]', ...Object.entries(labels).sort(byKey).map(([key, value]) => `${said(key)} = ${said(value)}`)]),
    ...(keys.length === 0
      ? []
      : ['', '[settings.kubernetes.node-taints]', ...keys.map((key) => `${said(key)} = [${taints.filter((taint) => taint.key === key).map(({ value = '', effect }) => said(`${value}:${EFFECTS[effect]}`)).join(', ')}]`)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** EKS gives cluster DNS the tenth address of the Services' range (source: awslabs/amazon-eks-ami, nodeadm, cluster DNS; `::a` for IPv6). */
export function dnsAddressOf(serviceCidr: string): string {
  const [network = ''] = serviceCidr.split('/');
  if (network.includes(':')) return `${network.replace(/::$/, '')}::a`;
  const parts = network.split('.');
  return [...parts.slice(0, 3), String(Number(parts[3] ?? 0) + 10)].join('.');
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
