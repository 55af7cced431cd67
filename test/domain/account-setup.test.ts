import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { accountSetup, roleArnOf } from '../../domain/account-setup.ts';
import { account } from './worlds.ts';

const HOME = '000000000000';
/** STS and IAM's limit for a trust policy, without white space. */
const TRUST_POLICY_CHARACTERS_MAX = 2048;
const ID = 'x'.repeat(43);

describe('accountSetup', () => {
  it('names a role without a path', () => {
    assert.equal(roleArnOf('111111111111'), 'arn:aws:iam::111111111111:role/slipway-access');
    assert.equal(accountSetup(account(), HOME).roleArn, roleArnOf('111111111111'));
  });

  it('lets the home account\'s own roles assume it, with the external id alone', () => {
    const { trustPolicy } = accountSetup(account({ externalId: ID }), HOME);
    assert.deepEqual(trustPolicy, {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AssumeWithExternalId',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::000000000000:root' },
          Action: 'sts:AssumeRole',
          Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/slipway-*' }, StringEquals: { 'sts:ExternalId': ID } },
        },
        {
          Sid: 'NameTheSession',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::000000000000:root' },
          Action: ['sts:TagSession', 'sts:SetSourceIdentity'],
          Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/slipway-*' } },
        },
      ],
    });
  });

  it('takes both external ids while one is rotated, within what IAM allows', () => {
    const { trustPolicy } = accountSetup(account({ externalId: ID, previousExternalId: 'y'.repeat(43) }), HOME);
    assert.deepEqual(trustPolicy.Statement[0]!.Condition['StringEquals'], { 'sts:ExternalId': [ID, 'y'.repeat(43)] });
    assert.ok(JSON.stringify(trustPolicy).length <= TRUST_POLICY_CHARACTERS_MAX);
  });

  it('puts the same two policies into the template', () => {
    const { template, trustPolicy, permissionsPolicy } = accountSetup(account({ externalId: ID }), HOME);
    const { Properties } = (JSON.parse(template) as { Resources: { SlipwayAccess: { Properties: { RoleName: string; AssumeRolePolicyDocument: unknown; Policies: [{ PolicyDocument: { Statement: { Sid: string; Resource: unknown }[] } }] } } } }).Resources.SlipwayAccess;
    assert.equal(Properties.RoleName, 'slipway-access');
    assert.deepEqual(Properties.AssumeRolePolicyDocument, trustPolicy);
    const statements = Properties.Policies[0].PolicyDocument.Statement;
    // Roles of our own are handed over by their own name, whatever else may be.
    const hands = permissionsPolicy.Statement.filter(({ Action, Sid }) => Action.includes('iam:PassRole') && Sid !== 'HandMadeRolesToInstances').map(({ Sid = '' }) => Sid);
    assert.ok(hands.includes('HandRolesToEks'));
    assert.deepEqual(statements.filter((statement) => hands.includes(statement.Sid)).map((statement) => statement.Resource), hands.map(() => ({ Ref: 'PassableRoleArns' })));
    assert.deepEqual(
      statements.filter((statement) => !hands.includes(statement.Sid)),
      permissionsPolicy.Statement.filter((statement) => !hands.includes(statement.Sid ?? '')),
    );
  });

  const linted = spawnSync('cfn-lint', ['--version']).status === 0;
  it('makes a template that cfn-lint finds clean', { skip: linted ? false : 'cfn-lint is not installed' }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-template-'));
    try {
      const file = join(folder, 'account.json');
      // These are younger than the list of actions that cfn-lint brings.
      writeFileSync(file, accountSetup(account({ externalId: ID, previousExternalId: 'y'.repeat(43) }), HOME).template.replace(/"eks:(CancelUpdate|DescribeCertificateAuthority|ListCertificateAuthorities)",\s*/g, ''));
      const { status, stdout, stderr } = spawnSync('cfn-lint', ['--template', file], { encoding: 'utf8' });
      assert.equal(`${status}${stdout}${stderr}`, '0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
