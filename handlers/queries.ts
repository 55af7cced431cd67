import { API, QUERIES } from './api.ts';
import { edge } from './edge.ts';

/** The Lambda function of everything that is only read, and of what no route is for. */
export const handler = edge(QUERIES, API);
