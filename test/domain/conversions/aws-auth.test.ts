import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { convertAwsAuth, ConvertedAwsAuthView, type ConvertedAwsAuth } from '../../../domain/conversions/aws-auth.ts';
import { Access } from '../../../domain/access-wish.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { readYaml } from '../../../handlers/read-yaml.ts';

const ACCOUNT = '111122223333';
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: aws-auth
  namespace: kube-system
data:
  mapRoles: |
    - rolearn: ${role('managed-nodes')}
      username: system:node:{{EC2PrivateDNSName}}
      groups: [system:bootstrappers, system:nodes]
    - rolearn: ${role('windows-nodes')}
      username: system:node:{{EC2PrivateDNSName}}
      groups: [eks:kube-proxy-windows, system:bootstrappers, system:nodes]
    - rolearn: ${role('pods')}
      username: system:node:{{SessionName}}
      groups: [system:bootstrappers, system:nodes, system:node-proxier]
    - rolearn: ${role('hybrid')}
      username: system:node:{{SessionName}}
      groups: [system:bootstrappers, system:nodes]
    - rolearn: ${role('Admins')}
      username: ops:{{SessionName}}
      groups: [system:masters]
    - rolearn: ${role('viewers')}
      username: viewer-{{SessionName}}
      groups:
        - viewers
        - system:aggregate-to-view
  mapUsers: |
    - userarn: arn:aws:iam::${ACCOUNT}:user/ci
      username: ci
      groups: [deployers]
  mapAccounts: |
    - "077777777777"
`;

function converted(configMap: string, roleArns: string[] = []): ConvertedAwsAuth {
  const answer = convertAwsAuth({ configMap, roleArns }, readYaml);
  assert.ok(!isRefusal(answer), JSON.stringify(answer));
  return ConvertedAwsAuthView.parse(answer);
}

function refused(configMap: string): string {
  const answer = convertAwsAuth({ configMap, roleArns: [] }, readYaml);
  assert.ok(isRefusal(answer));
  assert.equal(answer.code, 'rules-broken');
  return answer.errors?.[0]?.message ?? '';
}

const mapRoles = (...mappings: object[]): string => JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'aws-auth' }, data: { mapRoles: JSON.stringify(mappings) } });
const because = (answer: ConvertedAwsAuth): string => answer.notConverted.map((one) => one.because).join('\n');

describe('an aws-auth ConfigMap', () => {
  it('becomes access for people, entries for nodes, and says what does not go over', () => {
    const answer = converted(CONFIG_MAP);
    assert.deepEqual(answer.access, [
      { principalArn: role('Admins'), role: 'admin', username: 'ops:{{SessionName}}' },
      { principalArn: role('viewers'), kubernetesGroups: ['viewers'] },
      { principalArn: `arn:aws:iam::${ACCOUNT}:user/ci`, kubernetesGroups: ['deployers'], username: 'ci' },
    ]);
    assert.deepEqual(answer.entries.map(({ principalArn, type }) => [principalArn.split('/').at(-1), type]), [
      ['managed-nodes', 'EC2_LINUX'],
      ['windows-nodes', 'EC2_WINDOWS'],
      ['pods', 'FARGATE_LINUX'],
      ['hybrid', 'HYBRID_LINUX'],
      ['Admins', 'STANDARD'],
      ['viewers', 'STANDARD'],
      ['ci', 'STANDARD'],
    ]);
    assert.deepEqual(answer.notConverted.map(({ subject }) => subject), [`${role('viewers')}, group system:aggregate-to-view`, `${role('viewers')}, username viewer-{{SessionName}}`, 'account 077777777777']);
  });

  it('is taken as a List, as its data alone, and as YAML in YAML or not', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n  metadata: {name: other}\n  data: {mapRoles: "- x"}\n${CONFIG_MAP.trimEnd().split('\n').map((line, index) => `${index === 0 ? '- ' : '  '}${line}`).join('\n')}\n`;
    const bare = `mapRoles:\n- rolearn: ${role('Admins')}\n  username: a\n  groups: [system:masters]\n`;
    assert.deepEqual(converted(list), converted(CONFIG_MAP));
    assert.deepEqual(converted(bare).access, [{ principalArn: role('Admins'), role: 'admin', username: 'a' }]);
    assert.deepEqual(converted('kind: ConfigMap\nmetadata: {name: aws-auth}\n').entries, []);
  });

  it('keeps admins apart in the order, before all others, with the nodes last', () => {
    const { order } = converted(CONFIG_MAP);
    const at = (words: RegExp): number => order.findIndex((line) => words.test(line));
    assert.ok(at(/API_AND_CONFIG_MAP/) < at(/role\/Admins/) && at(/role\/Admins/) < at(/other entries/) && at(/other entries/) < at(/Take the mappings of nodes out last/) && at(/nodes out last/) < at(/mode to API\./), order.join('\n'));
    assert.match(converted(mapRoles({ rolearn: role('x'), username: 'x', groups: ['g'] })).order[1] ?? '', /No mapping here makes an admin/);
  });

  it('has the last mapping of an ARN in force, in whatever case it is written', () => {
    const answer = converted(mapRoles({ rolearn: role('Team'), username: 'a', groups: ['system:masters'] }, { rolearn: role('team').toUpperCase().replace('ARN:AWS:IAM', 'arn:aws:iam').replace('ROLE', 'role'), username: 'b', groups: ['viewers'] }));
    assert.deepEqual(answer.access.map(({ username, role: level }) => [username, level]), [['b', undefined]]);
    assert.match(because(answer), /last mapping is the one in force/);
  });
});

