import { finding } from './finding-codes.ts';
import type { Finding, Hop } from './plan.ts';
import type { LaunchTemplateFacts } from './readiness-facts.ts';
import { rolledGroups } from './rolled-groups.ts';

/** Whether the launch templates of the groups are still there, and whether a newer version waits that a roll would not bring. */
export function launchTemplateFindings(templates: readonly LaunchTemplateFacts[], hops: readonly Hop[]): readonly Finding[] {
  const rolled = rolledGroups(hops);
  return templates.flatMap((template) => template.usedBy.flatMap((group) => (template.exists ? behind(template, group) : [missing(template, group, rolled.get(group))])));
}

function missing(template: LaunchTemplateFacts, group: string, hop: string | undefined): Finding {
  return finding('launch-template-missing', hop === undefined ? 'advises' : 'blocks', group, {
    detail: `EC2 no longer knows ${nameOf(template)}${template.version === undefined ? '' : `, version ${template.version}`}, which the group launches its nodes from.`,
    remedy: 'Update the group to a version that is there. Where the template itself is gone, make a group with another, move the workload, and delete this one.',
    hop: hop ?? null,
  });
}

function behind(template: LaunchTemplateFacts, group: string): Finding[] {
  const { version, latestVersion, defaultVersion } = template;
  if (version === undefined || latestVersion === undefined || version === latestVersion) return [];
  return [
    finding('launch-template-behind', 'advises', group, {
      detail: `The group uses version ${version} of ${nameOf(template)}; the latest is ${latestVersion}${defaultVersion === undefined ? '' : `, the default ${defaultVersion}`}. A roll by Kubernetes version keeps version ${version}.`,
      remedy: `See what the later versions change, and update the group to one of them first if that is wanted.`,
    }),
  ];
}

function nameOf({ id, name }: LaunchTemplateFacts): string {
  return name === undefined ? `launch template ${id}` : `launch template ${name} (${id})`;
}
