import * as z from 'zod';

export const TOKEN_LEVELS = ['viewer', 'operator', 'admin'] as const;
export type TokenLevel = (typeof TOKEN_LEVELS)[number];

/** Short-lived tokens that Slipway may issue for the cluster. */
export const TokensWish = z.strictObject({
  levels: z
    .array(z.enum(TOKEN_LEVELS))
    .max(TOKEN_LEVELS.length)
    .refine((levels) => new Set(levels).size === levels.length, { message: 'Each level once' })
    .meta({ description: 'For each level a role without any right in AWS, and an access entry that lets it in with that of Kubernetes. Empty: no tokens.' }),
});
export type TokensWish = z.output<typeof TokensWish>;
