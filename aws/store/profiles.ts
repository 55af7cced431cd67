import type { Profile } from '../../domain/profile.ts';
import type { Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { PROFILES, profileKey, profileVersionKey } from './keys.ts';
import type { Stored, TableAccess } from './table-access.ts';

/** Profiles of a fleet: more of them are names that nobody knows. */
const PROFILES_READ_MAX = 200;

/** Profiles: the newest version of each under one partition, by name, and each version for itself. */
export function profiles(table: TableAccess): Pick<Store, 'profiles' | 'profile' | 'addProfileVersion'> {
  return {
    async profiles() {
      const { items } = await table.query({ that: '#pk = :pk', values: { pk: PROFILES }, limit: PROFILES_READ_MAX });
      return items.map(profileIn);
    },

    async profile(name, version) {
      const item = await table.get(version === undefined ? profileKey(name) : profileVersionKey(name, version));
      return item === undefined ? undefined : profileIn(item);
    },

    async addProfileVersion(profile, answer) {
      const { name, version } = profile;
      const before = version === 1 ? { that: 'attribute_not_exists(#pk)' } : { that: '#version = :before', values: { before: version - 1 } };
      const written = await table.write({
        newest: { put: { ...profileKey(name), ...profile }, if: before },
        version: { put: { ...profileVersionKey(name, version), ...profile }, if: { that: 'attribute_not_exists(#pk)' } },
        answer: answerAction(answer),
      });
      if (written.kind === 'written') return written;
      return answeredBy(written.met) ?? { kind: 'moved' };
    },
  };
}

function profileIn({ pk: _pk, sk: _sk, ...profile }: Stored): Profile {
  return profile as unknown as Profile;
}
