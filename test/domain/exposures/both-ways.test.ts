import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Ingress, type IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { Service, type IService } from 'kubernetes-models/v1/Service';
import { explainAnnotations } from '../../../domain/exposures/explain-annotations.ts';
import type { IngressManifest, Manifest, ServiceManifest } from '../../../domain/exposures/manifests.ts';
import { renderExposure as render } from '../../../domain/exposures/render-exposure.ts';
import { RenderExposure } from '../../../domain/exposures/requests.ts';
import { mapOf } from '../../../domain/exposures/value-forms.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { anyAsk, ask, CERTIFICATE } from './asks.ts';

const RUNS = 1500;

function rendered(asked: RenderExposure) {
  const answer = render(asked);
  if (isRefusal(answer)) assert.fail(JSON.stringify(answer.errors));
  return answer;
}

const annotationsOf = (manifests: readonly Manifest[]) => manifests.flatMap(({ metadata }) => Object.entries(metadata.annotations ?? {}));

/** The asks that can be; what is at fault is taken away, as whoever asked would do. */
const soundAsk = anyAsk.map((asked) => {
  let sound = asked;
  for (let answer = render(sound); isRefusal(answer); answer = render(sound)) {
    const spoiled = new Set((answer.errors ?? []).map(({ path }) => path.split('.')[0]));
    sound = { ...ask(), ...Object.fromEntries(Object.entries(sound).filter(([member]) => !spoiled.has(member))) };
  }
  return sound;
});

describe('what is rendered', () => {
  it(`is understood when it is read: nothing unknown, no problem, and for NLB and ALB nothing obsolete (${RUNS} asks, seed 20260901)`, () => {
    fc.assert(
      fc.property(soundAsk, (asked) => {
        for (const { metadata } of rendered(asked).manifests) {
          for (const item of explainAnnotations(metadata.annotations ?? {})) {
            assert.notEqual(item.status, 'unknown', item.annotation);
            assert.equal(item.problem, undefined, `${item.annotation}: ${item.value}`);
            if (asked.kind !== 'classic') assert.equal(item.status, 'current', item.annotation);
          }
        }
      }),
      { numRuns: RUNS, seed: 20260901 },
    );
  });

  it(`fits the schemas of Kubernetes (${RUNS} asks, seed 20260902)`, () => {
    fc.assert(
      fc.property(soundAsk, (asked) => {
        for (const manifest of rendered(asked).manifests) validate(manifest);
      }),
      { numRuns: RUNS, seed: 20260902 },
    );
  });

  it('says every member that was asked for, each in its own place', () => {
    fc.assert(
      fc.property(soundAsk, (asked) => {
        const { manifests } = rendered(asked);
        const text = JSON.stringify(manifests);
        const said = [asked.hostname, asked.tls?.certificateArn, asked.tls?.policy, asked.accessLogs?.bucket, asked.accessLogs?.prefix, asked.healthCheck?.path, asked.healthCheck?.successCodes, ...(asked.sourceRanges ?? []), ...(asked.securityGroups ?? [])];
        for (const word of said) if (word !== undefined) assert.ok(text.includes(word), word);
        const values = annotationsOf(manifests).map(([, value]) => value);
        for (const seconds of [asked.drainingSeconds, asked.idleTimeoutSeconds, asked.healthCheck?.intervalSeconds]) {
          if (seconds !== undefined) assert.ok(values.some((value) => value === String(seconds) || value.split(',').some((pair) => pair.endsWith(`=${seconds}`))), String(seconds));
        }
        for (const [key, value] of Object.entries(asked.tags ?? {})) assert.ok(values.some((each) => each.split(',').includes(`${key}=${value}`)), key);
      }),
      { numRuns: 400, seed: 20260903 },
    );
  });

  it('is the same for the same ask, in whatever order its members come', () => {
    fc.assert(
      fc.property(soundAsk, (asked) => {
        const turned = Object.fromEntries(Object.entries({ ...asked, ...(asked.tags === undefined ? {} : { tags: Object.fromEntries(Object.entries(asked.tags).reverse()) }) }).reverse()) as RenderExposure;
        assert.equal(JSON.stringify(render(turned)), JSON.stringify(render(asked)));
      }),
      { numRuns: 200, seed: 20260904 },
    );
  });
});

const SERVICES = 'service.beta.kubernetes.io/aws-load-balancer-';
const TLS = { certificateArn: CERTIFICATE };
const TWO_PORTS = [{ port: 443, targetPort: 8443 }, { port: 80, targetPort: 8080 }];
type Change = Readonly<Record<string, unknown>>;

