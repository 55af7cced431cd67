import { AwsError } from '../service.ts';
import type { Call } from '../service.ts';

/** The constraints of the service's own model (service-2.json of ECR, 2015-09-21), which the client's schemas do not carry. */
const REPOSITORY_NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

export function invalid(parameter: string, constraint: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`);
}

export function checkLength(parameter: string, value: string | readonly unknown[] | undefined, min: number, max: number): void {
  if (value === undefined) return;
  if (value.length < min) throw invalid(parameter, `Member must have length greater than or equal to ${min}`);
  if (value.length > max) throw invalid(parameter, `Member must have length less than or equal to ${max}`);
}

export function checkPattern(parameter: string, value: string | undefined, pattern: RegExp): void {
  if (value !== undefined && !pattern.test(value)) throw invalid(parameter, `must satisfy regular expression '${pattern.source.slice(1, -1)}'`);
}

export function checkName(name: string | undefined): string {
  if (name === undefined) throw invalid('repositoryName', 'Member must not be null');
  checkLength('repositoryName', name, 2, 256);
  checkPattern('repositoryName', name, REPOSITORY_NAME);
  return name;
}

/** Every operation but the pull reaches into the caller's own registry only. */
export function ownRegistry(input: { readonly registryId?: string | undefined }, call: Call): Call {
  if (input.registryId !== undefined && input.registryId !== call.accountId) throw new AwsError('NotImplemented', `The simulated AWS does not support ${call.operation} in another account's registry.`, 501);
  return call;
}
