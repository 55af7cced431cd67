import { lifecycleFaults, lifecyclePolicy } from '../domain/images/lifecycle-policy.ts';
import { PreviewLifecycle, WhichRepository } from '../domain/images/requests.ts';
import { LifecyclePreviewView, viewPreview } from '../domain/images/view.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { ok } from './answers.ts';
import { repositoryToChange } from './repositories-in-reach.ts';
import { route } from './route.ts';

/** What lifecycle rules would expire, asked of ECR itself. Nothing is changed, so that there is nothing to remember either. */
export const previewLifecycle = route({
  method: 'POST',
  path: '/v1/repositories/{repositoryName}/lifecycle-preview',
  access: 'operate',
  summary: 'See what lifecycle rules would expire',
  query: WhichRepository,
  body: PreviewLifecycle,
  bodyOptional: true,
  answers: { 200: { description: 'How many images would go, how large they are, and which.', schema: LifecyclePreviewView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'repository-ambiguous', 'repository-not-in-account', 'account-unreachable', 'role-lacks-actions', 'ecr-refused', 'rules-broken'],
  async run(ask, ports) {
    const repository = await repositoryToChange(ask, ports);
    if (isRefusal(repository)) return repository;
    const rules = ask.body.lifecycle === undefined ? repository.wanted.lifecycle : ask.body.lifecycle;
    if (rules === null) return refuse('rules-broken', 'Without lifecycle rules nothing expires.', { remedy: 'Send some in `lifecycle`.', errors: [{ path: 'lifecycle', message: 'There are none: send some' }] });
    const faults = lifecycleFaults(rules);
    if (faults.length > 0) return refuse('rules-broken', `${faults[0]?.path ?? ''}: ${faults[0]?.message ?? ''}.`, { errors: faults });
    const policy = lifecyclePolicy(rules);
    const { accountId, region, name } = repository;
    const preview = await ports.imageWorker.ask({ task: 'preview', address: { accountId, region, name }, policy, by: ask.caller.sub });
    return isRefusal(preview) ? preview : ok(viewPreview(policy, preview));
  },
});
