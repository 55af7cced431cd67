import { API, COMMANDS } from './api.ts';
import { edge } from './edge.ts';

/** The Lambda function of everything that changes something. */
export const handler = edge(COMMANDS, API);
