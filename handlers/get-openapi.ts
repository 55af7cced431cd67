import * as z from 'zod';
import { ok } from './answers.ts';
import { openApiOf } from './openapi.ts';
import { route } from './route.ts';

/** The contract, made from the schemas and the table that the API itself runs on. */
export const getOpenApi = route({
  method: 'GET',
  path: '/v1/openapi.json',
  access: 'anyone',
  summary: 'Read this document',
  answers: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.literal('3.1.0') }) } },
  async run(ask) {
    return ok(openApiOf(ask.api));
  },
});
