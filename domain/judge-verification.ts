import { ACCESS_ROLE_NAME, accountBoundary } from './account-setup.ts';
import type { Account } from './account.ts';
import { BOUNDARY_NAME } from './boundary.ts';
import { withCondition, type Condition } from './condition.ts';
import type { AssumeTrial, BoundaryLook, VerificationFacts } from './facts.ts';
import { isForChecksAlone, neededPolicyFor, rolePolicyFor } from './permissions.ts';
import { missingFrom, sameDocument } from './policy-coverage.ts';

type Verdict = Omit<Condition, 'lastTransitionTime' | 'type'>;

/** How many missing actions a message names before it says how many more there are. */
const MISSING_NAMED_MAX = 12;

/**
 * Judges what `verify` tried. `AccessVerified` is True only when the role can be assumed as all work assumes it (with an external id of
 * ours, tags and a source identity) and neither without an id nor with a wrong one. While an id is rotated either of the two may be the one that works; `retirePrevious` says that
 * the new one has, so that the one before it can end.
 */
export function judgeVerification(account: Account, facts: VerificationFacts, now: string): { readonly conditions: readonly Condition[]; readonly retirePrevious: boolean } {
  const access = judgeAccess(facts);
  const permissions = judgePermissions(account, facts);
  const verdicts = [{ type: 'AccessVerified', ...access }, { type: 'PermissionsCurrent', ...permissions }, { type: 'BoundaryInPlace', ...judgeBoundary(account, facts.boundary) }];
  const conditions = verdicts.reduce<readonly Condition[]>((standing, verdict) => withCondition(standing, verdict, now), account.conditions);
  const retirePrevious = account.previousExternalId !== undefined && facts.externalId === account.externalId && facts.withId.kind === 'assumed' && access.status === 'True';
  return { conditions, retirePrevious };
}

function judgeAccess({ withId, withPreviousId, unnamed, withoutId, withWrongId }: VerificationFacts): Verdict {
  const lax = withoutId.kind === 'assumed' ? 'without an external id' : withWrongId.kind === 'assumed' ? 'with a wrong external id' : undefined;
  if (lax !== undefined) {
    return {
      status: 'False',
      reason: 'ExternalIdNotRequired',
      message: `The role ${ACCESS_ROLE_NAME} could be assumed ${lax}. Its trust policy must ask for sts:ExternalId: put the trust policy of this account in its place.`,
    };
  }
  const works = [withId, ...(withPreviousId === undefined ? [] : [withPreviousId])].some((trial) => trial.kind === 'assumed');
  const failed = [withoutId, withWrongId, ...(works ? [] : [withId, withPreviousId])].find((trial): trial is AssumeTrial => trial?.kind === 'failed');
  if (failed !== undefined) return { status: 'Unknown', reason: 'AssumeRoleFailed', message: `STS did not answer as it should, so nothing is known: ${told(failed)}` };
  if (!works && unnamed?.kind === 'assumed') {
    return {
      status: 'False',
      reason: 'SessionCannotBeNamed',
      message: `The role ${ACCESS_ROLE_NAME} can be assumed with its external id, but not with the tags and the source identity that all work carries. Its trust policy lacks the statement NameTheSession (sts:TagSession and sts:SetSourceIdentity): put the trust policy of this account in its place. AWS said: ${told(withId)}`,
    };
  }
  if (!works) {
    return {
      status: 'False',
      reason: 'AssumeRoleDenied',
      message: `The role ${ACCESS_ROLE_NAME} could not be assumed with this account's external id. Make the role from the template of this account, or correct its trust policy: ${told(withId)}`,
    };
  }
  if (withId.kind === 'assumed') {
    return { status: 'True', reason: 'RoleAssumed', message: 'The role was assumed with its external id, and could not be without it or with a wrong one.' };
  }
  return {
    status: 'True',
    reason: 'PreviousExternalIdInUse',
    message: 'The role was assumed with the external id that is being replaced, not yet with the new one. Put the new trust policy in place and verify again.',
  };
}

function judgePermissions(account: Account, { permissions }: VerificationFacts): Verdict {
  if (permissions.kind === 'unreadable') return { status: 'Unknown', reason: 'PermissionsUnreadable', message: `The role's permissions could not be read: ${permissions.message}` };
  const asked = { accountId: account.accountId, passRoleArns: [`arn:aws:iam::${account.accountId}:role/*`] };
  const missing = missingFrom(permissions.document, rolePolicyFor(asked));
  if (missing === 'unreadable') return { status: 'Unknown', reason: 'PermissionsUnreadable', message: 'The role\'s permissions were read, but are no policy document that can be understood.' };
  const [unread, ...others] = permissions.unread ?? [];
  if (unread !== undefined) {
    const which = others.length === 0 ? `its policy ${unread.policy}` : `its policies ${[unread, ...others].map(({ policy }) => policy).join(', ')}`;
    return { status: 'Unknown', reason: 'PermissionsUnreadable', message: `What the role allows is not known, because it could not read ${which}: ${unread.message} Allow it iam:GetPolicy and iam:GetPolicyVersion as the permissions policy of this account does, and verify again.` };
  }
  if (missing.length === 0) return { status: 'True', reason: 'PermissionsCurrent', message: 'The role allows everything that Slipway does.' };
  const named = missing.slice(0, MISSING_NAMED_MAX).join(', ');
  const more = missing.length > MISSING_NAMED_MAX ? ` and ${missing.length - MISSING_NAMED_MAX} more` : '';
  const workGoesOn = missingFrom(permissions.document, neededPolicyFor(asked)).length === 0;
  const mild = missing.every(isForChecksAlone)
    ? ' All work goes on without; the readiness checks that look with these are unknown until then.'
    : workGoesOn
      ? ' Clusters, node groups and upgrades go on without; parts of clusters (roles of pods, profiles, capabilities, controllers) and repositories of images are refused by AWS until then.'
      : '';
  return { status: 'False', reason: 'MissingActions', message: `The role does not allow ${named}${more}. Put the permissions policy of this account in place and verify again.${mild}` };
}

/** Only roles of parts need the boundary: without it all other work goes on. Its owner may write it otherwise; what it then bounds is the owner's word. */
function judgeBoundary(account: Account, look: BoundaryLook | undefined): Verdict {
  if (look === undefined || look.kind === 'unreadable') return { status: 'Unknown', reason: 'BoundaryUnreadable', message: `Whether ${BOUNDARY_NAME} is there could not be seen: ${look?.message ?? 'it was not looked for.'}` };
  if (look.kind === 'absent') {
    return { status: 'False', reason: 'BoundaryMissing', message: `There is no policy ${BOUNDARY_NAME}, so no role can be made here for parts of clusters; all other work goes on. Make it from the template or from the boundaryPolicy of this account.` };
  }
  if (sameDocument(look.document, accountBoundary(account))) return { status: 'True', reason: 'BoundaryInPlace', message: `Roles that are made here stand under ${BOUNDARY_NAME}.` };
  return { status: 'True', reason: 'BoundaryOfTheOwner', message: `Roles that are made here stand under ${BOUNDARY_NAME}. It differs from the boundaryPolicy of this account: what it bounds is its owner's word.` };
}

function told(trial: AssumeTrial): string {
  return trial.message ?? 'AWS gave no reason.';
}
