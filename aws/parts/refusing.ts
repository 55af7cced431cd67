import { nameOf } from '../eks/errors.ts';
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
    if (REFUSALS.has(nameOf(error))) return { kind: 'refused', code: nameOf(error), message: error instanceof Error ? error.message : nameOf(error) };
    throw error;
  }
}
