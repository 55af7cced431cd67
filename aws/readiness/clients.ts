import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Session } from '../ports.ts';
import type { Transport } from '../transport.ts';

/** Attempts of one call of a readiness look: what is throttled for longer is told as unknown, and asked for again another time. */
const CALL_ATTEMPTS_MAX = 3;

/** Whom the readiness looks ask, with the credentials of one session. */
export interface ReadinessClients {
  readonly eks: EKSClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly quotas: ServiceQuotasClient;
  readonly autoScaling: AutoScalingClient;
}

export function readinessClients(session: Session, transport: Transport): ReadinessClients {
  const options = { region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport };
  return {
    eks: new EKSClient(options),
    ec2: new EC2Client(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    quotas: new ServiceQuotasClient(options),
    autoScaling: new AutoScalingClient(options),
  };
}
