import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { API, COMMANDS, QUERIES } from '../../handlers/api.ts';
import { readDeployment, type DeployedRoute } from '../../local/deployment.ts';
import { readTree } from '../../local/deployment/variables.ts';
import { allSources, REPOSITORY } from './sources.ts';

/** Set for a library, which reads them itself. */
const READ_BY_POWERTOOLS = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE'];

interface Alarm {
  readonly Type: string;
  readonly Properties: { readonly Namespace?: string; readonly MetricName?: string; readonly Dimensions?: readonly { readonly Name: string }[]; readonly AlarmActions?: readonly unknown[]; readonly TreatMissingData?: string };
}

const deployment = readDeployment();
const deployedSources = allSources().filter(({ path }) => /^(handlers|workflows|aws|domain)\/.*\.ts$/.test(path));

describe('the functions', () => {
  for (const { name, file } of deployment.functions) {
    it(`${name} is a file that exports its handler`, () => {
      assert.match(readFileSync(join(REPOSITORY, file), 'utf8'), /^export (const|async function|function) handler\b/m);
    });
  }

  it('have one name in three places: function, role and file', () => {
    for (const { name, roleName, file } of deployment.functions) assert.deepEqual([name, `slipway-local-${file.split('/').at(-1)?.replace('.ts', '')}`], [roleName, name]);
  });

  it('are given what they read from their environment, and nothing else', () => {
    const read = deployedSources.flatMap(({ text }) => [...text.matchAll(/'(SLIPWAY_[A-Z_]+)'/g)].map((match) => match[1]));
    const given = Object.keys(environmentAsWritten()).filter((name) => !READ_BY_POWERTOOLS.includes(name));
    assert.deepEqual([...new Set(given)].sort(), [...new Set(read)].sort());
  });

  it('keep the key that seals cursors to those of the API', () => {
    const knowing = deployment.functions.filter(({ environment }) => 'SLIPWAY_CURSOR_KEY' in environment).map(({ name }) => name);
    assert.deepEqual(knowing, ['slipway-local-queries', 'slipway-local-commands']);
  });

  it('answer before the HTTP API gives up at 30 seconds, and facts come before that', () => {
    const timeout = (short: string): number => deployment.functions.find(({ name }) => name === `slipway-local-${short}`)?.timeoutSeconds ?? 0;
    assert.ok(timeout('queries') < 30 && timeout('commands') < 30);
    assert.ok(timeout('observe') < timeout('queries') && timeout('observe') > 20);
  });

  it('have six times their own time before the queue gives a look to another', () => {
    const look = deployment.functions.find(({ name }) => name === 'slipway-local-look');
    const queue = deployment.queues.find(({ name }) => name === 'slipway-local-looks');
    assert.ok(Number(queue?.attributes['VisibilityTimeout']) >= 6 * (look?.timeoutSeconds ?? Infinity));
  });
});

describe('the routes', () => {
  it('of the API lead to the function that has them', () => {
    assert.deepEqual(routeFaults(API.map(({ method, path }) => `${method} ${path}`), deployment.routes), []);
    assert.deepEqual(QUERIES.filter(({ method }) => method !== 'GET').map(({ path }) => path), []);
    assert.deepEqual(COMMANDS.filter(({ method }) => method === 'GET').map(({ path }) => path), []);
  });

  it('that no one has lead to queries, which says so as a problem+json', () => {
    assert.deepEqual(deployment.routes.filter(({ path }) => path === '$default'), [{ method: '*', path: '$default', function: 'slipway-local-queries' }]);
  });

  it('are found to be astray', () => {
    const deployed = [{ method: 'GET', path: '/v1/{proxy+}', function: 'slipway-local-queries' }, { method: 'POST', path: '/v1/{proxy+}', function: 'slipway-local-queries' }];
    assert.deepEqual(routeFaults(['GET /v1/clusters', 'POST /v1/clusters', 'PUT /v1/clusters', 'GET /healthz'], deployed), [
      'POST /v1/clusters leads to slipway-local-queries',
      'PUT /v1/clusters leads nowhere',
      'GET /healthz leads nowhere',
    ]);
  });
});

describe('the alarms', () => {
  const alarms = Object.entries(readTree(join(REPOSITORY, 'deploy/alarms.yml')) as unknown as Record<string, Alarm>).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  /** A metric with dimensions of its own is another metric to CloudWatch: only what is told without any adds up to one number. */
  const told = new Set(deployedSources.flatMap(({ text }) => [...text.matchAll(/meter\.(?:count|seconds)\('(\w+)', (?:[^;{]*)\);/g)].map((match) => match[1])));

  for (const [name, { Properties }] of alarms) {
    it(`${name} rings somewhere, and says what silence means`, () => {
      assert.deepEqual([Properties.AlarmActions, Properties.TreatMissingData === undefined], [[{ Ref: 'AlarmTopic' }], false]);
    });
    if (Properties.Namespace !== 'Slipway') continue;
    it(`${name} watches a metric that is told, without dimensions of its own`, () => {
      assert.ok(told.has(Properties.MetricName), `${Properties.MetricName} is not among ${[...told].join(', ')}`);
      assert.deepEqual(Properties.Dimensions?.map(({ Name }) => Name), ['service']);
    });
  }
});

/** Which routes of the API the deployed ones do not take to the function that has them. Reads belong to queries, the rest to commands. */
function routeFaults(api: readonly string[], deployed: readonly DeployedRoute[]): string[] {
  return api.flatMap((route) => {
    const [method = '', path = ''] = route.split(' ');
    const exact = deployed.find((candidate) => candidate.method === method && candidate.path === path);
    const greedy = deployed.find((candidate) => candidate.method === method && candidate.path.endsWith('/{proxy+}') && path.startsWith(candidate.path.replace('{proxy+}', '')));
    const found = exact ?? greedy;
    if (found === undefined) return [`${route} leads nowhere`];
    return found.function === `slipway-local-${method === 'GET' ? 'queries' : 'commands'}` ? [] : [`${route} leads to ${found.function}`];
  });
}

function environmentAsWritten(): Record<string, unknown> {
  const service = readTree(join(REPOSITORY, 'serverless.yml')) as unknown as { provider: { environment: Record<string, unknown> }; custom: { apiEnvironment: Record<string, unknown> } };
  return { ...service.provider.environment, ...service.custom.apiEnvironment };
}
