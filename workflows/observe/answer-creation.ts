import type { Ports, Question } from '../../aws/ports.ts';
import type { CreationFacts } from '../../domain/facts.ts';

/** What the rules for a new cluster need: the name, the versions on offer, the subnets, the add-ons. */
export async function answerCreation(world: Ports, question: Extract<Question, { ask: 'creation' }>): Promise<CreationFacts> {
  const session = await world.accounts.watch(question.accountId, question.region);
  const [found, catalogue, subnets, addonCatalogue, instanceLimits] = await Promise.all([
    world.eks.controlPlane(session, question.clusterName),
    world.eks.versions(session),
    world.eks.subnets(session, question.subnetIds),
    world.eks.addonCatalogue(session, question.addonNames),
    world.eks.instanceLimits(session, question.instanceTypes ?? []),
  ]);
  return { observedAt: new Date(world.clock.now()).toISOString(), nameTaken: found !== 'absent', catalogue, subnets, addonCatalogue, instanceLimits };
}
