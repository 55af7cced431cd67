/** What to do in which order. New pods take the association where there is one, old ones go on with kube2iam, so nobody is without a role in between. */
export function orderOfKube2iam({ roles, notConverted, namespaces }: { readonly roles: readonly { readonly roleArn: string }[]; readonly notConverted: number; readonly namespaces: readonly string[] }): string[] {
  if (roles.length === 0) return ['Nothing is to be done: no pod here has a role by an annotation that can be converted.', ...(notConverted > 0 ? ['Settle what was not converted.'] : [])];
  return [
    'Look whether the SDKs in the pods know EKS Pod Identity (EKS user guide, Use pod identity with the AWS SDK): older ones would go on asking the metadata service.',
    'Look whether the add-on eks-pod-identity-agent runs on the nodes.',
    'Add the statements to the trust of each role, beside the one for the nodes that kube2iam needs.',
    'PATCH the cluster with podIdentities, together with those that it has already: the associations must be there before the pods.',
    'Apply the manifests. Pods that start anew get their role by the association, the others go on by kube2iam.',
    'See in a pod of each service account that `aws sts get-caller-identity` tells its role.',
    ...(notConverted > 0 ? ['Settle what was not converted.'] : []),
    'Once no pod has the annotation any more, take kube2iam away. Without its rule on the nodes pods would reach the role of the nodes: set the hop limit of the instance metadata to 1 first.',
    'Take the statement for the nodes out of the trust of each role, and sts:AssumeRole out of the role of the nodes.',
    ...(namespaces.length > 0 ? [`Take the annotations off the namespaces ${namespaces.slice(0, 10).join(', ')}${namespaces.length > 10 ? ` and ${namespaces.length - 10} more` : ''}.`] : []),
  ];
}
