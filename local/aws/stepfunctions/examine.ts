import jsonata from 'jsonata';
import { expressionText, isExpression } from './definition.ts';
import { NAME_CHARACTERS_MAX, TIMEOUT_SECONDS_MAX } from './limits.ts';
import { REFUSED, SUPPORTED } from './support.ts';

type Fields = Readonly<Record<string, unknown>>;
type Report = (problem: string, where: string) => void;

/** Source: "Variable names" in the developer guide. */
const VARIABLE = /^\p{ID_Start}\p{ID_Continue}{0,79}$/u;
const MAX_DELAY_SECONDS_MAX = 31_622_400;

/** What of a parsed definition is wrong or not supported. Names are checked here, shapes too deep for this by asl-validator. */
export function examine(definition: unknown): { problem: string; where: string }[] {
  const found: { problem: string; where: string }[] = [];
  const report: Report = (problem, where) => void found.push({ problem, where });
  if (!isFields(definition)) return [{ problem: 'The definition must be a JSON object', where: '/' }];
  if (definition['QueryLanguage'] !== SUPPORTED.queryLanguage) {
    report(`QueryLanguage must be ${SUPPORTED.queryLanguage} at the top of the definition: the simulated Step Functions does not carry out JSONPath`, '/QueryLanguage');
    return found;
  }
  checkFields(definition, SUPPORTED.machine, '', report);
  if (definition['TimeoutSeconds'] !== undefined) checkWhole(definition['TimeoutSeconds'], 1, TIMEOUT_SECONDS_MAX, '/TimeoutSeconds', report);
  checkBranch(definition, '', new Map(), [], report);
  return found;
}

/** `names` has every state met so far and where; `outer` the variables that the scopes around assign. */
function checkBranch(branch: Fields, where: string, names: Map<string, string>, outer: readonly string[], report: Report): void {
  const states = branch['States'];
  if (!isFields(states) || Object.keys(states).length === 0) return report('These fields are required: [States]', where || '/');
  const startAt = branch['StartAt'];
  let faults = 0;
  const here: Report = (problem, at) => {
    faults += 1;
    report(problem, at);
  };
  if (typeof startAt !== 'string') here('These fields are required: [StartAt]', where || '/');
  else if (!Object.hasOwn(states, startAt)) here(`StartAt names the state '${startAt}', which is not there`, `${where}/StartAt`);
  const scope = [...outer, ...variablesOf(states)];
  for (const [name, state] of Object.entries(states)) {
    const at = `${where}/States/${name}`;
    if (name.length > NAME_CHARACTERS_MAX) here(`A state's name has at most ${NAME_CHARACTERS_MAX} characters`, at);
    const met = names.get(name);
    if (met !== undefined) here(`Two states are named '${name}': the other is at ${met}`, at);
    names.set(name, at);
    if (!isFields(state)) here('A state must be an object', at);
    else checkState(state, Object.keys(states), at, names, scope, outer, here);
  }
  // Ways that lead nowhere have been told already; what they cut off is no news.
  if (typeof startAt === 'string' && faults === 0) checkReach(states, startAt, where, report);
}

