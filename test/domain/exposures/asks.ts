import fc from 'fast-check';
import { RenderExposure } from '../../../domain/exposures/requests.ts';

export const CERTIFICATE = 'arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

/** A sound ask: `shop` of namespace `web` on port 443, with what is said beside. */
export function ask(change: Readonly<Record<string, unknown>> = {}): RenderExposure {
  return RenderExposure.parse({ kind: 'nlb', name: 'shop', namespace: 'web', ports: [{ port: 443, targetPort: 8443 }], ...change });
}

// Words that YAML may take for something else, among ordinary ones.
const label = fc.constantFrom('shop', 'on', 'no', 'y', 'null', 'true', 'a1', 'e1', 'x-0');
const hostname = fc.constantFrom('shop.example.com', '*.example.com', 'a.b.example.org');
const port = fc.integer({ min: 1, max: 65_535 });
const ports = fc.uniqueArray(fc.record({ port, targetPort: fc.oneof(port, fc.constantFrom('http', 'y', 'on', '1a')), protocol: fc.constantFrom('TCP', 'TCP', 'TCP', 'UDP', 'TCP_UDP') }), { minLength: 1, maxLength: 4, selector: (each) => each.port });
const tagText = fc.constantFrom('team', 'cost/center', 'a b', 'x=y', 'ö', '1:30', 'kubernetes.io/x', ' edge');

/** Every member that a request may have, present or not; many of them cannot be together. */
export const anyAsk: fc.Arbitrary<RenderExposure> = fc
  .record(
    {
      kind: fc.constantFrom('nlb', 'alb', 'classic'),
      name: label,
      namespace: fc.oneof(label, fc.constant('1e3')),
      ports,
      selector: fc.dictionary(label, fc.constantFrom('on', '1', '0x1f', '', '1e3', 'web'), { minKeys: 1, maxKeys: 3 }),
      internal: fc.boolean(),
      tls: fc.record({ certificateArn: fc.constantFrom(CERTIFICATE, 'arn:aws:iam::111122223333:server-certificate/web/shop'), policy: fc.constantFrom('ELBSecurityPolicy-TLS13-1-2-2021-06', 'ELBSecurityPolicy-2016-08') }, { requiredKeys: ['certificateArn'] }),
      backendProtocol: fc.constantFrom('tcp', 'ssl', 'http', 'https'),
      hostname,
      accessLogs: fc.record({ bucket: fc.constantFrom('shop-logs', '1.2.logs'), prefix: fc.constantFrom('web/shop', '1'), emitIntervalMinutes: fc.constantFrom(5, 60) }, { requiredKeys: ['bucket'] }),
      sourceRanges: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '203.0.113.0/24', '2001:db8::/32'), { minLength: 1, maxLength: 3 }),
      ipAddressType: fc.constantFrom('ipv4', 'dualstack'),
      healthCheck: fc
        .record(
          {
            protocol: fc.constantFrom('TCP', 'HTTP', 'HTTPS'),
            port: fc.oneof(port, fc.constant('traffic-port')),
            path: fc.constantFrom('/', '/healthz?deep=1'),
            intervalSeconds: fc.integer({ min: 5, max: 300 }),
            timeoutSeconds: fc.integer({ min: 2, max: 120 }),
            healthyThreshold: fc.integer({ min: 2, max: 10 }),
            unhealthyThreshold: fc.integer({ min: 2, max: 10 }),
            successCodes: fc.constantFrom('200', '200,202', '200-399'),
          },
          { requiredKeys: [] },
        )
        .filter((check) => Object.keys(check).length > 0),
      tags: fc.dictionary(tagText, tagText, { maxKeys: 3 }),
      securityGroups: fc.uniqueArray(fc.constantFrom('sg-0123456789abcdef0', 'sg-01234567'), { minLength: 1, maxLength: 2 }),
      drainingSeconds: fc.integer({ min: 0, max: 3600 }),
      idleTimeoutSeconds: fc.integer({ min: 1, max: 6000 }),
      crossZone: fc.boolean(),
      proxyProtocol: fc.boolean(),
    },
    { requiredKeys: ['kind', 'name', 'namespace', 'ports'] },
  )
  .chain((asked) =>
    fc.record({
      asked: fc.constant(asked),
      rules: fc.option(fc.array(fc.record({ host: hostname, path: fc.constantFrom('/', '/api', '/a/b/'), port: fc.constantFrom(...asked.ports.map((each) => each.port)) }, { requiredKeys: ['port'] }), { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 2 }),
    }),
  )
  .map(({ asked, rules }) => RenderExposure.parse({ ...asked, ...(rules === undefined || asked.kind !== 'alb' ? {} : { rules }) }));
