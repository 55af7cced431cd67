import { AwsError } from '../service.ts';

// Names of domains, as Route 53 keeps and orders them. Source: Route 53 developer guide, "DNS domain name format".

const NAME_MAX = 255;
const LABEL_MAX = 63;

export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', message, 400);

/** Lower-case, with its last dot, and with what DNS does not write plainly as `\ooo`. */
export function normalised(name: string): string {
  const lower = name.toLowerCase();
  const escaped = lower.replace(/[^a-z0-9.\\_-]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return escaped.endsWith('.') ? escaped : `${escaped}.`;
}

export function checkName(name: string): void {
  const labels = normalised(name).slice(0, -1).split('.');
  if (name === '' || name.length > NAME_MAX || labels.some((label) => label === '' || label.length > LABEL_MAX)) throw new AwsError('InvalidDomainName', `The domain name ${name} is invalid.`, 400);
}

/** Lists are ordered by the labels from the last to the first. */
export const sortKey = (name: string): string => normalised(name).slice(0, -1).split('.').reverse().join('.');

/** `undefined` when the name does not end in the zone's. */
export const isWithin = (name: string, zone: string): boolean => normalised(name) === zone || normalised(name).endsWith(`.${zone}`);
