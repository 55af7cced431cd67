import type { Model } from './protocols/shape.ts';
import type { MalformedInput } from './protocols/wire.ts';
import { AwsError } from './service.ts';
import type { Protocol } from './service.ts';

/** The errors that AWS has in front of its services, in each protocol's own words. */

const speaksJson = (protocol: Protocol): boolean => protocol === 'aws-json-1.0' || protocol === 'aws-json-1.1' || protocol === 'rest-json' || protocol === 'rpc-v2-cbor';
/** Services of AWS JSON answer 400 to what others answer 403 to. */
const forbidden = (protocol: Protocol): number => (protocol === 'aws-json-1.0' || protocol === 'aws-json-1.1' || protocol === 'rpc-v2-cbor' ? 400 : 403);

export function deniedError(protocol: Protocol, message: string): AwsError {
  if (protocol === 'ec2-query') return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403);
  return new AwsError(speaksJson(protocol) ? 'AccessDeniedException' : 'AccessDenied', message, forbidden(protocol));
}

export function expiredError(protocol: Protocol): AwsError {
  if (protocol === 'ec2-query') return new AwsError('RequestExpired', 'Request has expired.', 400);
  return new AwsError(speaksJson(protocol) ? 'ExpiredTokenException' : 'ExpiredToken', 'The security token included in the request is expired', 403);
}

export function invalidCredentialsError(protocol: Protocol): AwsError {
  if (protocol === 'ec2-query') return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  return new AwsError(speaksJson(protocol) ? 'UnrecognizedClientException' : 'InvalidClientTokenId', 'The security token included in the request is invalid.', forbidden(protocol));
}

export function unsupportedError(service: string, operation: string): AwsError {
  return new AwsError('NotImplemented', `The simulated AWS does not support ${service}:${operation}.`, 501);
}

/** Which of its own errors a service answers to an input that breaks its model. */
export function malformedInputError(service: { readonly name: string; readonly protocol: Protocol }, model: Model, problem: MalformedInput): AwsError {
  const { member } = problem;
  if (service.protocol === 'ec2-query') {
    if (problem.problem === 'missing') return new AwsError('MissingParameter', `The request must contain the parameter ${capitalised(member)}`, 400);
    return new AwsError('InvalidParameterValue', `Value for parameter ${capitalised(member)} is invalid: ${problem.message}`, 400);
  }
  if (problem.problem !== 'missing' && service.protocol !== 'aws-query') return new AwsError('SerializationException', problem.message, 400);
  const violation = problem.problem === 'missing' ? `Value null at '${uncapitalised(member)}' failed to satisfy constraint: Member must not be null` : `Value at '${uncapitalised(member)}': ${problem.message}`;
  const message = `1 validation error detected: ${violation}`;
  if (service.protocol === 'aws-query') return new AwsError('ValidationError', message, 400);
  const known = ['ValidationException', 'InvalidParameterException', 'InvalidParameterValueException'].find((code) => model.errors.has(code));
  return new AwsError(service.name === 'sqs' ? 'MissingParameter' : (known ?? 'ValidationException'), service.name === 'sqs' ? `The request must contain the parameter ${member}.` : message, 400);
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const uncapitalised = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
