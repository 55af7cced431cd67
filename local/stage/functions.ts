import { AsyncLocalStorage } from 'node:async_hooks';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeployedFunction } from '../deployment.ts';
import type { SimulatedAws } from '../aws/index.ts';

/** Which function is running, so that in one process each call is signed with the credentials of its own function's role. */
const running = new AsyncLocalStorage<{ readonly functionName: string }>();

/** The repository's root, where the functions' files are named from. */
export const ROOT = resolve(import.meta.dirname, '../..');

interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Registers the functions of the deployment with the simulated Lambda. They are the production files, loaded at the first
 * call as a cold start would, each running with its own role's rights: a missing right shows here, not on AWS.
 */
export function registerFunctions(aws: SimulatedAws, functions: readonly DeployedFunction[]): void {
  for (const fn of functions) {
    aws.lambda.register({
      name: fn.name,
      roleArn: fn.roleArn,
      timeoutSeconds: fn.timeoutSeconds,
      handler: (event, context) =>
        running.run({ functionName: fn.name }, async () => {
          const module = (await import(pathToFileURL(resolve(ROOT, fn.file)).href)) as { handler: (event: unknown, context: unknown) => Promise<unknown> };
          return module.handler(event, context);
        }),
    });
  }
}

/**
 * The credentials of whichever function is running. They claim to expire at once, so that the SDK, which keeps credentials
 * that last, asks again for every call: one process plays many functions.
 */
export function runningCredentials(aws: SimulatedAws, functions: readonly DeployedFunction[]): () => Promise<RoleCredentials & { readonly expiration: Date }> {
  const issued = new Map<string, RoleCredentials>();
  return () => {
    const functionName = running.getStore()?.functionName;
    const fn = functions.find((candidate) => candidate.name === functionName);
    if (fn === undefined) throw new Error('An AWS client was used outside of a function.');
    const known = issued.get(fn.name) ?? aws.sts.issueForFunction(fn.roleArn, fn.name);
    issued.set(fn.name, known);
    return Promise.resolve({ ...known, expiration: new Date(Date.now()) });
  };
}
