import type {
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupIngressCommandInput,
  CreateSecurityGroupCommandInput,
  DeleteSecurityGroupCommandInput,
  DescribeSecurityGroupRulesCommandInput,
  DescribeSecurityGroupsCommandInput,
  IpPermission,
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupIngressCommandInput,
  SecurityGroup,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { filtered, identified, paged } from './filters.ts';
import type { Attributes } from './filters.ts';
import { notFound, tagsFor } from './records.ts';
import type { Ec2Place, GroupRecord, SecurityRule } from './records.ts';

const GROUPS_MAX = 2500;
const RULES_MAX = 60;

const GROUP_FILTERS: Attributes<GroupRecord> = {
  'group-id': ({ id }) => id,
  'group-name': ({ name }) => name,
  'vpc-id': ({ vpcId }) => vpcId,
  'owner-id': ({ accountId }) => accountId,
  description: ({ description }) => description,
};

interface Ask {
  readonly GroupId?: string | undefined;
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SecurityGroupRuleIds?: readonly string[] | undefined;
}

export function securityGroupOperations(world: World, placeOf: (call: Call) => Ec2Place): Record<string, OperationHandler> {
  const newId = (prefix: string): string => `${prefix}-0${world.newId().slice(0, 16)}`;

  function authorize(input: Ask, call: Call, egress: boolean) {
    const place = placeOf(call);
    const group = groupAt(place, input.GroupId);
    const rules = rulesOf(input).map((rule) => ({ ...rule, id: newId('sgr'), egress }));
    const twin = rules.find((rule) => group.rules.some((existing) => sameRule(existing, rule)));
    if (twin !== undefined) throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${ruleText(twin)}" already exists`, 400);
    const all = [...group.rules, ...rules];
    if (all.length > RULES_MAX) throw new AwsError('RulesPerSecurityGroupLimitExceeded', `The maximum number of rules per security group has been reached: ${RULES_MAX}.`, 400);
    place.groups.put({ ...group, rules: all });
    return { Return: true, SecurityGroupRules: rules.map((rule) => ruleView(group, rule)) };
  }

  function revoke(input: Ask, call: Call, egress: boolean) {
    const place = placeOf(call);
    const group = groupAt(place, input.GroupId);
    const ids = input.SecurityGroupRuleIds ?? [];
    const asked = rulesOf(input);
    const isAsked = (rule: SecurityRule): boolean => rule.egress === egress && (ids.includes(rule.id) || asked.some((other) => sameRule(rule, { ...other, egress })));
    const gone = group.rules.filter(isAsked);
    if (gone.length < ids.length + asked.length) throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.', 400);
    place.groups.put({ ...group, rules: group.rules.filter((rule) => !isAsked(rule)) });
    return { Return: true };
  }

  return {
    CreateSecurityGroup(input: CreateSecurityGroupCommandInput, call: Call) {
      const place = placeOf(call);
      const vpcId = input.VpcId ?? place.vpcs.list().find(({ isDefault }) => isDefault)?.id;
      if (vpcId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user', 400);
      if (!place.visibleVpcs().some(({ id }) => id === vpcId)) throw notFound('InvalidVpcID.NotFound', 'vpc', vpcId);
      const name = input.GroupName ?? '';
      if (name === '' || name.length > 255 || name.startsWith('sg-') || name === 'default') throw new AwsError('InvalidParameterValue', `Invalid security group name '${name.slice(0, 300)}'.`, 400);
      if (place.groups.list().some((group) => group.vpcId === vpcId && group.name === name)) throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`, 400);
      if (place.groups.list().length >= GROUPS_MAX) throw new AwsError('SecurityGroupLimitExceeded', `The maximum number of security groups has been reached: ${GROUPS_MAX}.`, 400);
      const id = newId('sg');
      const tags = tagsFor('security-group', input.TagSpecifications);
      const { accountId, region } = call;
      place.groups.put({ accountId, region, id, tags, vpcId, name, description: input.Description ?? '', rules: [{ id: newId('sgr'), egress: true, protocol: '-1', cidr: '0.0.0.0/0' }] });
      return { GroupId: id, SecurityGroupArn: arnOf({ accountId, region, id }), ...(tags.length === 0 ? {} : { Tags: tags }) };
    },

    DescribeSecurityGroups(input: DescribeSecurityGroupsCommandInput, call: Call) {
      const missing = (id: string): AwsError => new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`, 400);
      const byId = identified(placeOf(call).groups.list(), input.GroupIds, ({ id }) => id, missing);
      const { items, ...rest } = paged(filtered(identified(byId, input.GroupNames, ({ name }) => name, missing), input.Filters, GROUP_FILTERS), input);
      return { SecurityGroups: items.map(groupView), ...rest };
    },

    DescribeSecurityGroupRules(input: DescribeSecurityGroupRulesCommandInput, call: Call) {
      const rules = placeOf(call).groups.list().flatMap((group) => group.rules.map((rule) => ({ group, rule, tags: [] })));
      const asked = identified(rules, input.SecurityGroupRuleIds, ({ rule }) => rule.id, (id) => new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`, 400));
      const { items, ...rest } = paged(filtered(asked, input.Filters, { 'group-id': ({ group }) => group.id, 'security-group-rule-id': ({ rule }) => rule.id }), input);
      return { SecurityGroupRules: items.map(({ group, rule }) => ruleView(group, rule)), ...rest };
    },

    DeleteSecurityGroup(input: DeleteSecurityGroupCommandInput, call: Call) {
      const place = placeOf(call);
      const group = groupAt(place, input.GroupId);
      if (group.name === 'default') throw new AwsError('CannotDelete', `the specified group: "${group.id}" name: "default" cannot be deleted by a user`, 400);
      const user = place.groups.list().find((other) => other.id !== group.id && other.rules.some(({ groupId }) => groupId === group.id));
      if (user !== undefined) throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`, 400);
      place.groups.delete(group.id);
      return { Return: true, GroupId: group.id };
    },

    AuthorizeSecurityGroupIngress: (input: AuthorizeSecurityGroupIngressCommandInput, call: Call) => authorize(input, call, false),
    AuthorizeSecurityGroupEgress: (input: AuthorizeSecurityGroupEgressCommandInput, call: Call) => authorize(input, call, true),
    RevokeSecurityGroupIngress: (input: RevokeSecurityGroupIngressCommandInput, call: Call) => revoke(input, call, false),
    RevokeSecurityGroupEgress: (input: RevokeSecurityGroupEgressCommandInput, call: Call) => revoke(input, call, true),
  };
}

type AskedRule = Omit<SecurityRule, 'id' | 'egress'>;

function rulesOf(input: Ask): AskedRule[] {
  const single: IpPermission[] =
    input.IpProtocol === undefined ? [] : [{ IpProtocol: input.IpProtocol, ...(input.FromPort === undefined ? {} : { FromPort: input.FromPort }), ...(input.ToPort === undefined ? {} : { ToPort: input.ToPort }), IpRanges: input.CidrIp === undefined ? [] : [{ CidrIp: input.CidrIp }] }];
  return [...(input.IpPermissions ?? []), ...single].flatMap((permission) => {
    if ((permission.PrefixListIds ?? []).length > 0) throw new AwsError('NotImplemented', 'The simulated AWS has no prefix lists.', 501);
    const ports = permission.IpProtocol === '-1' ? {} : { ...(permission.FromPort === undefined ? {} : { fromPort: permission.FromPort }), ...(permission.ToPort === undefined ? {} : { toPort: permission.ToPort }) };
    const common = { protocol: permission.IpProtocol ?? '-1', ...ports };
    const described = (text: string | undefined): { description?: string } => (text === undefined ? {} : { description: text });
    return [
      ...(permission.IpRanges ?? []).map((range) => ({ ...common, cidr: range.CidrIp ?? '', ...described(range.Description) })),
      ...(permission.Ipv6Ranges ?? []).map((range) => ({ ...common, cidrIpv6: range.CidrIpv6 ?? '', ...described(range.Description) })),
      ...(permission.UserIdGroupPairs ?? []).map((pair) => ({ ...common, groupId: pair.GroupId ?? '', ...described(pair.Description) })),
    ];
  });
}

function sameRule(one: SecurityRule, other: AskedRule & { readonly egress: boolean }): boolean {
  const parts = (['egress', 'protocol', 'fromPort', 'toPort', 'cidr', 'cidrIpv6', 'groupId'] as const) satisfies readonly (keyof SecurityRule)[];
  return parts.every((part) => one[part] === other[part]);
}

const ruleText = (rule: AskedRule): string => `peer: ${rule.cidr ?? rule.cidrIpv6 ?? rule.groupId ?? ''}, ${rule.protocol}, from port: ${rule.fromPort ?? '-'}, to port: ${rule.toPort ?? '-'}, ALLOW`;

function groupAt(place: Ec2Place, id: string | undefined): GroupRecord {
  const group = place.groups.get(id ?? '');
  if (group === undefined) throw new AwsError('InvalidGroup.NotFound', `The security group '${id ?? ''}' does not exist`, 400);
  return group;
}

function arnOf({ accountId, region, id }: Pick<GroupRecord, 'accountId' | 'region' | 'id'>): string {
  return `arn:aws:ec2:${region}:${accountId}:security-group/${id}`;
}

function groupView(group: GroupRecord): SecurityGroup {
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: group.accountId,
    SecurityGroupArn: arnOf(group),
    IpPermissions: permissions(group, false),
    IpPermissionsEgress: permissions(group, true),
    Tags: [...group.tags],
  };
}