function checkState(state: Fields, siblings: readonly string[], at: string, names: Map<string, string>, scope: readonly string[], outer: readonly string[], report: Report): void {
  const type = state['Type'] as keyof typeof SUPPORTED.states;
  if (typeof type !== 'string' || !Object.hasOwn(SUPPORTED.states, type)) return report(`Type must be one of ${Object.keys(SUPPORTED.states).join(', ')}`, `${at}/Type`);
  if (state['QueryLanguage'] !== undefined && state['QueryLanguage'] !== SUPPORTED.queryLanguage) report(`QueryLanguage must be ${SUPPORTED.queryLanguage}`, `${at}/QueryLanguage`);
  checkFields(state, [...SUPPORTED.states[type], ...SUPPORTED.everyState], at, report);
  checkShapes(state, at, report);
  checkNext(state, type, siblings, at, report);
  checkAssign(state, at, outer, report);
  for (const { value, where } of expressionsIn(state, at)) checkSyntax(value, where, report);
  list(state['Retry']).forEach((retrier, index, all) => checkRetrier(retrier, index === all.length - 1, `${at}/Retry[${index}]`, report));
  list(state['Catch']).forEach((catcher, index, all) => {
    const where = `${at}/Catch[${index}]`;
    checkFields(catcher, SUPPORTED.catcher, where, report);
    checkErrorEquals(catcher, index === all.length - 1, where, report);
    checkTarget(catcher['Next'], siblings, `${where}/Next`, report);
    checkAssign(catcher, where, outer, report);
  });
  if (type === 'Task') checkTask(state, at, report);
  if (type === 'Choice') checkChoice(state, siblings, at, outer, report);
  if (type === 'Wait' && (state['Seconds'] === undefined) === (state['Timestamp'] === undefined)) report('A Wait has either Seconds or Timestamp', at);
  if (type === 'Map') checkMap(state, at, names, scope, report);
  if (type === 'Parallel') {
    if (list(state['Branches']).length === 0) report('A Parallel has Branches, at least one', `${at}/Branches`);
    list(state['Branches']).forEach((branch, index) => {
      checkFields(branch, SUPPORTED.branch, `${at}/Branches[${index}]`, report);
      checkBranch(branch, `${at}/Branches[${index}]`, names, scope, report);
    });
  }
}

/** The fields that are no templates. */
const SHAPES: readonly (readonly [string, string, (value: unknown) => boolean])[] = [
  ['Comment', 'a text', (value) => typeof value === 'string'],
  ['End', 'true', (value) => value === true],
  ['Retry', 'a list', Array.isArray],
  ['Catch', 'a list', Array.isArray],
  ['Choices', 'a list', Array.isArray],
  ['Branches', 'a list', Array.isArray],
  ['Error', 'a text', (value) => typeof value === 'string'],
  ['Cause', 'a text', (value) => typeof value === 'string'],
  ['Timestamp', 'a time or an expression', (value) => isExpression(value) || (typeof value === 'string' && !Number.isNaN(Date.parse(value)))],
  ['Seconds', 'a number or an expression', (value) => isExpression(value) || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= TIMEOUT_SECONDS_MAX)],
  ['TimeoutSeconds', 'a number or an expression', (value) => isExpression(value) || typeof value === 'number'],
  ['HeartbeatSeconds', 'a number or an expression', (value) => isExpression(value) || typeof value === 'number'],
  ['MaxConcurrency', 'a number or an expression', (value) => isExpression(value) || typeof value === 'number'],
  ['Items', 'an array or an expression', (value) => isExpression(value) || Array.isArray(value)],
];

function checkShapes(state: Fields, at: string, report: Report): void {
  for (const [name, what, fits] of SHAPES) if (state[name] !== undefined && !fits(state[name])) report(`${name} must be ${what}`, `${at}/${name}`);
}

function checkTask(state: Fields, at: string, report: Report): void {
  const resource = state['Resource'];
  if (!(SUPPORTED.resources as readonly unknown[]).includes(resource)) {
    report(`The simulated Step Functions does not support the resource ${JSON.stringify(resource)}: it has ${SUPPORTED.resources.join(' and ')}`, `${at}/Resource`);
  }
  for (const name of ['TimeoutSeconds', 'HeartbeatSeconds']) if (typeof state[name] === 'number') checkWhole(state[name], 1, TIMEOUT_SECONDS_MAX, `${at}/${name}`, report);
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) report('HeartbeatSeconds must be smaller than TimeoutSeconds', `${at}/HeartbeatSeconds`);
  const given = state['Arguments'];
  if (given === undefined || isExpression(given)) {
    if (given === undefined) report('These fields are required: [FunctionName]', `${at}/Arguments`);
    return;
  }
  if (!isFields(given)) return report('Arguments must be an object or an expression', `${at}/Arguments`);
  if (given['FunctionName'] === undefined) report('These fields are required: [FunctionName]', `${at}/Arguments`);
  for (const name of Object.keys(given)) {
    if (!(SUPPORTED.taskArguments as readonly string[]).includes(name)) report(`The simulated Step Functions does not support the argument ${name} of lambda:invoke`, `${at}/Arguments/${name}`);
  }
}

