import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as models from '@aws-sdk/client-eks';
import { instanceType } from '../../local/aws/ec2/instance-types.ts';
import inputs from '../../local/aws/eks/inputs.json' with { type: 'json' };
import { activeCluster, clusterInput, eksPlace, nodegroupInput } from './eks-place.ts';

describe('what the simulated EKS refuses in a request', () => {
  it('is a value that the service model does not list, with the list', async () => {
    const place = eksPlace();
    await activeCluster(place, 'demo');
    const cases: [string, object, RegExp][] = [
      ['CreateNodegroup', nodegroupInput('demo', 'blue', { amiType: 'FOO_BAR' }), /Value 'FOO_BAR' at 'amiType' failed to satisfy constraint: Member must satisfy enum value set: \[.*AL2023_ARM_64_STANDARD/],
      ['CreateNodegroup', nodegroupInput('demo', 'blue', { capacityType: 'FREE' }), /'FREE' at 'capacityType'.*SPOT/],
      ['CreateNodegroup', nodegroupInput('demo', 'blue', { taints: [{ key: 'a', effect: 'NoSchedule' }] }), /'NoSchedule' at 'taints.effect'.*NO_SCHEDULE/],
      ['CreateCluster', clusterInput('two', { accessConfig: { authenticationMode: 'NONE' } }), /'NONE' at 'accessConfig.authenticationMode'/],
      ['CreateCluster', clusterInput('two', { logging: { clusterLogging: [{ types: ['api', 'all'], enabled: true }] } }), /'all' at 'logging.clusterLogging.types'/],
      ['UpdateClusterConfig', { name: 'demo', upgradePolicy: { supportType: 'FOREVER' } }, /'FOREVER' at 'upgradePolicy.supportType'/],
      ['CreateAddon', { clusterName: 'demo', addonName: 'vpc-cni', resolveConflicts: 'WIN' }, /'WIN' at 'resolveConflicts'.*OVERWRITE/],
    ];
    for (const [operation, input, message] of cases) assert.throws(() => place.call(operation, input), { code: 'InvalidParameterException', message });
  });

  it('names only enumerations and operations that the official client has', () => {
    for (const [operation, members] of Object.entries(inputs)) {
      assert.ok(`${operation}Command` in models, operation);
      for (const enumeration of Object.values(members)) assert.ok(enumeration in models, enumeration);
    }
  });

  it('is a machine that EC2 does not have, or of another architecture than the image', async () => {
    const place = eksPlace({ instanceType });
    await activeCluster(place, 'demo');
    const create = (more: object) => () => place.call('CreateNodegroup', nodegroupInput('demo', 'blue', more));
    assert.throws(create({ instanceTypes: ['m5.large', 'foo.bar'] }), { code: 'InvalidParameterException', message: 'The following supplied instance types do not exist: [foo.bar]' });
    assert.throws(create({ instanceTypes: ['m7g.large'] }), { message: '[m7g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD' });
    assert.throws(create({ instanceTypes: ['g4dn.xlarge'], amiType: 'AL2023_ARM_64_STANDARD' }), { message: /^\[g4dn\.xlarge\] is not a valid/ });
    assert.equal(create({ instanceTypes: ['c8gn.large'], amiType: 'BOTTLEROCKET_ARM_64' })().nodegroup.status, 'CREATING');
  });

  it('is a public access block that is none', () => {
    const place = eksPlace();
    const create = (...publicAccessCidrs: string[]) => () => place.call('CreateCluster', clusterInput('demo', { resourcesVpcConfig: { subnetIds: ['subnet-0a', 'subnet-0b'], publicAccessCidrs } }));
    assert.throws(create('999.1.1.1/99', '203.0.113.0/24', '203.0.113.1/24'), {
      code: 'InvalidParameterException',
      message: 'The following CIDRs are invalid in publicAccessCidrs: [999.1.1.1/99, 203.0.113.1/24]',
    });
    assert.equal(create('203.0.113.0/24', '2001:db8::/32')().cluster.status, 'CREATING');
  });
});
