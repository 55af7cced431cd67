/** How kube-proxy forwards, as far as its add-on's configuration values tell. */
export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'not-told';

const MODES: readonly KubeProxyMode[] = ['iptables', 'ipvs', 'nftables'];
/** At the top of a YAML document; what is indented belongs to something else. */
const MODE_IN_YAML = /^["']?mode["']?[ ]*:[ ]+["']?([A-Za-z]+)["']?[ ]*(?:$|#)/m;

/** Reads `mode` of the add-on's configuration values, JSON or YAML (source: EKS, DescribeAddonConfiguration of kube-proxy). */
export function kubeProxyModeOf(configurationValues: string | undefined): KubeProxyMode {
  if (configurationValues === undefined) return 'not-told';
  const mode = modeInJson(configurationValues) ?? MODE_IN_YAML.exec(configurationValues)?.[1];
  return MODES.find((known) => known === mode?.toLowerCase()) ?? 'not-told';
}

function modeInJson(text: string): string | undefined {
  try {
    const { mode } = (JSON.parse(text) ?? {}) as { mode?: unknown };
    return typeof mode === 'string' ? mode : '';
  } catch {
    return undefined;
  }
}
