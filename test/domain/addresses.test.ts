import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cniSettings, CNI_DEFAULTS, type CniSettings } from '../../domain/addresses/cni-settings.ts';
import { forecast, forecastFindings, type ForecastAsk } from '../../domain/addresses/forecast.ts';
import { nodeAddresses, podsMax } from '../../domain/addresses/node-addresses.ts';
import { isNitro, type InstanceLimits } from '../../domain/instance-limits.ts';
import { nodegroupFacts, SUBNETS } from './worlds.ts';

const SMALL: InstanceLimits = { instanceType: 't3.small', vcpus: 2, interfaces: 3, addressesPerInterface: 4 };
const WIDE: InstanceLimits = { instanceType: 'p3dn.24xlarge', vcpus: 96, interfaces: 15, addressesPerInterface: 50 };
const LARGE: InstanceLimits = { instanceType: 'm5.large', vcpus: 2, interfaces: 3, addressesPerInterface: 10 };
const set = (more: Partial<CniSettings>): CniSettings => ({ ...CNI_DEFAULTS, ...more });
const prefixes = (more: Partial<CniSettings> = {}) => set({ prefixDelegation: true, ...more });

const limits = fc.record({ instanceType: fc.constant('m5.large'), vcpus: fc.constantFrom(2, 48), interfaces: fc.integer({ min: 1, max: 15 }), addressesPerInterface: fc.integer({ min: 2, max: 50 }) });
const settings: fc.Arbitrary<CniSettings> = fc.record({ prefixDelegation: fc.boolean(), warmPrefixTarget: fc.integer({ min: 1, max: 4 }), warmEniTarget: fc.integer({ min: 0, max: 3 }), targets: fc.option(fc.record({ warmIpTarget: fc.integer({ min: 1, max: 40 }), minimumIpTarget: fc.integer({ min: 1, max: 40 }) }), { nil: undefined }) }).map(({ targets, ...rest }) => ({ ...rest, ...targets }));

describe('the addresses of a node', () => {
  // amazon-vpc-cni-k8s, docs/eni-and-ip-target.md: type, settings, pods; interfaces, secondary addresses.
  const byAddress: readonly (readonly [InstanceLimits, CniSettings, number, number, number])[] = [
    [SMALL, CNI_DEFAULTS, 0, 1, 3],
    [SMALL, CNI_DEFAULTS, 5, 3, 9],
    [SMALL, CNI_DEFAULTS, 9, 3, 9],
    [SMALL, set({ warmIpTarget: 1, minimumIpTarget: 1 }), 0, 1, 1],
    [SMALL, set({ warmIpTarget: 1, minimumIpTarget: 1 }), 5, 2, 6],
    [SMALL, set({ warmIpTarget: 1, minimumIpTarget: 1 }), 9, 3, 9],
    [SMALL, set({ warmIpTarget: 2, minimumIpTarget: 5 }), 0, 2, 5],
    [SMALL, set({ warmIpTarget: 2, minimumIpTarget: 5 }), 5, 3, 7],
    [WIDE, CNI_DEFAULTS, 3, 2, 98],
    [WIDE, CNI_DEFAULTS, 95, 3, 147],
    [WIDE, set({ warmIpTarget: 5, minimumIpTarget: 10 }), 7, 1, 12],
    [WIDE, set({ warmIpTarget: 5, minimumIpTarget: 10 }), 45, 2, 50],
  ];
  for (const [type, cni, pods, interfaces, secondary] of byAddress) {
    it(`are as the CNI's own table says for ${pods} pods on ${type.instanceType}, ${JSON.stringify(cni)}`, () => {
      assert.deepEqual(nodeAddresses(type, cni, pods), { node: 1, pods: interfaces - 1 + secondary, interfaces });
    });
  }

  // docs/prefix-and-ip-target.md: pods; prefixes.
  const byPrefix: readonly (readonly [InstanceLimits, CniSettings, number, number])[] = [
    [SMALL, prefixes(), 0, 1],
    [SMALL, prefixes(), 16, 2],
    [SMALL, prefixes(), 17, 3],
    [SMALL, prefixes(), 58, 5],
    [SMALL, prefixes({ warmIpTarget: 1, minimumIpTarget: 1 }), 5, 1],
    [SMALL, prefixes({ warmIpTarget: 1, minimumIpTarget: 1 }), 58, 4],
    [SMALL, prefixes({ warmIpTarget: 7, minimumIpTarget: 20 }), 5, 2],
    [SMALL, prefixes({ warmIpTarget: 7, minimumIpTarget: 20 }), 58, 5],
    [WIDE, prefixes(), 95, 7],
    [WIDE, prefixes({ warmIpTarget: 5, minimumIpTarget: 10 }), 15, 2],
  ];
  for (const [type, cni, pods, held] of byPrefix) {
    it(`are prefixes as the CNI's own table says for ${pods} pods on ${type.instanceType}, ${JSON.stringify(cni)}`, () => {
      const taken = nodeAddresses(type, cni, pods);
      assert.equal((taken.pods - (taken.interfaces - 1)) / 16, held);
    });
  }

  it('are never more than the instance holds, grow with its pods, and hold as many pods as it may have', () => {
    fc.assert(
      fc.property(limits, settings, fc.nat({ max: 300 }), fc.boolean(), (type, cni, pods, custom) => {
        const on = custom && type.interfaces > 1 ? { ...cni, podSubnets: {} } : cni;
        const taken = nodeAddresses(type, on, pods);
        const slots = (type.addressesPerInterface - 1) * (on.podSubnets === undefined ? type.interfaces : type.interfaces - 1);
        assert.ok(taken.interfaces <= type.interfaces);
        assert.ok(taken.pods <= slots * (on.prefixDelegation ? 16 : 1) + type.interfaces, 'at most');
        assert.ok(nodeAddresses(type, on, pods + 1).pods >= taken.pods, 'grow');
        const most = podsMax(type, on) - 2;
        const full = nodeAddresses(type, on, most);
        assert.ok(full.pods >= Math.min(most, slots * (on.prefixDelegation ? 16 : 1)), 'hold them');
      }),
    );
  });

  it('are of the pods\' own subnets with custom networking, which costs the first interface', () => {
    assert.equal(podsMax(LARGE, CNI_DEFAULTS), 29);
    assert.equal(podsMax(LARGE, set({ podSubnets: {} })), 20);
    assert.equal(podsMax(LARGE, prefixes()), 110);
    assert.deepEqual(nodeAddresses(LARGE, set({ podSubnets: {} }), 0), { node: 1, pods: 10, interfaces: 2 });
  });
});

