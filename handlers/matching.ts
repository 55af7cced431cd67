import { PATH_VARIABLES, type PathVariable } from '../domain/requests.ts';
import type { AnyRoute } from './route.ts';

export type Match =
  | { readonly kind: 'found'; readonly route: AnyRoute; readonly params: Readonly<Record<string, string>> }
  /** The path is known, the method is not. */
  | { readonly kind: 'other-methods'; readonly allow: readonly string[] }
  /** The path is of a known shape, but no such thing can exist: a variable is not written as its kind is. */
  | { readonly kind: 'nothing-of-that-name'; readonly route: AnyRoute }
  | { readonly kind: 'unknown' };

/**
 * Variables that take one segment or more: a repository's name and a principal's ARN hold slashes. API Gateway hands `%2F` on decoded (an HTTP API's `rawPath` is), so that
 * `payments%2Fapi` and `payments/api` must mean the same.
 */
const GREEDY: ReadonlySet<string> = new Set(['{repositoryName}', '{principalArn}']);

/** Longest path that is looked at. */
const PATH_CHARACTERS_MAX = 1024;

/** Finds the route of a method and path. A literal segment wins over a variable: `/v1/clusters/import` is no cluster. */
export function matchRoute(routes: readonly AnyRoute[], method: string, rawPath: string): Match {
  if (rawPath.length > PATH_CHARACTERS_MAX) return { kind: 'unknown' };
  const segments = rawPath.split('/');
  const fitting = routes.filter((route) => fits(route.path, segments)).sort((a, b) => variablesIn(a.path) - variablesIn(b.path) || b.path.split('/').length - a.path.split('/').length);
  const [first] = fitting;
  if (first === undefined) return { kind: 'unknown' };
  const ofPath = fitting.filter((route) => route.path === first.path);
  const route = ofPath.find((candidate) => candidate.method === method) ?? fitting.find((candidate) => candidate.method === method);
  if (route === undefined) return { kind: 'other-methods', allow: ofPath.map((other) => other.method).sort() };
  const params = readVariables(route.path, segments);
  return params === undefined ? { kind: 'nothing-of-that-name', route } : { kind: 'found', route, params };
}

function fits(path: string, segments: readonly string[]): boolean {
  return taken(path, segments) !== undefined;
}

/** The segments that each part of a path takes; undefined when they do not fit. */
function taken(path: string, segments: readonly string[]): (readonly string[])[] | undefined {
  const parts = path.split('/');
  const more = segments.length - parts.length;
  const greedy = parts.findIndex((part) => GREEDY.has(part));
  if (greedy === -1 ? more !== 0 : more < 0) return undefined;
  const shares = parts.map((_part, index) => (index === greedy ? segments.slice(index, index + more + 1) : segments.slice(index + (greedy !== -1 && index > greedy ? more : 0)).slice(0, 1)));
  return parts.every((part, index) => (isVariable(part) ? shares[index]?.every((segment) => segment !== '') : part === shares[index]?.[0])) ? shares : undefined;
}

/** The path's variables, decoded and of their kind's form; undefined when one is not. */
function readVariables(path: string, segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  const shares = taken(path, segments);
  for (const [index, part] of path.split('/').entries()) {
    if (!isVariable(part)) continue;
    const name = part.slice(1, -1) as PathVariable;
    const decoded = (shares?.[index] ?? []).map(decode);
    const read = PATH_VARIABLES[name].safeParse(decoded.includes(undefined) ? undefined : decoded.join('/'));
    if (!read.success) return undefined;
    params[name] = read.data;
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function isVariable(part: string): boolean {
  return part.startsWith('{');
}

function variablesIn(path: string): number {
  return path.split('{').length - 1;
}
