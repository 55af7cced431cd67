import type { FargateProfileWish } from './fargate-profile-wish.ts';

type Selector = FargateProfileWish['selectors'][number];

/** Whether pods of a namespace with these labels, and any others, run on Fargate by a selector: wildcards are `*` and `?` (source: EKS user guide, Fargate profile wildcards). */
export function selects({ namespace, labels = {} }: Selector, pod: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }): boolean {
  if (!fits(namespace, pod.namespace)) return false;
  return Object.entries(labels).every(([key, value]) => Object.entries(pod.labels).some(([has, is]) => fits(key, has) && fits(value, is)));
}

/** Whether every pod of a namespace does. */
export function selectsAllOf({ namespace, labels = {} }: Selector, ofNamespace: string): boolean {
  return Object.keys(labels).length === 0 && fits(namespace, ofNamespace);
}

/** One place for each step, so that a pattern of many stars costs no more than its length times the text's. */
function fits(pattern: string, text: string): boolean {
  let reached = new Set([0]);
  for (const sign of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (sign === '*') for (let to = at; to <= text.length; to += 1) next.add(to);
      else if (at < text.length && (sign === '?' || sign === text[at])) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(text.length);
}