describe('the settings of the CNI', () => {
  it('are read from the add-on as it stands', () => {
    assert.deepEqual(cniSettings(undefined), CNI_DEFAULTS);
    assert.deepEqual(cniSettings('{"env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_IP_TARGET":"5","AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true"},"eniConfig":{"subnets":{"us-east-1a":{"id":"subnet-0000000a"}}}}'), prefixes({ warmIpTarget: 5, podSubnets: { 'us-east-1a': 'subnet-0000000a' } }));
    assert.equal(cniSettings('env: {}'), 'unread');
  });

  it('know the Nitro System by name', () => {
    assert.deepEqual(['m4.large', 't2.micro', 'i3.metal', 't3.small', 'm7g.large', 'p3dn.24xlarge'].map(isNitro), [false, false, true, true, true, true]);
  });
});

describe('the forecast of subnets', () => {
  const group = (maxSize: number, more: Partial<ForecastAsk['nodegroups'][number]> = {}) => nodegroupFacts('blue', '1.34', { subnetIds: SUBNETS.map(({ subnetId }) => subnetId), instanceTypes: ['m5.large'], scalingConfig: { minSize: 1, maxSize, desiredSize: 2 }, ...more });
  const ask = (more: Partial<ForecastAsk> = {}): ForecastAsk => ({ subnets: SUBNETS.map((subnet) => ({ ...subnet, availableIpAddressCount: 100 })), nodegroups: [group(6)], limits: [LARGE], cni: CNI_DEFAULTS, ipFamily: 'ipv4', ...more });

  it('counts new nodes at rest and full, spread over the subnets of their group', () => {
    const [first] = forecast(ask());
    // Four more nodes, two in each subnet, with ten addresses each; three nodes of thirty full, less the one that is there at rest.
    assert.deepEqual([first?.free, first?.freeAtMaximum, first?.freeAtMaximumFull, first?.roomForNodes], [100, 80, 20, { blue: 3 }]);
  });

  it('says when a subnet runs out, and of nothing where it does not', () => {
    assert.deepEqual(forecastFindings(ask(), 'growth'), []);
    const found = forecastFindings(ask({ nodegroups: [group(50)] }), 'growth');
    assert.deepEqual(found.map(({ code, subject }) => [code, subject]), SUBNETS.map(({ subnetId }) => ['subnet-runs-out', subnetId]));
    assert.match(found[0]?.detail ?? '', /use1-az\d \(us-east-1\w here\)/);
    assert.equal(forecastFindings(ask({ subnets: SUBNETS.map((subnet) => ({ ...subnet, availableIpAddressCount: 20 })) }), 'upgrade', '1.35').length, SUBNETS.length);
    assert.deepEqual(forecastFindings(ask({ nodegroups: [group(50)], ipFamily: 'ipv6' }), 'growth'), []);
  });

  it('counts nothing of what it does not know, and says so', () => {
    assert.deepEqual(forecast(ask({ limits: [] })).map(({ free, freeAtMaximum, notCounted }) => [free - freeAtMaximum, notCounted]), SUBNETS.map(() => [0, ['blue']]));
  });

  it('never leaves more at a larger maximum, nor full more than at rest', () => {
    fc.assert(
      fc.property(limits, settings, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 100 }), (type, cni, size, more) => {
        const at = (maxSize: number) => forecast(ask({ limits: [type], cni, nodegroups: [group(maxSize)] }));
        const [small, large] = [at(size), at(size + more)];
        for (const [index, one] of small.entries()) {
          assert.ok((large[index]?.freeAtMaximum ?? 0) <= one.freeAtMaximum);
          assert.ok(one.freeAtMaximumFull <= one.freeAtMaximum);
          assert.ok(one.freeAtMaximum <= one.free && one.freeDuringUpgrade <= one.free);
        }
      }),
    );
  });
});
