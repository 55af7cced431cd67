import { GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { ACCESS_ROLE_NAME } from '../domain/account-setup.ts';
import { boundaryArnOf } from '../domain/boundary.ts';
import type { BoundaryLook, UnreadPolicy, VerificationFacts } from '../domain/facts.ts';
import type { PolicyDocument } from '../domain/permissions.ts';
import { nameOf } from './eks/errors.ts';
import type { Session } from './ports.ts';
import type { Transport } from './transport.ts';

/** IAM allows ten managed policies a role, twenty after a raise; inline ones share 10,240 characters. What is beyond is told as unread. */
const POLICIES_READ_MAX = 20;

type Read = Omit<Extract<VerificationFacts['permissions'], { kind: 'read' }>, 'kind'>;

/**
 * All that the account's role is allowed, inline and attached policies together, as one policy document in JSON, and the attached
 * policies that the role may not read. Read through the role itself. Throws when the lists of policies cannot be read.
 */
export async function readRolePermissions(session: Session, transport: Transport): Promise<Read> {
  const iam = iamOf(session, transport);
  const attached = await attachedDocuments(iam);
  const documents = [...(await inlineDocuments(iam)), ...attached.documents];
  const statements = documents.flatMap((document) => {
    const { Statement } = JSON.parse(document) as { Statement: PolicyDocument['Statement'] | PolicyDocument['Statement'][number] };
    return Array.isArray(Statement) ? (Statement as PolicyDocument['Statement']) : [Statement as PolicyDocument['Statement'][number]];
  });
  return { document: JSON.stringify({ Version: '2012-10-17', Statement: statements }), unread: attached.unread };
}

async function inlineDocuments(iam: IAMClient): Promise<string[]> {
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: ACCESS_ROLE_NAME, MaxItems: POLICIES_READ_MAX }));
  const documents: string[] = [];
  for (const PolicyName of PolicyNames ?? []) {
    const { PolicyDocument: document } = await iam.send(new GetRolePolicyCommand({ RoleName: ACCESS_ROLE_NAME, PolicyName }));
    documents.push(decodeURIComponent(document ?? '{"Statement":[]}'));
  }
  return documents;
}

/** Attached policies, the account's own and AWS's. One that cannot be read may allow or deny anything, so it is told. */
async function attachedDocuments(iam: IAMClient): Promise<{ documents: string[]; unread: UnreadPolicy[] }> {
  const { AttachedPolicies, IsTruncated } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: ACCESS_ROLE_NAME, MaxItems: POLICIES_READ_MAX }));
  const documents: string[] = [];
  const unread: UnreadPolicy[] = IsTruncated === true ? [{ policy: `beyond the first ${POLICIES_READ_MAX}`, message: 'More policies are attached than are read.' }] : [];
  for (const { PolicyArn, PolicyName = PolicyArn ?? '' } of AttachedPolicies ?? []) {
    try {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }));
      documents.push(decodeURIComponent(PolicyVersion?.Document ?? ''));
    } catch (error) {
      unread.push({ policy: PolicyName, message: error instanceof Error ? error.message : 'unknown error' });
    }
  }
  return { documents, unread };
}

/** The boundary of roles that are made in the account, read through the role itself. Never throws. */
export async function readBoundary(session: Session, transport: Transport): Promise<BoundaryLook> {
  const iam = iamOf(session, transport);
  const PolicyArn = boundaryArnOf(session.accountId);
  try {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }));
    return { kind: 'there', document: decodeURIComponent(PolicyVersion?.Document ?? '') };
  } catch (error) {
    if (nameOf(error).startsWith('NoSuchEntity')) return { kind: 'absent' };
    return { kind: 'unreadable', message: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error' };
  }
}

function iamOf(session: Session, transport: Transport): IAMClient {
  return new IAMClient({ region: session.region, credentials: session.credentials, ...transport });
}
