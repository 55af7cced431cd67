import { AccountUnreachable, type Answers, type Ports, type Question } from '../../aws/ports.ts';
import { ports } from '../../aws/wiring.ts';
import { roleArnOf } from '../../domain/account-setup.ts';
import { lookAtActions } from '../../domain/policies/known-actions.ts';
import { refuse, type Refusal } from '../../domain/refusal.ts';
import { answerCluster } from './answer-cluster.ts';
import { answerCreation } from './answer-creation.ts';
import { answerParts } from './answer-parts.ts';
import { answerVerification } from './answer-verification.ts';

/** The one function that looks into accounts on behalf of the API. It reads, and changes nothing there. */
export const handler = async (question: Question): Promise<Answers[Question['ask']] | Refusal> => {
  const world = ports();
  try {
    return await answerTo(world, question);
  } catch (error) {
    if (!(error instanceof AccountUnreachable)) throw error;
    const { accountId } = question;
    if (error.lacks !== undefined) {
      return refuse('role-lacks-actions', `Slipway's role ${roleArnOf(accountId)} may not ${error.lacks}: ${error.message}`, {
        remedy: `Put the permissions policy of GET /v1/accounts/${accountId} in place, and ask again.`,
      });
    }
    world.log.warn('account unreachable', { account: accountId, error: error.message });
    world.meter.count('AccountsUnreachable', 1);
    return refuse('account-unreachable', `Account ${accountId} could not be reached: ${error.message}`, {
      remedy: 'Check that the role exists with the trust policy of GET /v1/accounts/{accountId}, then POST /v1/accounts/{accountId}/verify.',
    });
  }
};

function answerTo(world: Ports, question: Question): Promise<Answers[Question['ask']]> {
  switch (question.ask) {
    case 'cluster':
      return answerCluster(world, question);
    case 'entrance':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.eks.entrance(session, question.clusterName, new Date(world.clock.now()).toISOString()));
    case 'access':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.eks.accessEntries(session, question.clusterName, question.of, new Date(world.clock.now()).toISOString()));
    case 'alarms':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.alarms.look(session, question.alarmArns));
    case 'hosted-zones':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.hostedZones.look(session, question.hostedZoneIds));
    case 'actions':
      return Promise.resolve(lookAtActions(question.actions));
    case 'roles':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.roles.look(session, question.roleArns));
    case 'creation':
      return answerCreation(world, question);
    case 'zones':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.eks.zones(session));
    case 'instance-limits':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.eks.instanceLimits(session, question.instanceTypes));
    case 'addon-schemas':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.eks.addonSchemas(session, question.addons));
    case 'parts':
      return answerParts(world, question);
    case 'versions':
      return world.accounts.watch(question.accountId, question.region).then((session) => world.eks.versions(session));
    case 'verification':
      return answerVerification(world, question);
  }
}
