/** The part of JSON Schema that the add-ons' configuration schemas use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  /** Told, and not checked: `boolean` and `integer` of a string are no formats that JSON Schema knows. */
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly items?: JsonSchema;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** The first thing that is wrong with a value, in the words of EKS's validator (`$.replicaCount: string found, integer expected`); undefined when nothing is. */
export function violation(schema: JsonSchema, value: unknown, root: JsonSchema = schema, path = '$'): string | undefined {
  const named = /^#\/definitions\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  if (named !== undefined) return violation(root.definitions?.[named] ?? {}, value, root, path);
  const types = schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;
  const found = typeOf(value);
  if (types.length > 0 && !types.includes(found) && !(found === 'integer' && types.includes('number'))) return `${path}: ${found} found, ${types.join(' or ')} expected`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${path}: does not have a value in the enumeration [${schema.enum.join(', ')}]`;
  if (found === 'array') return firstOf((value as readonly unknown[]).map((item, index) => () => violation(schema.items ?? {}, item, root, `${path}[${index}]`)));
  return found === 'object' ? objectViolation(schema, value as Readonly<Record<string, unknown>>, root, path) : undefined;
}

function objectViolation(schema: JsonSchema, value: Readonly<Record<string, unknown>>, root: JsonSchema, path: string): string | undefined {
  const missing = schema.required?.find((name) => value[name] === undefined);
  if (missing !== undefined) return `${path}.${missing}: is missing but it is required`;
  if (Object.keys(value).length < (schema.minProperties ?? 0)) return `${path}: should have a minimum of ${schema.minProperties} properties`;
  return firstOf(
    Object.entries(value).map(([name, item]) => () => {
      const known = schema.properties?.[name];
      if (known !== undefined) return violation(known, item, root, `${path}.${name}`);
      if (schema.additionalProperties === false) return `${path}.${name}: is not defined in the schema and the schema does not allow additional properties`;
      return typeof schema.additionalProperties === 'object' ? violation(schema.additionalProperties, item, root, `${path}.${name}`) : undefined;
    }),
  );
}

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
