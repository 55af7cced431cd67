import { knowsNoResource, whyForbidden } from './action-rules.ts';
import type { StatementAsked } from './requests.ts';

interface Fault {
  readonly path: string;
  readonly message: string;
}

/** A resource that is all of its kind, as `table/*`, or all of a service. S3's begin with the name of the bucket instead of a kind. */
const EVERYTHING_OF_A_KIND = /^(?:[a-zA-Z-]+[:/])?\*+$/;
const EVERY_BUCKET = /^\*/;

/** Variables that stand for what EKS says of the pod (source: EKS user guide, Grant pods access to AWS resources based on tags). */
const POD_VARIABLE = /\$\{aws:PrincipalTag\/(?:eks-cluster-(?:arn|name)|kubernetes-(?:namespace|service-account|pod-name|pod-uid)|[0-9A-Za-z_.:=+@-]{1,128})\}/g;

/** What is wrong with a statement that was written by hand, each with its reason. */
export function faultsOfStatement({ actions, resources }: StatementAsked, path: string): readonly Fault[] {
  return [
    ...actions.flatMap((action, at) => {
      const why = whyForbidden(action);
      return why === undefined ? [] : [{ path: `${path}.actions.${at}`, message: `No pod is given ${action}: ${why}` }];
    }),
    ...resources.flatMap((resource, at) => {
      const fault = resource === '*' ? faultOfEverything(actions) : faultOfArn(resource);
      return fault === undefined ? [] : [{ path: `${path}.resources.${at}`, message: fault }];
    }),
  ];
}

function faultOfEverything(actions: readonly string[]): string | undefined {
  const open = actions.filter((action) => !knowsNoResource(action));
  return open.length === 0 ? undefined : `${open.join(', ')} can be had on named resources: * is for actions that know none, in a statement of their own`;
}

/** An ARN that names what it is about: no wildcards but at the end of names, never a whole service, region or account. */
function faultOfArn(arn: string): string | undefined {
  const [, , service = '', region = '', account = '', ...rest] = arn.split(':');
  const name = rest.join(':');
  if (name === '') return 'Not a whole ARN: it ends before the resource';
  if (/[*?$]/.test(`${service}${region}${account}`)) return 'Wildcards stand in the name alone, not for services, regions or accounts';
  if ((service === 's3' ? EVERY_BUCKET : EVERYTHING_OF_A_KIND).test(name)) return 'This is every resource of its kind: name the ones that are meant, or begin their names';
  if (name.startsWith('*') || name.startsWith('?')) return 'A name begins with letters, not with a wildcard';
  if (name.replace(POD_VARIABLE, '').includes('$')) return 'Of variables only ${aws:PrincipalTag/...} is taken';
  return undefined;
}
