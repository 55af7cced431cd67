import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Ingress, type IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { Service, type IService } from 'kubernetes-models/v1/Service';
import { explainAnnotations } from '../../../domain/exposures/explain-annotations.ts';
import type { IngressManifest, Manifest, ServiceManifest } from '../../../domain/exposures/manifests.ts';
import { renderExposure as render } from '../../../domain/exposures/render-exposure.ts';
import type { RenderExposure } from '../../../domain/exposures/requests.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { anyAsk, ask } from './asks.ts';

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

