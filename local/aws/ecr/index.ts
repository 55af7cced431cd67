import * as ecr from '@aws-sdk/client-ecr';
import { judgeTrust } from '../policy.ts';
import { parsePolicy } from '../policy-document.ts';
import { callerContext } from '../authorization.ts';
import { AwsError } from '../service.ts';
import type { Call, SimulatedService, World } from '../service.ts';
import { imageOperations } from './images.ts';
import { applyLifecycle, lifecycleOperations } from './lifecycle.ts';
import { needsOf } from './needs.ts';
import { arnOf, EcrRecords } from './records.ts';
import { registryOperations } from './registry.ts';
import { repositoryOperations } from './repositories.ts';
import type { Around } from './repositories.ts';
import { tagOperations } from './tags.ts';

interface Named {
  readonly repositoryName?: string;
  readonly registryId?: string;
}

/** Private registries: repositories with their settings and policies, images by their manifests, lifecycle policies that are applied. No layers, scans or signatures. */
export function createEcr(world: World, around: Around): SimulatedService {
  const records = new EcrRecords(world.disk);
  return {
    name: 'ecr',
    protocol: 'aws-json-1.1',
    schemas: { ...ecr },
    needs: (operation, input, call) => needsOf(operation, input, call, records),
    beforehand(operation, input, call) {
      const { repositoryName, registryId } = input as Named;
      if (operation === 'BatchGetImage' && registryId !== undefined && registryId !== call.accountId) requirePull(records, registryId, repositoryName, call);
      const repository = records.find({ accountId: registryId ?? call.accountId, region: call.region }, repositoryName);
      if (repository !== undefined) applyLifecycle(records, repository, call.now);
    },
    operations: {
      ...repositoryOperations(records, around),
      ...lifecycleOperations(records),
      ...imageOperations(records, around),
      ...registryOperations(records),
      ...tagOperations(records),
    },
  };
}

/** Into another account's registry: its repository's policy must let the caller in, too. */
function requirePull(records: EcrRecords, registryId: string, name: string | undefined, { caller, region, operation }: Call): void {
  const action = `ecr:${operation}`;
  const repository = records.find({ accountId: registryId, region }, name);
  const document = repository?.policy === undefined ? undefined : parsePolicy(repository.policy, 'repository');
  const principal = { kind: 'caller' as const, accountId: caller.accountId, arn: caller.arn, ...(caller.role === undefined ? {} : { roleArn: caller.role.arn }) };
  if (document !== undefined && judgeTrust(document, principal, { action, context: callerContext(caller, region) }).allowed) return;
  throw new AwsError('AccessDeniedException', `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arnOf({ accountId: registryId, region }, name ?? '')} because no resource-based policy allows the ${action} action`);
}
