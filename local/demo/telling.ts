import type { ApiClient } from '../api-client.ts';

const POLL_MS = 250;

/** Follows an operation as its progress changes, then tells what each step came to. */
export async function follow(api: ApiClient, operationId: string, clock: () => string): Promise<void> {
  let last = '';
  for (;;) {
    const operation = await api.get(`/v1/operations/${operationId}`);
    const waits = operation.waitingFor === undefined || operation.progress.message.endsWith(operation.waitingFor.because) ? '' : ` (${operation.waitingFor.because})`;
    const line = `${operation.state}  ${operation.progress.message}${waits}`;
    if (line !== last) say(`   ${clock()}  ${line}`);
    last = line;
    if (operation.endedAt !== undefined) {
      for (const step of operation.steps) say(`     ${step.state === 'Succeeded' ? 'ok' : step.state}  ${step.title}${step.startedAt === undefined ? '' : ` (${minutesBetween(step.startedAt, step.endedAt)} min)`}`);
      for (const error of operation.errors) say(`     ${error.code}: ${error.message}`);
      if (operation.state !== 'Succeeded') throw new Error(`The operation ended as ${operation.state}.`);
      return;
    }
    await pause();
  }
}

function minutesBetween(from: string, to: string | undefined): number {
  return to === undefined ? 0 : Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
