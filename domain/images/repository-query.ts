import * as z from 'zod';
import { AccountId } from '../request-words.ts';
import { PageQuery } from '../requests.ts';

/** Apart from the other requests: those are read by the table of requests, which this one reads. */
export const RepositoryQuery = z.strictObject({ ...PageQuery.shape, accountId: AccountId.optional() });
export const RepositoryEventsQuery = z.strictObject({ ...PageQuery.shape, accountId: AccountId.optional(), region: z.string().max(32).optional() });
