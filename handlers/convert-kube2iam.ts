import { ConvertedKube2iamView, ConvertKube2iam, convertKube2iam as convert } from '../domain/conversions/kube2iam.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { ok } from './answers.ts';
import { clusterToRead } from './reach.ts';
import { readYaml } from './read-yaml.ts';
import { rewriteYaml } from './rewrite-yaml.ts';
import { route } from './route.ts';

/** Documents of one text: a team's, not a fleet's. */
const DOCUMENTS_MAX = 200;

/** Turns manifests with kube2iam's annotations into pod identities. Nothing is written, and of the cluster only its record is read. */
export const convertKube2iam = route({
  method: 'POST',
  path: '/v1/conversions/kube2iam',
  access: 'read',
  summary: 'Convert kube2iam annotations into pod identities',
  body: ConvertKube2iam,
  answers: { 200: { description: 'The identities to ask for, the manifests without annotations, and what the roles must trust.', schema: ConvertedKube2iamView } },
  refusals: ['not-found', 'rules-broken'],
  async run(ask, ports) {
    const { accountId, region, clusterId } = ask.body;
    const cluster = clusterId === undefined ? undefined : await clusterToRead(ask, ports, clusterId);
    if (isRefusal(cluster)) return cluster;
    if (cluster !== undefined && ((accountId ?? cluster.accountId) !== cluster.accountId || (region ?? cluster.region) !== cluster.region)) {
      return refuse('rules-broken', `The cluster ${cluster.name} is in account ${cluster.accountId}, ${cluster.region}.`, { errors: [{ path: 'clusterId', message: 'Of another account or region than is named' }] });
    }
    const home = cluster === undefined ? { ...(accountId === undefined ? {} : { accountId }), ...(region === undefined ? {} : { region }) } : { accountId: cluster.accountId, region: cluster.region, cluster: { clusterId: cluster.clusterId, name: cluster.name } };
    const converted = convert(ask.body, home, { read: (text) => readYaml(text, DOCUMENTS_MAX), rewrite: rewriteYaml });
    return isRefusal(converted) ? converted : ok(converted);
  },
});
