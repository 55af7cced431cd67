import * as z from 'zod';
import { ACK_SERVICES } from '../controllers/ack-services.ts';
import { PolicyAsked } from '../policies/requests.ts';
import { RoleArn } from '../request-words.ts';

const SERVICES_MAX = 10;
const MAPPINGS_MAX = 3;
const IDENTITIES_MAX = 50;
const VPC_ENDPOINTS_MAX = 10;

export const CapabilityName = z
  .string()
  .max(100)
  .regex(/^[0-9A-Za-z][0-9A-Za-z_-]*$/, 'Begins with a letter or digit, goes on with letters, digits, hyphens and underscores');
const Name = CapabilityName.optional().meta({ description: 'Its type in small letters when not given.' });

const common = {
  name: Name,
  roleArn: RoleArn.optional().meta({ description: 'A role of your own; Slipway makes one when it is not given.' }),
};

/** Resources of a service whose names begin so: the only ones that the controllers may make and change. */
const AckService = z.strictObject({
  service: z.enum(ACK_SERVICES),
  namePrefix: z.string().min(3).max(40).regex(/^[0-9a-z][0-9a-z-]*$/, 'Small letters, digits and hyphens'),
});

const Ack = z.strictObject({
  type: z.literal('ACK'),
  ...common,
  services: z.array(AckService).min(1).max(SERVICES_MAX).optional().meta({ description: 'What its role may keep. Not with `roleArn`.' }),
  disabledServices: z.array(z.string().max(40).regex(/^[0-9a-z]+$/, 'Not a name of a service')).max(100).optional().meta({ description: 'ACK services whose controllers are turned off.' }),
  enableCrossNamespace: z.boolean().optional().meta({ description: 'Whether references lead to other namespaces.' }),
});

const Kro = z.strictObject({ type: z.literal('KRO'), ...common });

const ArgoCd = z.strictObject({
  type: z.literal('ARGOCD'),
  ...common,
  policy: PolicyAsked.optional().meta({ description: 'What its role may do beside: reading secrets of repositories. Not with `roleArn`.' }),
  argoCd: z.strictObject({
    idcInstanceArn: z.string().regex(/^arn:aws:sso:::instance\/ssoins-[0-9a-f]{16}$/, 'Not the ARN of an IAM Identity Center instance'),
    idcRegion: z.string().max(25).regex(/^[a-z]{2}(-[a-z]+){1,3}-\d$/, 'Not a region').optional(),
    namespace: z.string().max(63).regex(/^[0-9a-z]([0-9a-z-]*[0-9a-z])?$/, 'Not a namespace').optional(),
    vpceIds: z.array(z.string().max(30).regex(/^vpce-[0-9a-f]{8,17}$/, 'Not a VPC endpoint id')).min(1).max(VPC_ENDPOINTS_MAX).optional().meta({ description: 'With them it is reached through these endpoints alone.' }),
    rbacRoleMappings: z
      .array(
        z.strictObject({
          role: z.enum(['ADMIN', 'EDITOR', 'VIEWER']),
          identities: z.array(z.strictObject({ id: z.string().min(1).max(128), type: z.enum(['SSO_USER', 'SSO_GROUP']) })).min(1).max(IDENTITIES_MAX),
        }),
      )
      .min(1)
      .max(MAPPINGS_MAX)
      .optional(),
  }),
});

/** An EKS Capability: ACK, kro or Argo CD, run by EKS outside the cluster's nodes. */
export const CapabilityWish = z.discriminatedUnion('type', [Ack, Kro, ArgoCd]);
export type CapabilityWish = z.output<typeof CapabilityWish>;

/** What a capability is called: its type in small letters where no name was given. */
export function capabilityName({ name, type }: CapabilityWish): string {
  return name ?? type.toLowerCase();
}
