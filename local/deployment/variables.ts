import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/** A tree as YAML and JSON have it. */
export type Tree = string | number | boolean | null | readonly Tree[] | { readonly [key: string]: Tree };
export type Branch = { readonly [key: string]: Tree };

/** How deep a variable may lead to another before it must be a circle. */
const DEPTH_MAX = 20;

/**
 * The framework's own variables begin with a lower-case source: `${self:custom.x}`, `${file(a.yml):roles}`, `${opt:stage, 'dev'}`.
 * CloudFormation's (`${AWS::Region}`, `${Table.Arn}`) and ASL's placeholders (`${NextHopArn}`) begin with a capital and are left alone.
 */
const VARIABLE = /\$\{([a-z][A-Za-z]*)(?:\(([^)]*)\))?(?::([^,}]*))?(?:,\s*([^}]*))?\}/g;

export interface VariableSources {
  /** The folder of serverless.yml. */
  readonly root: string;
  readonly stage: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Reads serverless.yml and the files that it names, with every variable of the framework in the place of its value. Throws on a source it does not know. */
export function readService(sources: VariableSources): Branch {
  const service = branch(readTree(join(sources.root, 'serverless.yml')), 'serverless.yml');
  return branch(resolve(service, { sources, service }, 0), 'serverless.yml');
}

/** A YAML or JSON file as a tree. An unknown YAML tag (`!Sub`) is refused: the framework would read it and we would not. */
export function readTree(path: string): Tree {
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.json')) return JSON.parse(text) as Tree;
  const document = parseDocument(text);
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble !== undefined) throw new Error(`${path}: ${trouble.message}`);
  // Roles repeat their statements by alias some hundred times; the default bound is against hostile files.
  return document.toJS({ maxAliasCount: -1 }) as Tree;
}

/** `tree` as an object, or an error that names `where`. */
export function branch(tree: Tree | undefined, where: string): Branch {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) throw new Error(`${where} is not a mapping`);
  return tree as Branch;
}

interface Context {
  readonly sources: VariableSources;
  readonly service: Branch;
}

function resolve(tree: Tree, context: Context, depth: number): Tree {
  if (depth > DEPTH_MAX) throw new Error(`variables lead to each other more than ${DEPTH_MAX} deep`);
  if (typeof tree === 'string') return resolveText(tree, context, depth);
  if (Array.isArray(tree)) return tree.map((item: Tree) => resolve(item, context, depth));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, resolve(value, context, depth)]));
}

/** A text that is one variable and nothing else becomes its value, of whatever type; within a text only scalars make sense. */
function resolveText(text: string, context: Context, depth: number): Tree {
  const found = [...text.matchAll(VARIABLE)];
  const [first] = found;
  if (first !== undefined && first[0] === text) return resolve(valueOf(first, context), context, depth + 1);
  return found.reduce((sofar: string, match) => {
    const value = resolve(valueOf(match, context), context, depth + 1);
    if (typeof value === 'object') throw new Error(`${match[0]} in "${text}" is not a scalar`);
    return sofar.replace(match[0], () => String(value));
  }, text);
}

function valueOf([whole, source, argument, address, fallback]: RegExpMatchArray, { sources, service }: Context): Tree {
  const value = lookUp(source ?? '', argument, address, sources, service);
  if (value !== undefined) return value;
  if (fallback === undefined) throw new Error(`${whole} has no value`);
  const literal = /^'([^']*)'$|^(\d+)$/.exec(fallback.trim());
  if (literal === null) throw new Error(`${whole}: only a quoted text or a number can be a fallback here`);
  return literal[1] ?? Number(literal[2]);
}

function lookUp(source: string, argument: string | undefined, address: string | undefined, sources: VariableSources, service: Branch): Tree | undefined {
  switch (source) {
    case 'file':
      return at(readTree(join(sources.root, argument ?? '')), address);
    case 'self':
      return at(service, address);
    case 'opt':
      return sources.options[address ?? ''];
    case 'param':
      return at(service, `params.${sources.stage}.${address}`) ?? at(service, `params.default.${address}`);
    case 'sls':
      if (address === 'stage') return sources.stage;
      break;
  }
  throw new Error(`the rehearsal stage does not know the variable \${${source}${argument === undefined ? '' : `(${argument})`}:${address ?? ''}}`);
}

function at(tree: Tree, address: string | undefined): Tree | undefined {
  if (address === undefined || address === '') return tree;
  return address.split('.').reduce<Tree | undefined>((node, key) => (typeof node === 'object' && node !== null && !Array.isArray(node) ? (node as Branch)[key] : undefined), tree);
}
