import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '../..');
const ROOMS = ['domain', 'handlers', 'workflows', 'aws', 'local', 'console', 'cli', 'deploy', 'test'];

export interface Source {
  /** From the repository's root, with `/`: `domain/plan.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Every file of every room. */
export function allSources(): Source[] {
  const there = new Set(readdirSync(REPOSITORY));
  return ROOMS.filter((room) => there.has(room))
    .flatMap((room) => readdirSync(join(REPOSITORY, room), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(REPOSITORY, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(REPOSITORY, path), 'utf8') }));
}

/** The code of a TypeScript text: comments and the insides of strings blanked, so that words in them do not count. Lines keep their places. */
export function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, (found) => {
    if (found.startsWith('`')) return found;
    return found.replace(/[^\n]/g, ' ');
  });
}
