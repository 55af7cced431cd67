import { repositoryId, type Repository, type RepositoryAddress } from '../../domain/images/repository.ts';
import type { RepositoryLine, Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { historyLine } from './history.ts';
import { eventKey, OPEN_REPOSITORIES, registryKey, REPOSITORIES, repositoryKey, type Key } from './keys.ts';
import { equals, readList } from './lists.ts';
import { eventIn } from './records.ts';
import type { Action, Stored, TableAccess } from './table-access.ts';

type Repositories = Pick<Store, 'repository' | 'repositoriesNamed' | 'listRepositories' | 'beginRepository' | 'changeRepository' | 'openRepositories' | 'repositoryEvents' | 'holdRegistry' | 'releaseRegistry' | 'rememberAnswer'>;

/** A name in this many accounts and regions is looked at; nobody has more. */
const NAMESAKES_MAX = 100;
/** Who holds a registry and has died lets it go after so long: longer than a function of images runs. */
const HOLD_SECONDS = 60;

export function repositories(table: TableAccess): Repositories {
  return {
    async repository(address) {
      const item = await table.get(repositoryKey(repositoryId(address)));
      return item === undefined ? undefined : repositoryIn(item);
    },

    async repositoriesNamed(name) {
      const { items } = await table.query({ that: '#pk = :pk', values: { pk: repositoryKey(`${name}#`).pk }, limit: NAMESAKES_MAX });
      return items.map(repositoryIn);
    },

    async listRepositories({ team, accountId }, page) {
      const partition = team === undefined ? REPOSITORIES : `${REPOSITORIES}#${team}`;
      const { items, ...rest } = await readList(table, { index: team === undefined ? 'list' : 'team', partition, filter: equals('accountId', accountId), forward: true, keyOf: repositoryKey }, page);
      return { items: items.map(repositoryIn), ...rest };
    },

    async beginRepository(repository, line) {
      const written = await table.write({ repository: { put: repositoryItem(repository), if: { that: 'attribute_not_exists(#pk)' } }, line: lineAction(repository, line) });
      if (written.kind === 'written') return written;
      return { kind: 'exists', repository: repositoryIn(written.met.repository ?? {}) };
    },

    async changeRepository(before, after, line) {
      const seen = { that: '#revision = :revision', values: { revision: before.revision } };
      const key = repositoryKey(repositoryId(before));
      const repository: Action = after === undefined ? { delete: key, if: seen } : { put: repositoryItem(after), if: seen };
      // Two actions, hence one transaction with a token: a repeat whose answer was lost is harmless.
      return (await table.write({ repository, line: lineAction(before, line) })).kind === 'written' ? 'written' : 'moved';
    },

    async openRepositories(limit) {
      const { items } = await table.query({ index: 'due', that: '#duePk = :open', values: { open: OPEN_REPOSITORIES }, limit });
      const found = await table.getAll(items.map((item) => ({ pk: String(item['pk']), sk: String(item['sk']) })));
      return found.map(repositoryIn).filter(isOpen);
    },

    async repositoryEvents(address, page) {
      const of = historyOf(address);
      const after = page.after?.['sequence'];
      const { items } = await table.query({ that: '#pk = :pk', values: { pk: eventKey(of, '').pk }, limit: page.limit + 1, ...(after === undefined ? {} : { after: eventKey(of, after) }) });
      const shown = items.slice(0, page.limit).map(eventIn);
      const last = shown.at(-1);
      return { items: shown, ...(items.length > page.limit && last !== undefined ? { next: { sequence: last.sequence } } : {}) };
    },

    async holdRegistry({ accountId, region }, holder, now) {
      const until = now + HOLD_SECONDS * 1000;
      const free = { that: 'attribute_not_exists(#pk) OR #until < :now OR #holder = :holder', values: { now, holder } };
      return (await table.write({ registry: { put: { ...registryKey(accountId, region), holder, until, ttl: Math.ceil(until / 1000) }, if: free } })).kind === 'written';
    },

    async releaseRegistry({ accountId, region }, holder) {
      await table.write({ registry: { delete: registryKey(accountId, region), if: { that: '#holder = :holder', values: { holder } } } });
    },

    async rememberAnswer(answer) {
      const written = await table.write({ answer: answerAction(answer) });
      return written.kind === 'written' ? written : (answeredBy(written.met) ?? { kind: 'written' });
    },
  };
}

function isOpen({ state }: Repository): boolean {
  return state === 'Changing' || state === 'Deleting';
}

function repositoryItem(repository: Repository): Key & Stored {
  const id = repositoryId(repository);
  const team = repository.team === undefined ? {} : { teamPk: `${REPOSITORIES}#${repository.team}` };
  const open = isOpen(repository) ? { duePk: OPEN_REPOSITORIES, dueAt: Date.parse(repository.asked.at) } : {};
  return { ...repositoryKey(id), listPk: REPOSITORIES, listSk: id, ...team, ...open, ...repository };
}

function repositoryIn({ pk: _pk, sk: _sk, listPk: _listPk, listSk: _listSk, teamPk: _teamPk, duePk: _duePk, dueAt: _dueAt, ...repository }: Stored): Repository {
  return repository as unknown as Repository;
}

/** Stays when the repository is gone: who made it again reads on. */
function historyOf(address: RepositoryAddress): string {
  return `repository/${repositoryId(address)}`;
}

function lineAction(of: RepositoryAddress, { type, message, by, at }: RepositoryLine): Action {
  return historyLine(historyOf(of), { type, message, ...(by === undefined ? {} : { by }) }, at);
}
