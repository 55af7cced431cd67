import { GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { ACCESS_ROLE_NAME } from '../domain/account-setup.ts';
import type { PolicyDocument } from '../domain/permissions.ts';
import type { Session } from './ports.ts';

/** IAM allows ten managed policies a role, twenty after a raise; inline ones share 10,240 characters. More are not read. */
const POLICIES_READ_MAX = 20;

/** All that the account's role is allowed, inline and attached policies together, as one policy document in JSON. Read through the role itself. */
export async function readRolePermissions(session: Session, endpoint: string | undefined): Promise<string> {
  const iam = new IAMClient({ region: session.region, credentials: session.credentials, ...(endpoint === undefined ? {} : { endpoint }) });
  const documents = [...(await inlineDocuments(iam)), ...(await attachedDocuments(iam, session.accountId))];
  const statements = documents.flatMap((document) => {
    const { Statement } = JSON.parse(document) as { Statement: PolicyDocument['Statement'] | PolicyDocument['Statement'][number] };
    return Array.isArray(Statement) ? (Statement as PolicyDocument['Statement']) : [Statement as PolicyDocument['Statement'][number]];
  });
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
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

/** Attached policies of the account's own; one of AWS's is beyond what the role may read, and is not what the template makes. */
async function attachedDocuments(iam: IAMClient, accountId: string): Promise<string[]> {
  const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: ACCESS_ROLE_NAME, MaxItems: POLICIES_READ_MAX }));
  const own = (AttachedPolicies ?? []).flatMap(({ PolicyArn }) => (PolicyArn?.startsWith(`arn:aws:iam::${accountId}:policy/slipway-`) === true ? [PolicyArn] : []));
  const documents: string[] = [];
  for (const PolicyArn of own) {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId ?? 'v1' }));
    documents.push(decodeURIComponent(PolicyVersion?.Document ?? '{"Statement":[]}'));
  }
  return documents;
}
