import * as z from 'zod';
import type { Collection, Disk } from '../../disk.ts';
import services from './quotas.json' with { type: 'json' };

const known = (service: string, code: string): boolean => services.some((candidate) => candidate.service === service && candidate.quotas.some((quota) => quota.code === code));

/** `POST /_sim/quotas`: what an account has of a quota from now on, be it less than it had. */
export const QuotaRequest = z
  .strictObject({
    account: z.string().regex(/^\d{12}$/, 'an account is 12 digits'),
    region: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1'),
    service: z.string(),
    code: z.string(),
    value: z.number().min(0).max(1_000_000),
  })
  .refine(({ service, code }) => known(service, code), { message: 'the simulated Service Quotas has no such quota', path: ['code'] });

export type QuotaSetting = z.infer<typeof QuotaRequest> & { /** Virtual epoch ms. */ readonly setAt: number };

/** Quotas that were set by hand, on the disk. */
export class QuotaSettings {
  readonly #settings: Collection<QuotaSetting>;

  constructor(disk: Disk) {
    this.#settings = disk.collection('servicequotas-settings');
  }

  of({ accountId, region }: { readonly accountId: string; readonly region: string }, { service, code }: { readonly service: string; readonly code: string }): QuotaSetting | undefined {
    return this.#settings.get(`${accountId}/${region}/${service}/${code}`);
  }

  list(): QuotaSetting[] {
    return this.#settings.list();
  }

  put(asked: z.infer<typeof QuotaRequest>, now: number): QuotaSetting {
    const setting = { ...asked, setAt: now };
    this.#settings.put(`${asked.account}/${asked.region}/${asked.service}/${asked.code}`, setting);
    return setting;
  }

  clear(): void {
    for (const [key] of this.#settings.entries()) this.#settings.delete(key);
  }
}
