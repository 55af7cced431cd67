import { AwsError } from '../service.ts';

/** The members of EKS's error shapes that say what the error is about. */
export interface About {
  readonly clusterName?: string | undefined;
  readonly nodegroupName?: string | undefined;
  readonly addonName?: string | undefined;
  readonly fargateProfileName?: string | undefined;
}

export function invalidParameter(message: string, about: About = {}): AwsError {
  return new AwsError('InvalidParameterException', message, 400, { ...about });
}

export function invalidRequest(message: string, about: About = {}): AwsError {
  return new AwsError('InvalidRequestException', message, 400, { ...about });
}

export function invalidState(message: string, about: About = {}): AwsError {
  return new AwsError('InvalidStateException', message, 400, { ...about });
}

export function inUse(message: string, about: About = {}): AwsError {
  return new AwsError('ResourceInUseException', message, 409, { ...about });
}

export function notFound(message: string, about: About = {}): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404, { ...about });
}

export function limitExceeded(message: string, about: About = {}): AwsError {
  return new AwsError('ResourceLimitExceededException', message, 400, { ...about });
}

/** The call is right, but the rehearsal stage has no true answer to it. Refused loudly, never guessed. */
export function notSimulated(what: string): AwsError {
  return new AwsError('NotImplemented', `The simulated EKS does not support ${what}.`, 501);
}