function checkChoice(state: Fields, siblings: readonly string[], at: string, outer: readonly string[], report: Report): void {
  const rules = list(state['Choices']);
  if (rules.length === 0) report('A Choice has Choices, at least one', `${at}/Choices`);
  rules.forEach((rule, index) => {
    const where = `${at}/Choices[${index}]`;
    checkFields(rule, SUPPORTED.choiceRule, where, report);
    if (!isExpression(rule['Condition'])) report('Condition must be a {% JSONata %} expression', `${where}/Condition`);
    checkTarget(rule['Next'], siblings, `${where}/Next`, report);
    checkAssign(rule, where, outer, report);
  });
  if (state['Default'] !== undefined) checkTarget(state['Default'], siblings, `${at}/Default`, report);
}

function checkMap(state: Fields, at: string, names: Map<string, string>, scope: readonly string[], report: Report): void {
  const processor = state['ItemProcessor'];
  if (!isFields(processor)) return report('These fields are required: [ItemProcessor]', at);
  checkFields(processor, SUPPORTED.itemProcessor, `${at}/ItemProcessor`, report);
  const config = processor['ProcessorConfig'];
  const mode = isFields(config) ? (config['Mode'] ?? SUPPORTED.processorMode) : SUPPORTED.processorMode;
  if (mode !== SUPPORTED.processorMode) report(`The simulated Step Functions does not support Maps of the mode ${JSON.stringify(mode)}`, `${at}/ItemProcessor/ProcessorConfig/Mode`);
  if (typeof state['MaxConcurrency'] === 'number') checkWhole(state['MaxConcurrency'], 0, Number.MAX_SAFE_INTEGER, `${at}/MaxConcurrency`, report);
  checkBranch(processor, `${at}/ItemProcessor`, names, scope, report);
}

function checkNext(state: Fields, type: string, siblings: readonly string[], at: string, report: Report): void {
  if (type === 'Choice' || type === 'Succeed' || type === 'Fail') return;
  if ((state['Next'] === undefined) === (state['End'] !== true)) report('A state has either Next or "End": true', at);
  if (state['Next'] !== undefined) checkTarget(state['Next'], siblings, `${at}/Next`, report);
}

function checkTarget(target: unknown, siblings: readonly string[], where: string, report: Report): void {
  if (typeof target !== 'string') report('Next must name a state', where);
  else if (!siblings.includes(target)) report(`There is no state '${target}' here to go to`, where);
}

function checkReach(states: Fields, startAt: string, where: string, report: Report): void {
  const reached = new Set<string>([startAt]);
  for (const name of reached) for (const target of targetsOf(states[name])) if (Object.hasOwn(states, target)) reached.add(target);
  for (const name of Object.keys(states)) if (!reached.has(name)) report(`No state leads to '${name}'`, `${where}/States/${name}`);
  const ends = [...reached].some((name) => isFields(states[name]) && (states[name]['End'] === true || states[name]['Type'] === 'Succeed' || states[name]['Type'] === 'Fail'));
  if (!ends) report('No state here is the last one', `${where}/States`);
}

function targetsOf(state: unknown): string[] {
  if (!isFields(state)) return [];
  const rules = [...list(state['Choices']), ...list(state['Catch'])];
  return [state['Next'], state['Default'], ...rules.map((rule) => rule['Next'])].filter((target) => typeof target === 'string');
}

