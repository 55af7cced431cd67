import { nameOf } from '../eks/errors.ts';
import { mayBeNewRole } from '../eks/role-not-known.ts';
import type { Begun } from '../ports.ts';

/** Errors by which IAM, EKS, EC2 and Auto Scaling refuse for good: the same call gets the same answer until somebody changes something. */
const REFUSALS = new Set([
  'MalformedPolicyDocumentException',
  'MalformedPolicyDocument',
  'LimitExceededException',
  'LimitExceeded',
  'InvalidInputException',
  'InvalidInput',
  'UnmodifiableEntityException',
  'PolicyNotAttachableException',
  'InvalidParameterException',
  'InvalidRequestException',
  'ResourceLimitExceededException',
  'ClientException',
  'ValidationError',
]);

/** Work whose refusals by AWS's rules are values; all other errors are the caller's. */
export async function refusing(work: () => Promise<Begun>): Promise<Begun> {
  try {
    return await work();
  } catch (error) {
    const code = nameOf(error);
    const message = error instanceof Error ? error.message : code;
    if (REFUSALS.has(code)) return { kind: mayBeNewRole(message) ? 'not-yet' : 'refused', code, message };
    throw error;
  }
}
