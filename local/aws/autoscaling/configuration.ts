import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { LaunchData } from '../ec2/launch.ts';
import type { SimulatedEc2 } from '../ec2/index.ts';
import { AwsError } from '../service.ts';
import type { Configuration, GroupRecord, MemberRecord, Where } from './records.ts';

/** What one instance is launched with. */
export interface Recipe {
  readonly launchTemplate: LaunchTemplateSpecification;
  readonly data: LaunchData;
}

/** The first override's instance type is taken: no pool runs out of capacity here. */
export function recipeOf({ LaunchTemplate, MixedInstancesPolicy }: Configuration): Recipe {
  if (LaunchTemplate !== undefined) return { launchTemplate: byOneName(LaunchTemplate), data: {} };
  const policy = MixedInstancesPolicy?.LaunchTemplate;
  const [override] = policy?.Overrides ?? [];
  const launchTemplate = override?.LaunchTemplateSpecification ?? policy?.LaunchTemplateSpecification;
  if (launchTemplate === undefined) throw invalid('Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.');
  const { OnDemandBaseCapacity = 0, OnDemandPercentageAboveBaseCapacity = 100 } = MixedInstancesPolicy?.InstancesDistribution ?? {};
  const isSpot = OnDemandBaseCapacity === 0 && OnDemandPercentageAboveBaseCapacity === 0;
  return {
    launchTemplate: byOneName(launchTemplate),
    data: {
      ...(override?.InstanceType === undefined ? {} : { InstanceType: override.InstanceType as NonNullable<LaunchData['InstanceType']> }),
      ...(override?.ImageId === undefined ? {} : { ImageId: override.ImageId }),
      ...(isSpot ? { InstanceMarketOptions: { MarketType: 'spot' } } : {}),
    },
  };
}

/** A group tells id and name of its template; EC2 wants one of them. */
function byOneName({ LaunchTemplateId, LaunchTemplateName, Version }: LaunchTemplateSpecification): LaunchTemplateSpecification {
  return { ...(LaunchTemplateId === undefined ? { LaunchTemplateName } : { LaunchTemplateId }), ...(Version === undefined ? {} : { Version }) };
}

/**
 * Holds a configuration against EC2, as Auto Scaling does by a dry run of a launch. Answers it with id and name of its template,
 * and with what a launch would come to. Source: Auto Scaling user guide, "Troubleshoot launch templates".
 */
export function checkedConfiguration(ec2: SimulatedEc2, where: Where, asked: Configuration, subnetId: string | undefined, now: number): Configuration {
  const { LaunchTemplate, MixedInstancesPolicy } = asked;
  if ((LaunchTemplate === undefined) === (MixedInstancesPolicy === undefined)) throw invalid('Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.');
  const overrides = MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  if (overrides.some(({ InstanceRequirements }) => InstanceRequirements !== undefined)) throw new AwsError('NotImplemented', 'The simulated AWS does not support InstanceRequirements of a mixed instances policy.', 501);
  for (const specification of [LaunchTemplate, MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification]) if (specification !== undefined) checkName(specification);
  const recipe = recipeOf(asked);
  try {
    ec2.planLaunch(where.accountId, where.region, { launchTemplate: recipe.launchTemplate, data: { ...recipe.data, ...(subnetId === undefined ? {} : { SubnetId: subnetId }) }, count: 0 }, now);
  } catch (error) {
    if (error instanceof AwsError && error.status < 500) throw invalid(`You must use a valid fully-formed launch template. ${error.message}`);
    throw error;
  }
  if (LaunchTemplate !== undefined) return { LaunchTemplate: named(ec2, where, LaunchTemplate) };
  const policy = MixedInstancesPolicy?.LaunchTemplate;
  const specification = policy?.LaunchTemplateSpecification;
  return { MixedInstancesPolicy: { ...MixedInstancesPolicy, LaunchTemplate: { ...policy, ...(specification === undefined ? {} : { LaunchTemplateSpecification: named(ec2, where, specification) }) } } };
}

function checkName(specification: LaunchTemplateSpecification): void {
  if ((specification.LaunchTemplateId === undefined) === (specification.LaunchTemplateName === undefined)) throw invalid('Valid requests must contain either launchTemplateId or LaunchTemplateName');
}

/** Groups tell id and name of their template, whichever was given. */
function named(ec2: SimulatedEc2, { accountId, region }: Where, specification: LaunchTemplateSpecification): LaunchTemplateSpecification {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version } = specification;
  const found = ec2.launchTemplate(accountId, region, { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), ...(Version === undefined ? {} : { version: Version }) });
  return { ...(found === undefined ? specification : { LaunchTemplateId: found.id, LaunchTemplateName: found.name }), Version: Version ?? '$Default' };
}

/** Whether an instance is made as the configuration now says. */
export function isMadeAs(ec2: SimulatedEc2, group: GroupRecord, configuration: Configuration, member: MemberRecord, now: number): boolean {
  const { launchTemplate, data } = recipeOf(configuration);
  try {
    const plan = ec2.planLaunch(group.accountId, group.region, { launchTemplate, data: { ...data, SubnetId: member.subnetId }, count: 0 }, now);
    const types = (configuration.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
    return plan.template?.id === member.template.id && plan.template.version === member.template.version && plan.imageId === member.imageId && (types.includes(member.instanceType) || plan.instanceType === member.instanceType);
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message, 400);
}
