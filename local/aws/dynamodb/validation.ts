import { AwsError } from '../service.ts';

/** DynamoDB's answer to a request that is not well formed or that its rules refuse. The texts are AWS's own: programs and people match on them. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** What AWS can and this engine cannot: told by name, never guessed. */
export function unsupported(what: string): AwsError {
  return new AwsError('NotImplemented', `The simulated DynamoDB does not support ${what}`, 501);
}
