import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import accesses from '../../../domain/policies/accesses.json' with { type: 'json' };
import withoutResource from '../../../domain/policies/actions-without-resource.json' with { type: 'json' };
import { askedActions, newlyAsked, refuseUnknownActions } from '../../../domain/policies/asked-actions.ts';
import { frontCoded, frontDecoded } from '../../../domain/policies/front-coded.ts';
import { lookAtActions } from '../../../domain/policies/known-actions.ts';
import { StatementsAsked } from '../../../domain/policies/requests.ts';
import { writePolicy } from '../../../domain/policies/write-policy.ts';
import { rolePolicyFor } from '../../../domain/permissions.ts';
import { cluster } from '../worlds.ts';

const unknown = (...actions: string[]): unknown => lookAtActions(actions).unknown.map(({ service, nearest }) => [service, nearest]);

describe('the list of AWS\'s actions', () => {
  it('has every action of the catalogue, of those without a resource, and of Slipway\'s own role', () => {
    const ours = rolePolicyFor({ accountId: '111111111111', passRoleArns: ['*'] }).Statement.flatMap(({ Action }) => Action);
    assert.deepEqual(lookAtActions([...JSON.stringify(accesses).matchAll(/"([a-z0-9-]+:[A-Z][A-Za-z0-9]+)"/g)].map(([, action = '']) => action)).unknown, []);
    assert.deepEqual(lookAtActions([...withoutResource.actions, ...ours]).unknown, []);
  });

  it('knows no case, as IAM does, and tells what may be meant by what it does not have', () => {
    assert.deepEqual(unknown('s3:GetObject', 's3:getobject'), []);
    assert.deepEqual(unknown('s3:GetObjekt', 'ec2:DescribeInstance', 's3:Frobnicate'), [['known', 's3:GetObject'], ['known', 'ec2:DescribeInstances'], ['known', undefined]]);
    assert.deepEqual(unknown('bogus:Nothing', 'dynamo:GetItem'), [['unknown', undefined], ['unknown', 'dynamodb']]);
  });

  it('tells a whole request of invented actions in time', () => {
    const invented = Array.from({ length: 5000 }, (_, at) => `ec2:Invented${at}`);
    assert.equal(lookAtActions(invented).unknown.length, 5000);
  });

  it('comes back from its short form as it was', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[A-Z][A-Za-z0-9]{1,60}$/), { minLength: 1, maxLength: 30 }), (names) => {
      const sorted = [...names].sort();
      assert.deepEqual(frontDecoded(frontCoded(sorted)), sorted);
    }));
  });
});

describe('actions in pods\' own statements', () => {
  const statement = { actions: ['s3:GetObjekt', 's3:GetObject'], resources: ['arn:aws:s3:::shop/*'] };
  const asking = (...statements: object[]) => cluster('1.33', { wanted: { podIdentities: [{ namespace: 'web', serviceAccount: 'shop', statements: StatementsAsked.parse(statements) }] } });

  it('that AWS does not have are refused with what may be meant, the day of the list, and the way past it', () => {
    const asked = askedActions(asking(statement));
    const refused = refuseUnknownActions(asked, lookAtActions(asked.map(({ action }) => action)));
    assert.deepEqual(refused?.errors, [{ path: 'podIdentities.0.statements.0.actions.0', message: 's3 has no action GetObjekt; is s3:GetObject meant?' }]);
    assert.match(`${refused?.detail} ${refused?.remedy}`, /as of 2026-\d\d-\d\d\. .*"unlisted": true/);
  });

  it('are not held against the list where the statement says so, which the policy does not', () => {
    assert.deepEqual(askedActions(asking({ ...statement, unlisted: true })), []);
    const [first] = writePolicy({ statements: StatementsAsked.parse([{ ...statement, unlisted: true }]) }).Statement;
    assert.deepEqual(Object.keys(first ?? {}), ['Sid', 'Effect', 'Action', 'Resource']);
  });

  it('that were asked for before are not looked up again', () => {
    const asked = askedActions(asking(statement));
    assert.deepEqual([newlyAsked(asked, asked), newlyAsked(asked, []).length], [[], 2]);
  });
});
