import { finding, type FindingCode } from './finding-codes.ts';
import type { Finding } from './plan.ts';

/**
 * One finding for each code, subject and hop, where the first of them stood. What EKS's health issues tell and a look of our own saw too, a role that
 * is gone, say, is one thing to mend: the words of both stay, and it blocks if either does.
 */
export function onePerSubject(findings: readonly Finding[]): Finding[] {
  const same = Map.groupBy(findings, ({ code, subject, hop }) => JSON.stringify([code, subject, hop]));
  return [...same.values()].flatMap(merged);
}

function merged(same: readonly Finding[]): Finding[] {
  const [first] = same;
  if (first === undefined || same.length === 1) return [...same];
  const told = (member: 'detail' | 'remedy') => [...new Set(same.map((found) => found[member]))].join(' ');
  return [
    finding(first.code as FindingCode, same.some(({ severity }) => severity === 'blocks') ? 'blocks' : 'advises', first.subject, {
      detail: told('detail'),
      remedy: told('remedy'),
      hop: first.hop,
      evidence: [...new Set(same.flatMap(({ evidence = [] }) => evidence))],
    }),
  ];
}
