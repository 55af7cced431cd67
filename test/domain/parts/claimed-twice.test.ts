import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wantedResources } from '../../../domain/parts/wanted-resources.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { cluster } from '../worlds.ts';

const roleArn = 'arn:aws:iam::111111111111:role/eks-other';
const errorsOf = (serviceAccount: string, namespace = 'kube-system') => {
  const parts = wantedResources({ cluster: cluster('1.35', { wanted: { autoscaling: { kind: 'karpenter' }, podIdentities: [{ namespace, serviceAccount, roleArn }] } }), addonCatalogue: {}, subnets: [] });
  return isRefusal(parts) ? (parts.errors ?? []).map(({ path }) => path) : [];
};

describe('a service account that a controller of the cluster needs', () => {
  it('cannot be given another role by the request', () => {
    assert.deepEqual(errorsOf('karpenter'), ['podIdentities.0.serviceAccount']);
  });

  it('can in another namespace, and others can in its own', () => {
    assert.deepEqual([errorsOf('karpenter', 'shop'), errorsOf('cart')], [[], []]);
  });
});