/** Each of the twenty-one: a wish that writes it, its value then, and wishes that would write a bad value, each with the member that is told of. */
const TWENTY_ONE: readonly (readonly [name: string, wish: Change, value: string, bad: readonly (readonly [wish: Change, at: string])[]])[] = [
  ['type', { kind: 'nlb' }, 'external', [[{ kind: 'elb' }, 'kind']]],
  ['internal', { internal: true }, 'true', [[{ internal: '0.0.0.0/0' }, 'internal']]],
  ['proxy-protocol', { proxyProtocol: true }, '*', [[{ proxyProtocol: '80' }, 'proxyProtocol'], [{ proxyProtocol: true, backendProtocol: 'http' }, 'proxyProtocol']]],
  ['access-log-emit-interval', { accessLogs: { bucket: 'shop-logs', emitIntervalMinutes: 60 } }, '60', [[{ accessLogs: { bucket: 'shop-logs', emitIntervalMinutes: 30 } }, 'accessLogs.emitIntervalMinutes']]],
  ['access-log-enabled', { accessLogs: { bucket: 'shop-logs' } }, 'true', [[{ accessLogs: true }, 'accessLogs'], [{ accessLogs: {} }, 'accessLogs.bucket']]],
  ['access-log-s3-bucket-name', { accessLogs: { bucket: 'shop-logs' } }, 'shop-logs', [[{ accessLogs: { bucket: 'Shop_Logs' } }, 'accessLogs.bucket'], [{ accessLogs: { bucket: '10.0.0.1' } }, 'accessLogs.bucket']]],
  ['access-log-s3-bucket-prefix', { accessLogs: { bucket: 'shop-logs', prefix: 'web/shop' } }, 'web/shop', [[{ accessLogs: { bucket: 'shop-logs', prefix: '/AWSLogs' } }, 'accessLogs.prefix']]],
  ['connection-draining-enabled', { drainingSeconds: 60 }, 'true', [[{ drainingSeconds: 0 }, 'drainingSeconds']]],
  ['connection-draining-timeout', { drainingSeconds: 60 }, '60', [[{ drainingSeconds: 3601 }, 'drainingSeconds'], [{ drainingSeconds: 1.5 }, 'drainingSeconds']]],
  ['connection-idle-timeout', { idleTimeoutSeconds: 4000 }, '4000', [[{ idleTimeoutSeconds: 4001 }, 'idleTimeoutSeconds'], [{ idleTimeoutSeconds: 0 }, 'idleTimeoutSeconds']]],
  ['cross-zone-load-balancing-enabled', { crossZone: false }, 'false', [[{ crossZone: 'no' }, 'crossZone']]],
  ['extra-security-groups', { securityGroups: ['sg-01234567', 'sg-0123456789abcdef0'] }, 'sg-01234567,sg-0123456789abcdef0', [[{ securityGroups: ['sg-1'] }, 'securityGroups.0'], [{ securityGroups: [] }, 'securityGroups']]],
  ['ssl-cert', { tls: TLS }, CERTIFICATE, [[{ tls: { certificateArn: 'shop' } }, 'tls.certificateArn'], [{ tls: TLS, region: 'eu-west-1' }, 'tls.certificateArn']]],
  ['ssl-ports', { ports: TWO_PORTS, tls: { ...TLS, ports: [443] } }, '443', [[{ tls: { ...TLS, ports: [8443] } }, 'tls.ports.0'], [{ tls: { ...TLS, ports: ['https'] } }, 'tls.ports.0']]],
  ['ssl-negotiation-policy', { tls: { ...TLS, policy: 'ELBSecurityPolicy-TLS-1-2-2017-01' } }, 'ELBSecurityPolicy-TLS-1-2-2017-01', [[{ tls: { ...TLS, policy: 'TLS13' } }, 'tls.policy'], [{ tls: { ...TLS, policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' } }, 'tls.policy']]],
  ['backend-protocol', { backendProtocol: 'http' }, 'http', [[{ backendProtocol: 'grpc' }, 'backendProtocol'], [{ backendProtocol: 'https' }, 'backendProtocol']]],
  ['additional-resource-tags', { tags: { team: 'shop', stage: 'live' } }, 'stage=live,team=shop', [[{ tags: { 'aws:team': 'x' } }, 'tags.aws:team'], [{ tags: { team: 'a,b' } }, 'tags.team']]],
  ['healthcheck-healthy-threshold', { healthCheck: { healthyThreshold: 10 } }, '10', [[{ healthCheck: { healthyThreshold: 11 } }, 'healthCheck.healthyThreshold']]],
  ['healthcheck-unhealthy-threshold', { healthCheck: { unhealthyThreshold: 2 } }, '2', [[{ healthCheck: { unhealthyThreshold: 1 } }, 'healthCheck.unhealthyThreshold']]],
  ['healthcheck-timeout', { healthCheck: { timeoutSeconds: 9 } }, '9', [[{ healthCheck: { timeoutSeconds: 10 } }, 'healthCheck.timeoutSeconds'], [{ healthCheck: { timeoutSeconds: 61, intervalSeconds: 300 } }, 'healthCheck.timeoutSeconds']]],
  ['healthcheck-interval', { healthCheck: { intervalSeconds: 6 } }, '6', [[{ healthCheck: { intervalSeconds: 5 } }, 'healthCheck.intervalSeconds'], [{ healthCheck: { intervalSeconds: 301 } }, 'healthCheck.intervalSeconds']]],
];

describe('each of the twenty-one annotations, both ways', () => {
  it('is in the table', () => assert.equal(new Set(TWENTY_ONE.map(([name]) => name)).size, 21));

  for (const [name, wish, value, bad] of TWENTY_ONE) {
    it(`${name} is written as "${value}", and what is written is read without a problem`, () => {
      const [manifest] = rendered(ask({ kind: 'classic', ...wish })).manifests;
      const item = explainAnnotations(manifest?.metadata.annotations ?? {}).find(({ annotation }) => annotation === `${SERVICES}${name}`);
      assert.deepEqual([item?.value, item?.problem], [value, undefined]);
    });

    it(`${name} is never written with what is bad: ${JSON.stringify(bad.map(([change]) => change)).replaceAll(CERTIFICATE, '...').slice(0, 90)}`, () => {
      for (const [change, at] of bad) {
        const read = RenderExposure.safeParse({ kind: 'classic', name: 'shop', namespace: 'web', ports: [{ port: 443, targetPort: 8443 }], ...change });
        const answer = read.success ? render(read.data) : undefined;
        const told = read.success ? (isRefusal(answer) ? (answer.errors ?? []).map(({ path }) => path) : []) : read.error.issues.map(({ path }) => path.join('.'));
        assert.deepEqual([...new Set(told)], [at], JSON.stringify(change));
      }
    });
  }
});

describe('a classic load balancer, rendered and read', () => {
  const attributes = (annotations: Readonly<Record<string, string>>): ReadonlyMap<string, string | undefined> =>
    new Map(['attributes', 'target-group-attributes'].flatMap((name) => mapOf(annotations[`${SERVICES}${name}`] ?? '').map(([key, value]) => [`${name} ${key}`, value] as const)));

  it(`is told to be written as the same ask with kind nlb is (${RUNS} asks, seed 20260907)`, () => {
    fc.assert(
      fc.property(soundAsk, (asked) => {
        const asNlb = render({ ...asked, kind: 'nlb' });
        const asClassic = render({ ...asked, kind: 'classic' });
        if (isRefusal(asNlb) || isRefusal(asClassic)) return;
        const wanted = asNlb.manifests[0]?.metadata.annotations ?? {};
        const told = explainAnnotations(asClassic.manifests[0]?.metadata.annotations ?? {}).flatMap(({ replacedBy }) => (replacedBy === undefined ? [] : [replacedBy]));
        for (const replaced of told) {
          for (const [key, value] of attributes(replaced)) assert.equal(attributes(wanted).get(key), value, key);
          for (const [name, value] of Object.entries(replaced)) if (!name.endsWith('attributes')) assert.equal(wanted[name], value, name);
        }
        // And nothing that an attribute says today is left untold.
        const all = new Set(told.flatMap((replaced) => [...attributes(replaced).keys()]));
        for (const key of attributes(wanted).keys()) assert.ok(all.has(key) || key.endsWith('proxy_protocol_v2.enabled'), key);
      }),
      { numRuns: RUNS, seed: 20260907 },
    );
  });
});

describe('what cannot be', () => {
  it('is refused with the member that is at fault and why, and nothing else is', () => {
    fc.assert(
      fc.property(anyAsk, (asked) => {
        const answer = render(asked);
        if (!isRefusal(answer)) return;
        assert.equal(answer.code, 'rules-broken');
        for (const { path, message } of answer.errors ?? []) {
          assert.ok(path.split('.')[0]! in asked, path);
          assert.match(message, /\.$/);
        }
      }),
      { numRuns: 400, seed: 20260905 },
    );
  });
});

describe('the schemas of Kubernetes', () => {
  it('see what is no Service and no Ingress', () => {
    const [service, ingress] = rendered(ask({ kind: 'alb' })).manifests as [ServiceManifest, IngressManifest];
    assert.throws(() => validate({ ...service, spec: { ...service.spec, ports: [{ ...service.spec.ports[0]!, protocol: 'TCP_UDP' as 'TCP' }] } }));
    assert.throws(() => validate({ ...ingress, spec: { ...ingress.spec, rules: [{ http: { paths: [{ path: '/', backend: {} } as never] } }] } }));
    assert.throws(() => validate({ ...service, metadata: { ...service.metadata, annotations: { a: true as unknown as string } } }));
  });

  it('have every member that a manifest may have', () => {
    // The schemas let unknown members pass, so the compiler holds their names: a strange one makes these types false.
    const service: Exclude<keyof ServiceManifest['spec'], keyof NonNullable<IService['spec']>> extends never ? true : false = true;
    const ingress: Exclude<keyof IngressManifest['spec'], keyof NonNullable<IIngress['spec']>> extends never ? true : false = true;
    const metadata: Exclude<keyof Manifest['metadata'], keyof NonNullable<IService['metadata']>> extends never ? true : false = true;
    assert.ok(service && ingress && metadata);
  });
});

function validate(manifest: Manifest): void {
  const copy = JSON.parse(JSON.stringify(manifest)) as unknown;
  (manifest.kind === 'Service' ? new Service(copy as IService) : new Ingress(copy as IIngress)).validate();
}

