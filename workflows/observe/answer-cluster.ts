import type { Ports, Question } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { lookAtCluster } from '../steps/facts-of.ts';

/** A cluster as it is now. One that Slipway knows is remembered, so that an operation begun on these facts need not look again at once. */
export async function answerCluster(world: Ports, question: Extract<Question, { ask: 'cluster' }>): Promise<ClusterFacts | 'absent'> {
  const known = await world.store.clusterNamed(question.accountId, question.region, question.clusterName);
  if (known !== undefined) return lookAtCluster(world, { ...question, clusterId: known.clusterId }, { readiness: question.readiness, fargateProfiles: question.fargateProfiles, pooledNodes: question.pooledNodes, addonsCloser: question.addonsCloser, subnetIds: question.subnetIds });
  const session = await world.accounts.watch(question.accountId, question.region);
  return world.eks.facts(session, question.clusterName, { now: new Date(world.clock.now()).toISOString(), ...(question.fargateProfiles === undefined ? {} : { fargateProfiles: true }), ...(question.pooledNodes === undefined ? {} : { pooledNodes: true }), ...(question.addonsCloser === undefined ? {} : { addonsCloser: question.addonsCloser }), ...(question.subnetIds === undefined ? {} : { subnetIds: question.subnetIds }) });
}
