import { absentCluster } from '../domain/absent-cluster.ts';
import { kubeconfigOf } from '../domain/kubeconfig.ts';
import { isRefusal } from '../domain/refusal.ts';
import { KubeconfigQuery } from '../domain/requests.ts';
import { yaml } from './answers.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';
import { writeYaml } from './write-yaml.ts';

/** What plain `kubectl` and `aws` get in with. Endpoint and certificate authorities are looked at anew at each ask; it holds no secret. */
export const getKubeconfig = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/kubeconfig',
  access: 'read',
  summary: 'Read a kubeconfig of a cluster',
  query: KubeconfigQuery,
  answers: { 200: { description: 'The kubeconfig. Comments say what to know of the cluster\'s certificate authority and endpoint.', yaml: true } },
  refusals: ['not-found', 'cluster-not-active', 'cluster-not-in-account', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const { accountId, region, name } = cluster;
    const entrance = await ports.observer.observe({ ask: 'entrance', accountId, region, clusterName: name });
    if (isRefusal(entrance)) return entrance;
    if (entrance === 'absent') return absentCluster(cluster);
    const kubeconfig = kubeconfigOf(cluster, entrance, ask.query);
    if (isRefusal(kubeconfig)) return kubeconfig;
    const comments = kubeconfig.comments.map((line) => `# ${line}\n`).join('');
    return yaml(comments + writeYaml(kubeconfig.object));
  },
});
