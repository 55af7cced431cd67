import type { RoleDocument, RoleStatement } from '../parts/resource.ts';
import type { ControllerPlace } from './place.ts';

/** The controller puts it on all that it makes, with the cluster's name (source: AWS Load Balancer Controller, docs, Installation and Security group management). */
const CLUSTER_TAG = 'elbv2.k8s.aws/cluster';

/**
 * What the AWS Load Balancer Controller 3.5 may do (source: its docs, Installation, Configure IAM: the reference policy). Cut further than the
 * reference, as that page recommends: to the account and region, security group rules to the cluster's VPC, and wherever the reference asks for
 * the cluster tag, to this cluster's name in it, so that one cluster's controller touches no load balancer of another's.
 */
export function loadBalancerPolicies(place: ControllerPlace): Readonly<Record<string, RoleDocument>> {
  return { look: document(looks(place)), make: document([...securityGroups(place), ...loadBalancers(place)]), guard: document(guards(place)) };
}

function document(Statement: readonly RoleStatement[]): RoleDocument {
  return { Version: '2012-10-17', Statement };
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: RoleStatement['Condition']): RoleStatement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

const of = (service: string, verbs: readonly string[]): readonly string[] => verbs.map((verb) => `${service}:${verb}`);

function looks({ accountId }: ControllerPlace): readonly RoleStatement[] {
  return [
    allow('LookAtNetwork', of('ec2', ['DescribeAccountAttributes', 'DescribeAddresses', 'DescribeAvailabilityZones', 'DescribeCoipPools', 'DescribeInstances', 'DescribeInternetGateways', 'DescribeIpamPools', 'DescribeNetworkInterfaces', 'DescribeRouteTables', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeTags', 'DescribeVpcPeeringConnections', 'DescribeVpcs']), ['*']),
    allow('LookAtPoolsAndGroups', of('ec2', ['GetCoipPoolUsage', 'GetSecurityGroupsForVpc']), [`arn:aws:ec2:*:${accountId}:coip-pool/*`, `arn:aws:ec2:*:${accountId}:vpc/*`]),
    allow('LookAtLoadBalancers', of('elasticloadbalancing', ['DescribeCapacityReservation', 'DescribeListenerAttributes', 'DescribeListenerCertificates', 'DescribeListeners', 'DescribeLoadBalancerAttributes', 'DescribeLoadBalancers', 'DescribeRules', 'DescribeSSLPolicies', 'DescribeTags', 'DescribeTargetGroupAttributes', 'DescribeTargetGroups', 'DescribeTargetHealth', 'DescribeTrustStores']), ['*']),
    allow('FindCertificates', ['acm:ListCertificates', 'iam:ListServerCertificates'], ['*']),
    allow('ReadCertificates', ['acm:DescribeCertificate', 'iam:GetServerCertificate'], [`arn:aws:acm:*:${accountId}:certificate/*`, `arn:aws:iam::${accountId}:server-certificate/*`]),
    allow('ReadUserPools', ['cognito-idp:DescribeUserPoolClient'], [`arn:aws:cognito-idp:*:${accountId}:userpool/*`]),
  ];
}

/** What stands before a load balancer: firewalls and protection against floods, where an Ingress asks for them. */
function guards({ accountId, region }: ControllerPlace): readonly RoleStatement[] {
  const [balancer, webAcl] = [`arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/*/*`, `arn:aws:wafv2:${region}:${accountId}:*/webacl/*/*`];
  return [
    allow('Firewalls', of('wafv2', ['AssociateWebACL', 'DisassociateWebACL', 'GetWebACL', 'GetWebACLForResource']), [webAcl, balancer]),
    allow('FormerFirewalls', of('waf-regional', ['AssociateWebACL', 'DisassociateWebACL', 'GetWebACL', 'GetWebACLForResource']), [`arn:aws:waf-regional:${region}:${accountId}:webacl/*`, balancer]),
    allow('LookAtShield', ['shield:GetSubscriptionState'], ['*']),
    allow('Shield', of('shield', ['CreateProtection', 'DeleteProtection', 'DescribeProtection']), [`arn:aws:shield::${accountId}:protection/*`, balancer]),
    allow('ServiceLinkedRole', ['iam:CreateServiceLinkedRole'], [`arn:aws:iam::${accountId}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*`], { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } }),
  ];
}

function securityGroups({ accountId, region, clusterName, vpcId }: ControllerPlace): readonly RoleStatement[] {
  const groups = [`arn:aws:ec2:${region}:${accountId}:security-group/*`];
  const vpc = `arn:aws:ec2:${region}:*:vpc/${vpcId ?? '*'}`;
  return [
    // Rules are put into groups that others made, too: those of the nodes.
    allow('RulesOfGroups', ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'], groups, { ArnLike: { 'ec2:Vpc': vpc } }),
    allow('MakeGroups', ['ec2:CreateSecurityGroup'], [...groups, vpc]),
    allow('TagNewGroups', ['ec2:CreateTags'], groups, { StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName } }),
    allow('TagOwnGroups', ['ec2:CreateTags', 'ec2:DeleteTags'], groups, ownAndNotTheTagItself(clusterName)),
    allow('RemoveOwnGroups', ['ec2:DeleteSecurityGroup'], groups, own(clusterName)),
  ];
}

function loadBalancers({ accountId, region, clusterName }: ControllerPlace): readonly RoleStatement[] {
  const elb = `arn:aws:elasticloadbalancing:${region}:${accountId}`;
  const targetGroups = [`${elb}:targetgroup/*/*`];
  const balancers = [`${elb}:loadbalancer/net/*/*`, `${elb}:loadbalancer/app/*/*`];
  const listeners = [`${elb}:listener/net/*/*/*`, `${elb}:listener/app/*/*/*`];
  const rules = [`${elb}:listener-rule/net/*/*/*`, `${elb}:listener-rule/app/*/*/*`];
  return [
    allow('Make', of('elasticloadbalancing', ['CreateLoadBalancer', 'CreateTargetGroup']), [...balancers, ...targetGroups], { StringEquals: { [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName } }),
    allow('TagNew', ['elasticloadbalancing:AddTags'], [...balancers, ...targetGroups], { StringEquals: { 'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'], [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName } }),
    allow('TagOwn', of('elasticloadbalancing', ['AddTags', 'RemoveTags']), [...balancers, ...targetGroups], ownAndNotTheTagItself(clusterName)),
    allow('ChangeOwn', of('elasticloadbalancing', ['DeleteLoadBalancer', 'DeleteTargetGroup', 'ModifyCapacityReservation', 'ModifyIpPools', 'ModifyListenerAttributes', 'ModifyLoadBalancerAttributes', 'ModifyTargetGroup', 'ModifyTargetGroupAttributes', 'SetIpAddressType', 'SetSecurityGroups', 'SetSubnets']), [...balancers, ...targetGroups, ...listeners], own(clusterName)),
    // The reference asks for no tag here: listeners and rules are made and changed on load balancers that may be another's, where an Ingress says so.
    allow('Listeners', of('elasticloadbalancing', ['AddListenerCertificates', 'AddTags', 'CreateListener', 'CreateRule', 'DeleteListener', 'DeleteRule', 'ModifyListener', 'ModifyRule', 'RemoveListenerCertificates', 'RemoveTags', 'SetRulePriorities']), [...listeners, ...rules]),
    allow('ListenersOfBalancers', of('elasticloadbalancing', ['CreateListener', 'SetWebAcl']), balancers),
    allow('Targets', of('elasticloadbalancing', ['DeregisterTargets', 'RegisterTargets']), targetGroups),
  ];
}

function own(clusterName: string): NonNullable<RoleStatement['Condition']> {
  return { StringEquals: { [`aws:ResourceTag/${CLUSTER_TAG}`]: clusterName } };
}

/** Tags of what it made, but never the one by which that is known. */
function ownAndNotTheTagItself(clusterName: string): NonNullable<RoleStatement['Condition']> {
  return { ...own(clusterName), Null: { [`aws:RequestTag/${CLUSTER_TAG}`]: 'true' } };
}
