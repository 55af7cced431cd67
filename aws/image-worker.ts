import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isRefusal, refuse } from '../domain/refusal.ts';
import type { ImageAnswers, ImageTask, ImageWorker, Log } from './ports.ts';

/** How long the API waits; API Gateway itself gives up at 30 s. */
const ANSWER_SECONDS_MAX = 20;

/** The API's hands for images: the function `images`, which may assume roles in other accounts. */
export function createImageWorker(client: LambdaClient, functionName: string, log: Log): ImageWorker {
  return {
    async ask<T extends ImageTask>(task: T) {
      const { accountId, region } = 'address' in task ? task.address : task;
      const unreachable = (detail: string) =>
        refuse('account-unreachable', `Images in account ${accountId}, ${region} could not be worked on: ${detail}`, { remedy: 'What was begun is brought to its end by itself within minutes. Verify the account (POST /v1/accounts/{accountId}/verify), and ask again.' });
      try {
        const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(task)) }), { abortSignal: AbortSignal.timeout(ANSWER_SECONDS_MAX * 1000) });
        const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
        if (answer.FunctionError !== undefined) {
          log.error('images failed', { account: accountId, error: JSON.stringify(payload).slice(0, 1000) });
          return unreachable('the work failed on the way.');
        }
        return isRefusal(payload) ? payload : (payload as ImageAnswers[T['task']]);
      } catch (error) {
        if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) return unreachable(`no answer within ${ANSWER_SECONDS_MAX} seconds.`);
        throw error;
      }
    },
  };
}
