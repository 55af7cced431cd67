import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { _InstanceType } from '@aws-sdk/client-ec2';
import { vcpuQuotaOf } from '../../domain/vcpu-quotas.ts';

describe('vcpuQuotaOf', () => {
  it('tells the quota of a type by its family, on demand and Spot', () => {
    const codes = (type: string) => [vcpuQuotaOf(type, false)?.code, vcpuQuotaOf(type, true)?.code];
    assert.deepEqual(codes('m7i.large'), ['L-1216C47A', 'L-34B43A08']);
    assert.deepEqual(codes('im4gn.large'), ['L-1216C47A', 'L-34B43A08']);
    assert.deepEqual(codes('g6e.xlarge'), ['L-DB2E81BA', 'L-3819A6DF']);
    assert.deepEqual(codes('vt1.3xlarge'), ['L-DB2E81BA', 'L-3819A6DF']);
    assert.deepEqual(codes('p4d.24xlarge'), ['L-417A185B', 'L-7212CCBC']);
    assert.deepEqual(codes('p5en.48xlarge'), ['L-417A185B', 'L-C4BD4855']);
    assert.deepEqual(codes('trn1.2xlarge'), ['L-2C3B7624', 'L-6B0D517C']);
    assert.deepEqual(codes('dl1.24xlarge'), ['L-6E869C2A', 'L-85EED4F7']);
    assert.deepEqual(codes('u-6tb1.metal'), ['L-43DA4232', undefined]);
  });

  it('knows the quota of every type in EC2\'s model but Mac, which runs on dedicated hosts alone, and those retired long ago', () => {
    const unknown = Object.values(_InstanceType).filter((type) => vcpuQuotaOf(type, false) === undefined);
    assert.deepEqual(unknown.filter((type) => !type.startsWith('mac')).sort(), ['cc1.4xlarge', 'cc2.8xlarge', 'cg1.4xlarge', 'cr1.8xlarge', 'hi1.4xlarge', 'hs1.8xlarge']);
  });
});
