import { refuse, type Refusal } from '../domain/refusal.ts';

/** The same words whether a thing never was, is gone, or is another team's. */
export function notFound(): Refusal {
  return refuse('not-found', 'There is no such thing here.');
}
