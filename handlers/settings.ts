/** A setting of the function, from its environment. Throws when it is not there: a function without its settings must not guess. */
export function setting(name: 'SLIPWAY_JWKS_URL' | 'SLIPWAY_TOKEN_ISSUER' | 'SLIPWAY_TOKEN_AUDIENCE' | 'SLIPWAY_CURSOR_KEY' | 'SLIPWAY_HOME_ACCOUNT_ID'): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
