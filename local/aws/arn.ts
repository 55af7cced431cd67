/** `arn:aws:iam::123456789012:role/team/name` in its parts; undefined when it is no role's ARN. */
export function roleOfArn(arn: string): { readonly accountId: string; readonly name: string } | undefined {
  const form = /^arn:aws:iam::(\d{12}):role\/(?:[\u0021-\u007e]+\/)?([\w+=,.@-]{1,64})$/.exec(arn);
  return form === null ? undefined : { accountId: form[1] ?? '', name: form[2] ?? '' };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id as IAM gives them: a prefix (`AROA`, `ASIA`, `ANPA`) and letters from 32 hex digits. */
export function iamId(prefix: string, hex: string, length: number): string {
  let rest = BigInt(`0x${hex}`);
  let id = '';
  while (id.length < length) {
    id += LETTERS[Number(rest % 32n)] ?? '';
    rest /= 32n;
  }
  return `${prefix}${id}`;
}
