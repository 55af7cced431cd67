import * as z from 'zod';
import { PATH_VARIABLES, type PathVariable } from '../domain/requests.ts';
import type { RefusalCode } from '../domain/refusal.ts';
import { ProblemView } from '../domain/view.ts';
import { statusOf, type EdgeCode } from './problems.ts';
import { ACCESS, type AnyRoute } from './route.ts';

type Json = Record<string, unknown>;

/** What any route may be refused with, by what it takes. */
const ALWAYS: readonly EdgeCode[] = ['internal', 'contended'];
const WITH_TOKEN: readonly EdgeCode[] = ['unauthenticated', 'forbidden', 'keys-unavailable'];
const WITH_BODY: readonly EdgeCode[] = ['malformed-json', 'invalid-request', 'body-too-large'];

/** The OpenAPI 3.1 document of a table of routes, from the schemas that the routes validate with. */
export function openApiOf(routes: readonly AnyRoute[]): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, components);
  return {
    openapi: '3.1.0',
    info: { title: 'Slipway', version: '1', description: 'A serverless control plane for fleets of Amazon EKS clusters across AWS accounts.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: { ...components, Problem: schemaOf(ProblemView, 'output', components, true) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'RS256 or ES256, with the claims `sub`, `role` and optionally `team`.' } },
    },
  };
}

function operationOf(route: AnyRoute, components: Json): Json {
  const roles: readonly string[] = ACCESS[route.access];
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    ...(route.access === 'anyone' ? { security: [] } : { 'x-roles': roles, description: `Roles: ${roles.join(', ')}.` }),
    ...listed('parameters', [...pathParameters(route), ...queryParameters(route, components), ...headerParameters(route)]),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: route.bodyOptional !== true, content: { 'application/json': { schema: schemaOf(route.body, 'input', components) } } } }),
    responses: { ...goodResponses(route, components), ...problemResponses(route) },
  };
}

function listed(name: string, items: readonly Json[]): Json {
  return items.length === 0 ? {} : { [name]: items };
}

function pathParameters(route: AnyRoute): Json[] {
  const names = [...String(route.path).matchAll(/\{(\w+)\}/g)].map((match) => match[1] as PathVariable);
  return names.map((name) => ({ name, in: 'path', required: true, schema: schemaOf(PATH_VARIABLES[name], 'input', {}) }));
}

function queryParameters(route: AnyRoute, components: Json): Json[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(route.query, 'input', components) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function headerParameters(route: AnyRoute): Json[] {
  const key = { name: 'Idempotency-Key', in: 'header', required: false, description: 'The same key and body get the same answer for 7 days.', schema: { type: 'string', minLength: 1, maxLength: 255 } };
  const ifMatch = { name: 'If-Match', in: 'header', required: false, description: 'The ETag that the change is meant for; 412 when it has moved.', schema: { type: 'string' } };
  return [...(route.method === 'POST' ? [key] : []), ...(route.refusals?.includes('generation-mismatch') === true ? [ifMatch] : [])];
}

function goodResponses(route: AnyRoute, components: Json): Json {
  const told = Object.entries(route.answers) as [string, { description: string; schema?: z.ZodType; text?: true; yaml?: true }][];
  return Object.fromEntries(
    told.map(([status, { description, schema, text, yaml }]) => [
      status,
      {
        description,
        ...(status === '202' || status === '201' ? { headers: { Location: { schema: { type: 'string' } } } } : {}),
        ...(schema === undefined && yaml !== true
          ? {}
          : {
              content: {
                ...(schema === undefined ? {} : { 'application/json': { schema: schemaOf(schema, 'output', components) } }),
                ...(text === true ? { 'text/plain': { schema: { type: 'string' } } } : {}),
                ...(yaml === true ? { 'application/yaml': { schema: { type: 'string' } } } : {}),
              },
            }),
      },
    ]),
  );
}

/** One response a status, with the codes that it may carry. */
function problemResponses(route: AnyRoute): Json {
  const takesInput = route.method !== 'GET' ? WITH_BODY : (['invalid-request'] as const);
  const paged = route.query !== undefined && 'cursor' in (route.query as z.ZodObject).shape ? (['invalid-cursor'] as const) : [];
  const keyed: readonly RefusalCode[] = route.method === 'POST' ? ['idempotency-key-reused'] : [];
  const codes = new Set<RefusalCode | EdgeCode>([...ALWAYS, ...(route.access === 'anyone' ? [] : WITH_TOKEN), ...takesInput, ...paged, ...keyed, ...(route.refusals ?? [])]);
  const byStatus = Map.groupBy([...codes].sort(), statusOf);
  const responses: Json = {};
  for (const [status, of] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[String(status)] = { description: of.map((code) => `\`${code}\``).join(', '), content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  }
  return responses;
}

/** A schema as JSON Schema 2020-12; named ones move to the components and are referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json, inline = false): Json {
  const { $schema: _dialect, $defs = {}, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io }) as Json & { $defs?: Json };
  const named = JSON.parse(JSON.stringify({ rest, $defs }).replaceAll('"#/$defs/', '"#/components/schemas/')) as { rest: Json; $defs: Json };
  const ownName = /^#\/components\/schemas\/(.+)$/.exec(String(named.rest['$ref'] ?? ''))?.[1];
  if (inline && ownName !== undefined) {
    const { [ownName]: own, ...others } = named.$defs;
    Object.assign(components, others);
    return own as Json;
  }
  Object.assign(components, named.$defs);
  return named.rest;
}

/** `POST /v1/clusters/{clusterId}/upgrades` is `postClustersUpgrades`; unique, since method and path are. */
function operationIdOf(route: AnyRoute): string {
  const words = String(route.path)
    .split('/')
    .filter((part) => part !== '' && part !== 'v1')
    .map((part) => (part.startsWith('{') ? `By-${part.slice(1, -1)}` : part))
    .flatMap((part) => part.split(/[^0-9A-Za-z]/));
  return route.method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
