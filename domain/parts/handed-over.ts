import * as z from 'zod';
import type { Cluster } from '../cluster.ts';
import { isController, unknownOn } from '../controllers/releases.ts';
import type { Minor } from '../minor.ts';
import { inOrderOfNeeds } from './plan-parts.ts';
import type { HandOverResource } from './resource.ts';

/** What people apply with their own tools, as it was handed over last, in an order in which it can be applied. */

const ONLY = ['values', 'manifests', 'documents'] as const;

export const HandedOverQuery = z.strictObject({
  name: z.string().min(1).max(400).optional().meta({ description: 'One of what is handed over; all without it.' }),
  only: z.enum(ONLY).optional().meta({ description: 'The values of its chart, its manifests or its documents alone, as a file for helm, kubectl or aws.' }),
});
export type HandedOverQuery = z.output<typeof HandedOverQuery>;

const Content = z.record(z.string(), z.unknown());

const HandedOver = z.object({
  name: z.string(),
  part: z.string(),
  partName: z.string(),
  what: z.string(),
  version: z.string().optional().meta({ description: 'The version that is expected to run. Slipway does not see which one does.' }),
  note: z.string().optional().meta({ description: 'What is not known of the version on the cluster\'s minor.' }),
  chart: z.object({ repository: z.string(), name: z.string(), version: z.string(), releaseName: z.string(), namespace: z.string(), values: Content }).optional(),
  manifests: z.array(Content).optional(),
  documents: z.array(z.object({ title: z.string(), content: Content })).optional().meta({ description: 'What somebody else makes in AWS: policies of roles in other accounts, templates.' }),
  commands: z.array(z.string()).meta({ description: 'What a person runs, in order.' }),
});

export const HandedOverView = z.object({ clusterId: z.string(), items: z.array(HandedOver) }).meta({ id: 'HandedOver' });
export type HandedOverView = z.output<typeof HandedOverView>;
type Item = z.output<typeof HandedOver>;

/** What stands handed over, each after what it needs; of one name where it is given. */
export function handedOver({ clusterId, made = [], version }: Pick<Cluster, 'clusterId' | 'made' | 'version'>, { name }: HandedOverQuery = {}): HandedOverView {
  const all = inOrderOfNeeds(made).filter((resource): resource is HandOverResource => resource.kind === 'hand-over');
  return { clusterId, items: all.filter((resource) => name === undefined || resource.name === name).map((resource) => ({ ...itemOf(resource, clusterId), ...noteOf(resource, version) })) };
}

function itemOf({ kind: _kind, needs: _needs, commands = [], chart, manifests, documents, ...rest }: HandOverResource, clusterId: string): Item {
  const plain = JSON.parse(JSON.stringify({ ...rest, ...(chart === undefined ? {} : { chart }), ...(manifests === undefined ? {} : { manifests }), ...(documents === undefined ? {} : { documents }) })) as Omit<Item, 'commands'>;
  return { ...plain, commands: [...commands, ...(chart === undefined ? [] : [installing(rest.name, chart, clusterId)]), ...(manifests === undefined ? [] : [applying(rest.name, clusterId)])] };
}

function noteOf({ what, version }: HandOverResource, minor: Minor): { readonly note?: string } {
  const note = version === undefined || !isController(what) ? undefined : unknownOn(what, version, minor);
  return note === undefined ? {} : { note };
}

function fileOf(clusterId: string, name: string, only: (typeof ONLY)[number]): string {
  return `"$SLIPWAY/v1/clusters/${clusterId}/handed-over?name=${encodeURIComponent(name)}&only=${only}"`;
}

const FETCH = 'curl -fsS -H "Authorization: Bearer $TOKEN" -H "Accept: application/yaml"';

function installing(name: string, { repository, name: chart, version, releaseName, namespace }: NonNullable<HandOverResource['chart']>, clusterId: string): string {
  const from = repository.startsWith('oci://') ? `${repository}/${chart}` : `${chart} --repo ${repository}`;
  return `${FETCH} ${fileOf(clusterId, name, 'values')} | helm upgrade --install ${releaseName} ${from} --version ${version} --namespace ${namespace} --values -`;
}

function applying(name: string, clusterId: string): string {
  return `${FETCH} ${fileOf(clusterId, name, 'manifests')} | kubectl apply -f -`;
}

/**
 * The same as text: documents of YAML, each with comments above it that say what it is and what to do with it. `write` writes an object as
 * YAML. With `only` nothing but the documents of that kind, so that the text is a file that a tool takes.
 */
export function handedOverText({ items }: HandedOverView, { only }: HandedOverQuery, write: (value: unknown) => string): string {
  if (only !== undefined) return items.flatMap((item) => documentsOf(item).filter(({ kind }) => kind === only).map(({ value }) => write(value))).join('---\n');
  const top = commented([
    'What Slipway hands over: it is for people to apply, in this order. Slipway has applied none of it and does not see what runs.',
    ...(items.length === 0 ? ['Nothing is handed over.'] : ['Not all documents are manifests: take one kind of one thing at a time with ?name= and ?only=, as the commands do.']),
  ]);
  const pieces = items.flatMap((item, at) => {
    const head = headOf(item, `${at + 1} of ${items.length}`);
    const documents = documentsOf(item).map(({ above, value }) => `${commented([above])}${write(value)}`);
    return documents.length === 0 ? [head] : documents.map((document, index) => (index === 0 ? head + document : document));
  });
  return [top, ...pieces].join('---\n');
}

function headOf({ what, version, part, partName, commands, note }: Item, place: string): string {
  const asked = `${place}: ${what}${version === undefined ? '' : ` ${version}`}, for ${part}${partName === part ? '' : ` ${partName}`}.`;
  return commented([asked, ...(note === undefined ? [] : [note]), ...(commands.length === 0 ? [] : ['To apply it:', ...commands.map((command) => `  ${command}`)])]);
}

interface Document {
  readonly kind: (typeof ONLY)[number];
  /** What it is, in a sentence. */
  readonly above: string;
  readonly value: unknown;
}

function documentsOf({ name, chart, manifests = [], documents = [] }: Item): readonly Document[] {
  return [
    ...(chart === undefined ? [] : [{ kind: 'values' as const, above: `Values of the chart ${chart.name} ${chart.version}, release ${chart.releaseName} in ${chart.namespace}.`, value: chart.values }]),
    ...manifests.map((manifest) => ({ kind: 'manifests' as const, above: `Manifest: ${String(manifest['kind'])} of ${name}.`, value: manifest })),
    ...documents.map(({ title, content }) => ({ kind: 'documents' as const, above: `${title}. It is not for the cluster.`, value: content })),
  ];
}

function commented(lines: readonly string[]): string {
  return lines.flatMap((line) => line.split('\n')).map((line) => `# ${line}\n`).join('');
}