describe('a mapping', () => {
  it('of a session names the role instead', () => {
    assert.match(because(converted(mapRoles({ rolearn: `arn:aws:sts::${ACCOUNT}:assumed-role/Team/ada`, username: 'x', groups: [] }))), new RegExp(`name the role, ${role('Team')} `));
  });

  it('of a role of IAM Identity Center needs the ARN with its path, and takes it', () => {
    const name = 'AWSReservedSSO_Admins_0123456789abcdef';
    const real = role(`aws-reserved/sso.amazonaws.com/eu-central-1/${name}`);
    const mapping = mapRoles({ rolearn: role(name), username: 'admin:{{SessionNameRaw}}', groups: ['system:masters'] });
    assert.deepEqual(converted(mapping).access, []);
    assert.match(because(converted(mapping)), new RegExp(`aws iam get-role --role-name ${name}`));
    assert.deepEqual(converted(mapping, [real]).access, [{ principalArn: real, role: 'admin', username: 'admin:{{SessionNameRaw}}' }]);
  });

  it('of a role says that its path must be looked up, and of one with a path that it matched nobody', () => {
    assert.match(converted(mapRoles({ rolearn: role('team'), username: 'a', groups: [] })).entries[0]?.needs[0] ?? '', /get-role --role-name team/);
    assert.match(converted(mapRoles({ rolearn: role('apps/team'), username: 'a', groups: [] })).entries[0]?.needs[0] ?? '', /matches nobody/);
  });

  for (const [what, mapping, words] of [
    ['a pattern', { rolearn: role('team-*') }, /no pattern/],
    ['a permission set', { sso: { permissionSetName: 'Admins', accountID: ACCOUNT } }, /permission set/],
    ['the root of an account', { rolearn: `arn:aws:iam::${ACCOUNT}:root` }, /root of an account/],
    ['a user among roles', { rolearn: `arn:aws:iam::${ACCOUNT}:user/x` }, /a user among the roles/],
    ['a service-linked role', { rolearn: role('aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS') }, /service-linked/],
    ['nothing', { username: 'x' }, /has no rolearn/],
    ['text', { rolearn: 'the admins' }, /not the ARN/],
    ['groups that are no list', { rolearn: role('x'), groups: { a: 'b' } }, /no list of names/],
    ['a group with a template', { rolearn: role('x'), groups: ['team-{{SessionName}}'] }, /no templates/],
    ['a reserved user name', { rolearn: role('x'), username: 'system:admin', groups: [] }, /must not begin with system:/],
    ['a template of another kind', { rolearn: role('x'), username: 'a:{{AccessKeyID}}', groups: [] }, /and no other/],
    ['nodes with groups besides', { rolearn: role('x'), groups: ['system:nodes', 'system:masters'] }, /takes no groups/],
  ] as const) {
    it(`of ${what} says why it does not go over`, () => assert.match(because(converted(mapRoles(mapping))), words));
  }

  it('fills in the account, which an entry has no template for', () => {
    assert.equal(converted(mapRoles({ rolearn: role('x'), username: '{{AccountID}}:x', groups: [] })).access[0]?.username, `${ACCOUNT}:x`);
  });
});

