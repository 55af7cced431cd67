import type { RenderExposure } from './requests.ts';

/** The objects that exposures come to: what is needed of Kubernetes' Service (v1) and Ingress (networking.k8s.io/v1). */

export interface ServiceManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Service';
  readonly metadata: Metadata;
  readonly spec: {
    readonly type: 'LoadBalancer' | 'ClusterIP';
    readonly loadBalancerClass?: string;
    readonly allocateLoadBalancerNodePorts?: boolean;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly selector: Annotations;
    readonly ports: readonly ServicePort[];
  };
}

export interface IngressManifest {
  readonly apiVersion: 'networking.k8s.io/v1';
  readonly kind: 'Ingress';
  readonly metadata: Metadata;
  readonly spec: { readonly ingressClassName: string; readonly rules: readonly IngressRule[] };
}

export type Manifest = ServiceManifest | IngressManifest;

export type Annotations = Readonly<Record<string, string>>;

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Annotations;
  readonly annotations?: Annotations;
}

interface ServicePort {
  readonly name: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly targetPort: number | string;
}

export interface IngressRule {
  readonly host?: string;
  readonly http: { readonly paths: readonly { readonly path: string; readonly pathType: 'Prefix'; readonly backend: { readonly service: { readonly name: string; readonly port: { readonly number: number } } } }[] };
}

/** Annotations by name, so that the same ask is the same text; those without a value are left out. */
export function metadata({ name, namespace }: RenderExposure, annotations: Readonly<Record<string, string | undefined>>): Metadata {
  const written = Object.entries(annotations)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { name, namespace, labels: { 'app.kubernetes.io/name': name }, ...(written.length === 0 ? {} : { annotations: Object.fromEntries(written) }) };
}

export function selectorOf({ name, selector }: RenderExposure): Annotations {
  return selector === undefined ? { 'app.kubernetes.io/name': name } : Object.fromEntries(Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** TCP_UDP is two ports of the Service on one number, as the controller wants it. Several ports need names (source: Kubernetes API reference, ServicePort). */
export function servicePorts({ ports }: RenderExposure): readonly ServicePort[] {
  return ports.flatMap(({ port, targetPort, protocol }) =>
    (protocol === 'TCP_UDP' ? (['TCP', 'UDP'] as const) : [protocol]).map((each) => ({ name: `${each.toLowerCase()}-${port}`, protocol: each, port, targetPort })),
  );
}

/** `a=1,b=2`: how controllers read maps; undefined when there is nothing to say. */
export function mapText(entries: Readonly<Record<string, string | number | boolean | undefined>>): string | undefined {
  const said = Object.entries(entries).filter(([, value]) => value !== undefined);
  return said.length === 0 ? undefined : said.map(([key, value]) => `${key}=${value}`).join(',');
}

export function tagsText({ tags }: RenderExposure): string | undefined {
  return tags === undefined ? undefined : mapText(Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function text(value: number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** For ExternalDNS of any age: up to 0.21 it reads the alpha prefix, from 0.22 on the other (source: ExternalDNS, docs/annotations). */
export function hostnameAnnotations({ hostname }: RenderExposure): Annotations {
  return hostname === undefined ? {} : { 'external-dns.alpha.kubernetes.io/hostname': hostname, 'external-dns.kubernetes.io/hostname': hostname };
}
