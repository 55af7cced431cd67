import { readConfiguration, type Configuration } from '../addons/configuration.ts';

/** How the VPC CNI keeps addresses on nodes. Targets that are absent are as the CNI has them by default. */
export interface CniSettings {
  readonly prefixDelegation: boolean;
  readonly warmPrefixTarget: number;
  readonly warmEniTarget: number;
  readonly warmIpTarget?: number;
  readonly minimumIpTarget?: number;
  /** Subnets of pods by the zone's name, where they are not the nodes'. */
  readonly podSubnets?: Readonly<Record<string, string>>;
}

/** As the add-on has them when nothing is set (source: amazon-vpc-cni-k8s, README). */
export const CNI_DEFAULTS: CniSettings = { prefixDelegation: false, warmPrefixTarget: 1, warmEniTarget: 1 };

/** What the add-on's configuration values say, read from the cluster; `unread` where they are not JSON. */
export function cniSettings(configurationValues: string | undefined): CniSettings | 'unread' {
  const values = readConfiguration(configurationValues);
  if (values === 'unread') return 'unread';
  const env = objectOf(values['env']);
  const subnets = objectOf(objectOf(values['eniConfig'])['subnets']);
  const custom = env['AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG'] === 'true';
  const [warmIpTarget, minimumIpTarget] = [numberOf(env['WARM_IP_TARGET']), numberOf(env['MINIMUM_IP_TARGET'])];
  return {
    prefixDelegation: env['ENABLE_PREFIX_DELEGATION'] === 'true',
    warmPrefixTarget: numberOf(env['WARM_PREFIX_TARGET']) ?? CNI_DEFAULTS.warmPrefixTarget,
    warmEniTarget: numberOf(env['WARM_ENI_TARGET']) ?? CNI_DEFAULTS.warmEniTarget,
    ...(warmIpTarget === undefined ? {} : { warmIpTarget }),
    ...(minimumIpTarget === undefined ? {} : { minimumIpTarget }),
    ...(custom ? { podSubnets: Object.fromEntries(Object.entries(subnets).map(([zoneName, one]) => [zoneName, String(objectOf(one)['id'] ?? '')])) } : {}),
  };
}

function objectOf(value: unknown): Configuration {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Configuration) : {};
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= 0 ? number : undefined;
}
