import { validationError } from '../validation.ts';
import type { AwsError } from '../../service.ts';
import type { Value } from '../values.ts';

/** A document path: attribute names and list positions from the item's top. */
export type Path = readonly (string | number)[];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Operand[] }
  | { readonly kind: 'sum'; readonly operator: '+' | '-'; readonly left: Operand; readonly right: Operand };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly operator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly lower: Operand; readonly upper: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly among: readonly Operand[] }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Operand[] };

export interface Update {
  readonly set: readonly { readonly path: Path; readonly operand: Operand }[];
  readonly remove: readonly Path[];
  readonly add: readonly { readonly path: Path; readonly value: Value }[];
  readonly delete: readonly { readonly path: Path; readonly value: Value }[];
}

/** Which of a request's expressions it is; AWS names it in what it refuses. */
export type ExpressionKind = 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression' | 'UpdateExpression' | 'ProjectionExpression';

export function invalid(kind: ExpressionKind, message: string): AwsError {
  return validationError(`Invalid ${kind}: ${message}`);
}

/** `[m, x, [1]]`: how AWS writes a path in its messages. */
export function writtenPath(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

/** Two paths that are the same or one inside the other, or that need one thing to be both a map and a list. */
export function refuseOverlaps(kind: ExpressionKind, paths: readonly Path[]): void {
  for (const [index, second] of paths.entries()) {
    for (const first of paths.slice(0, index)) {
      const differs = first.findIndex((step, at) => at < second.length && step !== second[at]);
      const told = `path one: ${writtenPath(first)}, path two: ${writtenPath(second)}`;
      if (differs === -1) throw invalid(kind, `Two document paths overlap with each other; must remove or rewrite one of these paths; ${told}`);
      if (typeof first[differs] !== typeof second[differs]) throw invalid(kind, `Two document paths conflict with each other; must remove or rewrite one of these paths; ${told}`);
    }
  }
}
