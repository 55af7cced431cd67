/** What Slipway needs in a workload account for capabilities and names: rows of the table in domain/permissions.ts. */
export const CONTROLLER_PERMISSIONS = [
  { action: 'eks:DescribeCapability', on: ['capability'], for: ['look', 'create-capability', 'update-capability', 'delete-capability'], parts: true },
  { action: 'eks:CreateCapability', on: ['cluster'], for: ['create-capability'], parts: true },
  { action: 'eks:UpdateCapability', on: ['capability'], for: ['update-capability'], parts: true },
  // One that had failed to be created goes before it is made anew.
  { action: 'eks:DeleteCapability', on: ['capability'], for: ['create-capability', 'update-capability', 'delete-capability'], parts: true },
  { action: 'eks:TagResource', on: ['capability'], for: ['create-capability'], parts: true },
  { action: 'iam:PassRole', on: ['capability-role'], for: ['create-capability', 'update-capability'], parts: true },
  // Whether the zones that names are asked for in are there.
  { action: 'route53:GetHostedZone', on: ['hosted-zone'], for: ['look'], parts: true },
] as const;
