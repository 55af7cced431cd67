import { ECRClient } from '@aws-sdk/client-ecr';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { look } from './images/look.ts';
import { previewLifecycle } from './images/preview-lifecycle.ts';
import { putRepository, removeRepository } from './images/put-repository.ts';
import { refused } from './images/refused.ts';
import { putCacheRule, removeCacheRule, setReplication } from './images/registry.ts';
import type { Images, Session } from './ports.ts';
import { bySession, type Transport } from './transport.ts';

/** Tries of one call, throttles included, before the fault is the caller's. */
const CALL_ATTEMPTS_MAX = 6;

/** ECR through the credentials of a session. */
export function createImages(transport: Transport): Images {
  const settings = (session: Session) => ({ region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport });
  const ecr = bySession((session) => new ECRClient(settings(session)));
  const quotas = bySession((session) => new ServiceQuotasClient(settings(session)));
  return {
    put: (session, repository) => putRepository(ecr(session), repository),
    remove: (session, repository) => refused(session.accountId, () => removeRepository(ecr(session), repository)),
    setReplication: (session, repository) => refused(session.accountId, () => setReplication(ecr(session), repository)),
    putCacheRule: (session, rule) => refused(session.accountId, () => putCacheRule(ecr(session), rule)),
    removeCacheRule: (session, prefix) => refused(session.accountId, () => removeCacheRule(ecr(session), prefix)),
    look: (session, names, pagesMax) => refused(session.accountId, () => look(ecr(session), quotas(session), names, pagesMax)),
    preview: (session, { name }, policy) => refused(session.accountId, () => previewLifecycle(ecr(session), name, policy)),
  };
}
