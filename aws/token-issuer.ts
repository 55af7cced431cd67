import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isRefusal, refuse } from '../domain/refusal.ts';
import type { IssuedToken, Log, TokenIssuer } from './ports.ts';

const ANSWER_SECONDS_MAX = 20;

/** The function `issue-token`, which alone may assume the roles behind tokens. What it answers is never told to the log. */
export function createTokenIssuer(client: LambdaClient, functionName: string, log: Log): TokenIssuer {
  return {
    async issue(asked) {
      const unreachable = (detail: string) => refuse('account-unreachable', `No token could be made: ${detail}`, { remedy: 'Ask again in a while.' });
      try {
        const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(asked)) }), { abortSignal: AbortSignal.timeout(ANSWER_SECONDS_MAX * 1000) });
        if (answer.FunctionError !== undefined) {
          log.error('issue-token failed', { cluster: asked.clusterId, error: answer.FunctionError });
          return unreachable('the function that issues tokens failed.');
        }
        const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
        return isRefusal(payload) ? payload : (payload as IssuedToken);
      } catch (error) {
        if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) return unreachable(`no answer within ${ANSWER_SECONDS_MAX} seconds.`);
        throw error;
      }
    },
  };
}