/** Rules of one protocol and port range are told together. */
function permissions(group: GroupRecord, egress: boolean): IpPermission[] {
  const byPorts = Map.groupBy(
    group.rules.filter((rule) => rule.egress === egress),
    (rule) => `${rule.protocol} ${rule.fromPort ?? ''} ${rule.toPort ?? ''}`,
  );
  return [...byPorts.values()].map((rules): IpPermission => {
    const [{ protocol = '-1', fromPort, toPort } = {}] = rules;
    const described = ({ description }: SecurityRule): { Description?: string } => (description === undefined ? {} : { Description: description });
    return {
      IpProtocol: protocol,
      ...(fromPort === undefined ? {} : { FromPort: fromPort }),
      ...(toPort === undefined ? {} : { ToPort: toPort }),
      IpRanges: rules.flatMap((rule) => (rule.cidr === undefined ? [] : [{ CidrIp: rule.cidr, ...described(rule) }])),
      Ipv6Ranges: rules.flatMap((rule) => (rule.cidrIpv6 === undefined ? [] : [{ CidrIpv6: rule.cidrIpv6, ...described(rule) }])),
      PrefixListIds: [],
      UserIdGroupPairs: rules.flatMap((rule) => (rule.groupId === undefined ? [] : [{ GroupId: rule.groupId, UserId: group.accountId, ...described(rule) }])),
    };
  });
}

function ruleView(group: GroupRecord, rule: SecurityRule): SecurityGroupRule {
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: `arn:aws:ec2:${group.region}:${group.accountId}:security-group-rule/${rule.id}`,
    GroupId: group.id,
    GroupOwnerId: group.accountId,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...(rule.cidr === undefined ? {} : { CidrIpv4: rule.cidr }),
    ...(rule.cidrIpv6 === undefined ? {} : { CidrIpv6: rule.cidrIpv6 }),
    ...(rule.groupId === undefined ? {} : { ReferencedGroupInfo: { GroupId: rule.groupId, UserId: group.accountId } }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: [],
  };
}
