import { equal, membersOf, scalar, typeOf, type Item, type Value } from '../values.ts';
import type { Comparator, Condition, Operand, Path } from './syntax.ts';
import { compareValues } from './types.ts';

/** What stands at a path of an item, if anything. */
export function valueAt(item: Item, path: Path): Value | undefined {
  let here: Value | undefined = { M: item };
  for (const step of path) {
    here = typeof step === 'number' ? here?.L?.[step] : memberOf(here?.M, step);
    if (here === undefined) return undefined;
  }
  return here;
}

/** An attribute may be called `constructor`: only the map's own members count. */
function memberOf(map: Item | undefined, name: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Whether a condition holds of an item; an item that is not there is an empty one. */
export function holds(condition: Condition, item: Item): boolean {
  if (condition.kind === 'and') return holds(condition.left, item) && holds(condition.right, item);
  if (condition.kind === 'or') return holds(condition.left, item) || holds(condition.right, item);
  if (condition.kind === 'not') return !holds(condition.condition, item);
  if (condition.kind === 'compare') return compares(condition.operator, valueOf(condition.left, item), valueOf(condition.right, item));
  if (condition.kind === 'between') {
    const value = valueOf(condition.operand, item);
    return compares('>=', value, valueOf(condition.lower, item)) && compares('<=', value, valueOf(condition.upper, item));
  }
  if (condition.kind === 'in') {
    const value = valueOf(condition.operand, item);
    return condition.among.some((operand) => compares('=', value, valueOf(operand, item)));
  }
  return calls(condition.name, condition.operands, item);
}

function valueOf(operand: Operand, item: Item): Value | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  return operand.kind === 'call' ? sizeValue(valueOf(operand.operands[0] as Operand, item)) : undefined;
}

function compares(operator: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  if (operator === '<>') return !compares('=', left, right);
  if (left === undefined || right === undefined) return false;
  if (operator === '=') return equal(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function calls(name: string, operands: readonly Operand[], item: Item): boolean {
  const [first, second] = operands.map((operand) => valueOf(operand, item));
  if (name === 'attribute_exists') return first !== undefined;
  if (name === 'attribute_not_exists') return first === undefined;
  if (first === undefined || second === undefined) return false;
  if (name === 'attribute_type') return typeOf(first) === second.S;
  return name === 'begins_with' ? beginsWith(first, second) : contains(first, second);
}

function beginsWith(value: Value, prefix: Value): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  return value.B !== undefined && prefix.B !== undefined && Buffer.compare(value.B.subarray(0, prefix.B.byteLength), prefix.B) === 0;
}

function contains(value: Value, part: Value): boolean {
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B).includes(Buffer.from(part.B));
  if (value.L !== undefined) return value.L.some((member) => equal(member, part));
  return typeOf(value) === `${typeOf(part)}S` && (membersOf(value) ?? []).includes(scalar(part));
}

/** Characters of a string, bytes of a binary, members of a set, list or map; numbers and the like have no size. */
function sizeValue(value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  const size = value.S?.length ?? value.B?.byteLength ?? value.L?.length ?? membersOf(value)?.length ?? (value.M === undefined ? undefined : Object.keys(value.M).length);
  return size === undefined ? undefined : { N: String(size) };
}

/** Only what stands at the paths, in the item's own nesting; lists are closed up in their order. */
export function project(item: Item, paths: readonly Path[]): Item {
  return projectMap(item, paths);
}

function projectMap(map: Item, paths: readonly Path[]): Item {
  const result: Item = {};
  for (const name of new Set(paths.map((path) => path[0] as string))) {
    const value = memberOf(map, name);
    const projected = value === undefined ? undefined : projectValue(value, inside(paths, name));
    if (projected !== undefined) result[name] = projected;
  }
  return result;
}

function projectValue(value: Value, paths: readonly Path[]): Value | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if (value.M !== undefined) {
    const map = projectMap(value.M, paths);
    return Object.keys(map).length === 0 ? undefined : { M: map };
  }
  if (value.L === undefined) return undefined;
  const positions = [...new Set(paths.map((path) => path[0]))].filter((step) => typeof step === 'number').sort((a, b) => a - b);
  const members = positions.flatMap((at) => {
    const member = value.L[at];
    return member === undefined ? [] : [projectValue(member, inside(paths, at))].filter((found) => found !== undefined);
  });
  return members.length === 0 ? undefined : { L: members };
}

function inside(paths: readonly Path[], step: string | number): Path[] {
  return paths.filter((path) => path[0] === step).map((path) => path.slice(1));
}