function checkRetrier(retrier: Fields, last: boolean, where: string, report: Report): void {
  checkFields(retrier, SUPPORTED.retrier, where, report);
  checkErrorEquals(retrier, last, where, report);
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy } = retrier;
  if (IntervalSeconds !== undefined) checkWhole(IntervalSeconds, 1, TIMEOUT_SECONDS_MAX, `${where}/IntervalSeconds`, report);
  if (MaxAttempts !== undefined) checkWhole(MaxAttempts, 0, TIMEOUT_SECONDS_MAX, `${where}/MaxAttempts`, report);
  if (MaxDelaySeconds !== undefined) checkWhole(MaxDelaySeconds, 1, MAX_DELAY_SECONDS_MAX, `${where}/MaxDelaySeconds`, report);
  if (BackoffRate !== undefined && !(typeof BackoffRate === 'number' && BackoffRate >= 1)) report('BackoffRate must be a number of at least 1', `${where}/BackoffRate`);
  if (JitterStrategy !== undefined && JitterStrategy !== 'FULL' && JitterStrategy !== 'NONE') report('JitterStrategy must be FULL or NONE', `${where}/JitterStrategy`);
}

/** asl-validator misses that States.ALL must stand alone and last. */
function checkErrorEquals(rule: Fields, last: boolean, where: string, report: Report): void {
  const names = rule['ErrorEquals'];
  if (!Array.isArray(names) || names.length === 0) return report('ErrorEquals must name an error', `${where}/ErrorEquals`);
  if (!names.includes('States.ALL')) return;
  if (names.length > 1) report('States.ALL must stand alone in ErrorEquals', `${where}/ErrorEquals`);
  if (!last) report('States.ALL must be in the last retrier or catcher', `${where}/ErrorEquals`);
}

/** A name that an outer scope assigns may be read inside, not assigned. Source: "Passing data between states with variables" in the developer guide. */
function checkAssign(holder: Fields, at: string, outer: readonly string[], report: Report): void {
  const assign = holder['Assign'];
  if (assign === undefined) return;
  if (!isFields(assign)) return report('Assign must be an object', `${at}/Assign`);
  for (const name of Object.keys(assign)) {
    if (!VARIABLE.test(name)) report('A variable is named by a letter, then letters, digits and _, 80 characters at most', `${at}/Assign/${name}`);
    if (name === 'states') report('The variable $states is reserved', `${at}/Assign/${name}`);
    if (outer.includes(name)) report(`The variable $${name} belongs to an outer scope and cannot be assigned here`, `${at}/Assign/${name}`);
  }
}

/** The variables that the states of one scope assign. */
export function variablesOf(states: Fields): string[] {
  return Object.values(states).flatMap((state) => {
    if (!isFields(state)) return [];
    const holders = [state, ...list(state['Choices']), ...list(state['Catch'])];
    return holders.flatMap((holder) => (isFields(holder['Assign']) ? Object.keys(holder['Assign']) : []));
  });
}

function checkSyntax(value: string, where: string, report: Report): void {
  try {
    jsonata(expressionText(value));
  } catch (thrown) {
    report(`The JSONata expression cannot be read: ${(thrown as Error).message}`, where);
  }
}

/** Every `{% … %}` of a state itself, its rules, retriers and catchers; not those of the states inside it. */
export function expressionsIn(value: unknown, where: string): { value: string; where: string }[] {
  if (isExpression(value)) return [{ value, where }];
  if (Array.isArray(value)) return value.flatMap((item, index) => expressionsIn(item, `${where}[${index}]`));
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'ItemProcessor' || name === 'Branches' ? [] : expressionsIn(inner, `${where}/${name}`)));
}

function checkFields(holder: Fields, supported: readonly string[], where: string, report: Report): void {
  for (const name of Object.keys(holder)) {
    if (supported.includes(name)) continue;
    const why = REFUSED[name];
    report(why === undefined ? `The field ${name} is not known here` : `The simulated Step Functions does not support ${name}: ${why}`, `${where}/${name}`);
  }
}

function checkWhole(value: unknown, least: number, most: number, where: string, report: Report): void {
  if (isExpression(value)) return;
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) report(`This must be a whole number from ${least} to ${most}`, where);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
