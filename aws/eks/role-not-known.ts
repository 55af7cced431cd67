/**
 * What EKS and EC2 say of a role that they do not know, or that does not let them in. IAM is eventually consistent: of a role that was made a moment
 * ago they say the same as of one that is wrong for good (sources: IAM user guide, Changes that I make are not always immediately visible; what
 * terraform-provider-aws asks again after: internal/service/eks cluster.go, node_group.go, fargate_profile.go, access_entry.go, pod_identity_association.go).
 */
const WORDS: readonly RegExp[] = [
  /\brole\b.*\b(does not exist|cannot be found|could not be assumed)/is,
  /role provided .*is invalid/is,
  /trust (policy|relationships?)\b.*\b(invalid|do(es)? not)\b/is,
  /service principals?\b.*\bwere not found\b/is,
  /misconfigured podexecutionrole trust policy/i,
  /principalArn is invalid: invalid principal/i,
  /invalid iam instance ?profile/i,
];

/** Whether a refusal may be of a role that has not come through yet. */
export function mayBeNewRole(message: string): boolean {
  return WORDS.some((words) => words.test(message));
}
