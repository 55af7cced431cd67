import { blocks } from './finding-codes.ts';
import type { Estimate, Finding, NodesLine, Plan } from './plan.ts';

/** Columns that a line of text may take. */
const COLUMNS_MAX = 110;

/** A plan as text that a person reads and a diff compares: the same plan is the same text, but for the last line, which tells how old its facts are. */
export function renderPlan(plan: Plan): string {
  const lines: string[] = [plan.from === plan.to ? `Stay at ${plan.to}` : `From ${plan.from} to ${plan.to}`, ''];
  let number = 0;
  for (const hop of plan.hops) {
    lines.push(hop.from === hop.to ? `At ${hop.to}` : `Hop ${hop.from} -> ${hop.to}`);
    for (const step of hop.steps) {
      number += 1;
      lines.push(...wrapped(step.title, `${String(number).padStart(4)}. `), ...wrapped(step.reason, '      '));
    }
    lines.push('');
  }
  if (plan.hops.every((hop) => hop.steps.length === 0)) lines.push('Nothing to do at EKS.', '');
  if (plan.nodes !== undefined && plan.nodes.length > 0) lines.push('Nodes', ...plan.nodes.flatMap((line) => wrapped(nodesText(line), '  - ')), '');
  lines.push(...section('Stands in the way', plan.findings.filter(blocks)));
  lines.push(...section('Waived', plan.findings.filter((found) => found.waiver !== undefined)));
  lines.push(...section('Worth knowing', plan.findings.filter((found) => found.severity === 'advises')));
  if (plan.notLookedAt.length > 0) {
    lines.push('Not looked at', ...plan.notLookedAt.flatMap((item) => wrapped(`${item.code}: ${item.because}`, '  - ')), '');
  }
  lines.push(...wrapped(estimateText(plan.estimate), 'Estimate: '), ...(plan.estimate.assumes ?? []).flatMap((line) => wrapped(line, '  - ')), ...ageText(plan));
  return `${lines.join('\n')}\n`;
}

function section(heading: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const items = findings.flatMap((found) => [...wrapped(`${found.subject}: ${found.detail} (${found.code}${found.hop === null ? '' : `, ${found.hop}`})`, '  - '), ...(found.evidence ?? []).flatMap((line) => wrapped(line, '      · ')), ...wrapped(remedyOrWaiver(found), '      ')]);
  return [heading, ...items, ''];
}

function remedyOrWaiver({ remedy, waiver }: Finding): string {
  return waiver === undefined ? remedy : `${waiver.owner} answers for it until ${waiver.until}: ${waiver.reason}`;
}

function nodesText({ kind, name, version, count, action, because }: NodesLine): string {
  const where = version === undefined ? '' : ` at ${version}`;
  const known = count === undefined ? where.trim() : `${count}${where}`;
  return `${name} (${[kind, known].filter((part) => part !== '').join(', ')}): ${action}. ${because}`;
}

function estimateText({ minutes, addresses, surgeNodes, savedPerMonthUsd }: Estimate): string {
  const parts = [`about ${minutes} minutes at work`];
  if (addresses > 0) parts.push(`${addresses} free addresses`);
  if (surgeNodes > 0) parts.push(`${surgeNodes} more nodes while groups roll`);
  if (savedPerMonthUsd > 0) parts.push(`${savedPerMonthUsd} dollars a month less, because extended support ends`);
  return `${parts.join(', ')}.`;
}

/** One line and never wrapped, so that whoever compares two plans can leave it out. */
function ageText({ lookedAt, insightsRefreshedAt }: Plan): string[] {
  if (lookedAt === undefined) return [];
  return ['', `Looked at ${lookedAt}${insightsRefreshedAt === undefined ? '' : `; insights of EKS from ${insightsRefreshedAt}`}.`];
}

/** Text in lines of a readable length; the first begins with `lead`, the others stand under it. */
function wrapped(text: string, lead: string): string[] {
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > COLUMNS_MAX) {
      lines.push(line);
      [line, empty] = [indent, true];
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
