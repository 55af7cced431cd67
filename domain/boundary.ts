/** The policy that bounds every role that Slipway makes in an account. Its owner makes it beside the access role. */
export const BOUNDARY_NAME = 'slipway-boundary';

export function boundaryArnOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:policy/${BOUNDARY_NAME}`;
}