describe('a mapping that lets nobody do anything', () => {
  it('is an entry in the words of EKS, and not one that PATCH would refuse', () => {
    const { access, entries, notConverted } = converted(mapRoles({ rolearn: role('x') }));
    assert.deepEqual([access, entries.length, notConverted], [[], 1, []]);
    assert.match(entries[0]?.needs.join() ?? '', /It is not among `access`/);
  });

  it('and one that maps nobody have nothing to be taken out of the ConfigMap', () => {
    for (const text of ['kind: ConfigMap\nmetadata: {name: aws-auth}\n', 'mapRoles: ""']) {
      const { order } = converted(text);
      assert.equal(order[0], 'The ConfigMap maps nobody: there is nothing to convert.');
      assert.ok(!order.join().includes('Take the mappings'));
    }
  });
});

describe('a text that is no aws-auth ConfigMap', () => {
  for (const [what, text, words] of [
    ['aliases that multiply', 'a: &a [x,x]\nb: &b [*a,*a]\nmapRoles: *b\n', /alias/i],
    ['brackets without end', '['.repeat(59_000), /Nested deeper/],
    ['dashes without end', '- '.repeat(29_000), /Nested deeper|Not readable/],
    ['a key given twice', 'mapRoles: []\nmapRoles: []\n', /unique/],
    ['another ConfigMap', 'kind: ConfigMap\nmetadata: {name: coredns}\n', /no ConfigMap aws-auth/],
    ['a mapRoles that is no list', 'mapRoles: "a: b"', /mapRoles: Not the text of one list/],
    ['a mapRoles that is broken within', 'mapUsers: "- [a"', /mapUsers: Not well-formed/],
    ['a number', '7', /no ConfigMap aws-auth/],
    ['two of them', `${CONFIG_MAP}---\n${CONFIG_MAP}`, /more than one ConfigMap aws-auth/],
    ['data that is a list', 'kind: ConfigMap\nmetadata: {name: aws-auth}\ndata: [a]\n', /Its data is no object/],
    ['a control character', 'mapRoles: []\u0007', /control characters/],
    ['too many mappings', JSON.stringify({ mapAccounts: Array.from({ length: 501 }, () => '1') }), /more than 500/],
  ] as const) {
    it(`with ${what} is refused`, () => assert.match(refused(text), words));
  }

  it('never makes the conversion fall over, and every mapping is an entry or told', () => {
    const word = fc.constantFrom('system:masters', 'system:nodes', 'viewers', '{{SessionName}}', 'a:{{SessionName}}', role('x'), role('p/x'), 'rolearn', '', '*', '__proto__', 'constructor');
    const mapping = fc.oneof(fc.dictionary(fc.constantFrom('rolearn', 'userarn', 'username', 'groups', 'sso'), fc.oneof(word, fc.array(word, { maxLength: 4 }), fc.jsonValue())), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 6 }), (mappings) => {
        const answer = convertAwsAuth({ configMap: JSON.stringify({ mapRoles: mappings }), roleArns: [] }, readYaml);
        if (isRefusal(answer)) return;
        ConvertedAwsAuthView.parse(answer);
        for (const one of answer.access) assert.ok(Access.safeParse(one).success, JSON.stringify(one));
        assert.ok(answer.entries.length + answer.notConverted.length >= mappings.length);
      }),
      { numRuns: 200 },
    );
  });
});
