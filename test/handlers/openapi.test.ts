import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readDeployment } from '../../local/deployment.ts';
import { findRoute } from '../../local/gateway-routes.ts';
import { API, COMMANDS, QUERIES } from '../../handlers/api.ts';
import { EDGE_PROBLEMS, statusOf } from '../../handlers/problems.ts';
import { ACCESS } from '../../handlers/route.ts';
import { openFrontDoor, type FrontDoor, type Told } from './front-door.ts';

let door: FrontDoor;
let document: Told['body'];
before(async () => {
  door = await openFrontDoor();
  document = (await door.ask('GET', '/v1/openapi.json', { token: null })).body;
});
after(() => door.close());

const routes = API.map((route) => `${route.method} ${route.path}`);

describe('the OpenAPI document', () => {
  it('needs no token, and healthz neither', async () => {
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual((await door.ask('GET', '/healthz', { token: null })).body, { status: 'ok' });
  });

  it('has every route of the API, and no other', () => {
    const told = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    assert.deepEqual(told.sort(), [...routes].sort());
  });

  it('refers only to what it holds', () => {
    const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? '');
    assert.deepEqual([...new Set(names)].filter((name) => !(name in document.components.schemas)), []);
    assert.ok(!JSON.stringify(document).includes('#/$defs/'));
  });

  it('names each operation once', () => {
    const ids = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId));
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const route of API) {
    it(`tells of ${route.method} ${route.path} who may, what it takes and all that it answers`, () => {
      const told = document.paths[route.path][route.method.toLowerCase()];
      assert.deepEqual(told['x-roles'] ?? [], ACCESS[route.access]);
      assert.deepEqual(told.security, route.access === 'anyone' ? [] : undefined);
      assert.equal(told.requestBody === undefined, route.body === undefined);
      const variables = [...String(route.path).matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      assert.deepEqual((told.parameters ?? []).filter((parameter: Told['body']) => parameter.in === 'path').map((parameter: Told['body']) => parameter.name), variables);
      for (const status of Object.keys(route.answers)) assert.ok(status in told.responses);
      for (const code of route.refusals ?? []) assert.ok(told.responses[statusOf(code)].description.includes(`\`${code}\``), code);
      for (const [status, response] of Object.entries(told.responses as Record<string, Told['body']>)) {
        if (Number(status) >= 400) assert.deepEqual(Object.keys(response.content), ['application/problem+json']);
      }
    });
  }

  it('describes bodies by the schemas that they are held against: strict, and with limits', () => {
    const { CreateCluster } = document.components.schemas;
    assert.equal(CreateCluster.additionalProperties, false);
    assert.ok(CreateCluster.required.includes('resourcesVpcConfig') && !CreateCluster.required.includes('labels'));
    const limit = document.paths['/v1/clusters'].get.parameters.find((parameter: Told['body']) => parameter.name === 'limit');
    assert.deepEqual(limit.schema, { type: 'integer', minimum: 1, maximum: 100 });
  });

  it('gives every text and list that clients send a limit', () => {
    const sent = ['RegisterAccount', 'CreateCluster', 'CreateNodegroup', 'ImportCluster', 'ChangeCluster', 'ChangeNodegroup', 'RequestUpgrade', 'Because', 'MustSayWhy', 'RenderExposure', 'ExplainAnnotations', 'CreateRepository', 'ChangeRepository', 'PreviewLifecycle'];
    const boundless: string[] = [];
    const look = (schema: Told['body'], path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const bounded = 'maxLength' in schema || 'enum' in schema || 'const' in schema || /^\^.*\{\d+\}\$$/.test(schema.pattern ?? '');
      if (schema.type === 'string' && !bounded) boundless.push(path);
      if (schema.type === 'array' && !('maxItems' in schema)) boundless.push(path);
      if (schema.type === 'object' && schema.additionalProperties !== false && !('maxProperties' in schema)) boundless.push(path);
      for (const [name, member] of Object.entries(schema)) look(member, `${path}.${name}`);
    };
    for (const name of sent) look(document.components.schemas[name], name);
    assert.deepEqual(boundless, []);
  });
});

describe('the table of routes', () => {
  it('has no route twice', () => {
    assert.equal(new Set(routes).size, routes.length);
  });

  it('is deployed so that each request comes to the function that answers it', () => {
    const deployed = readDeployment().routes;
    for (const [table, name] of [
      [QUERIES, 'queries'],
      [COMMANDS, 'commands'],
    ] as const) {
      for (const route of table) assert.equal(findRoute(deployed, route.method, String(route.path).replaceAll(/\{\w+\}/g, 'x'))?.route.function, `slipway-local-${name}`, `${route.method} ${route.path}`);
    }
    assert.equal(findRoute(deployed, 'GET', '/nowhere')?.route.function, 'slipway-local-queries');
    assert.equal(findRoute(deployed, 'PUT', '/v1/clusters')?.route.function, 'slipway-local-queries');
  });

  it('has what only reads in one function and what changes something in the other', () => {
    assert.deepEqual([...new Set(QUERIES.map((route) => route.method))], ['GET']);
    assert.ok(COMMANDS.every((route) => route.method !== 'GET'));
  });

  it('answers for every problem with the status of its code', () => {
    for (const [code, { status }] of Object.entries(EDGE_PROBLEMS)) assert.ok(status >= 400 && status < 600, code);
  });
});
