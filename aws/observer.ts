import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isRefusal, refuse } from '../domain/refusal.ts';
import type { Answers, Log, Observer, Question } from './ports.ts';

/** How long the API waits for facts; API Gateway itself gives up at 30 s. */
const ANSWER_SECONDS_MAX = 20;

/** The API's eyes: the function `observe`, which alone may assume roles in other accounts. */
export function createObserver(client: LambdaClient, functionName: string, log: Log): Observer {
  return {
    async observe<Q extends Question>(question: Q) {
      const unreachable = (detail: string) =>
        refuse('account-unreachable', `Account ${question.accountId} could not be looked at: ${detail}`, { remedy: 'Verify the account (POST /v1/accounts/{accountId}/verify) and ask again.' });
      try {
        const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(question)) }), {
          abortSignal: AbortSignal.timeout(ANSWER_SECONDS_MAX * 1000),
        });
        const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
        if (answer.FunctionError !== undefined) {
          log.error('observe failed', { account: question.accountId, error: JSON.stringify(payload).slice(0, 1000) });
          return unreachable('the look failed.');
        }
        return isRefusal(payload) ? payload : (payload as Answers[Q['ask']]);
      } catch (error) {
        if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) return unreachable(`no answer within ${ANSWER_SECONDS_MAX} seconds.`);
        throw error;
      }
    },
  };
}
