import type { Disk } from '../../disk.ts';
import type { EventRecord, ExecutionBeginning, ExecutionProgress, ExecutionRecord, Frame, MachineRecord, StatusChange, TokenRecord } from './records.ts';

/** What is written of an execution in one transaction. */
export interface Changes {
  readonly execution: ExecutionRecord;
  readonly events: readonly EventRecord[];
  readonly frames: readonly Frame[];
  readonly framesGone: readonly number[];
  readonly tokensOpened: ReadonlyMap<string, TokenRecord>;
  readonly tokensClosed: readonly string[];
  readonly announcement?: StatusChange;
}

export interface Listed {
  readonly record: ExecutionRecord;
  /** Where the page after this one begins. */
  readonly position: number;
}

interface ExecutionRow {
  readonly beginning: string;
  readonly progress: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS states_machines (arn TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_executions (
    position INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, status TEXT NOT NULL, beginning TEXT NOT NULL, progress TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS states_executions_by_machine ON states_executions (machine, position);
  CREATE INDEX IF NOT EXISTS states_executions_by_status ON states_executions (status, position);
  CREATE TABLE IF NOT EXISTS states_events (execution TEXT NOT NULL, id INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (execution, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_frames (execution TEXT NOT NULL, id INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (execution, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_tokens (token TEXT PRIMARY KEY, execution TEXT NOT NULL, frame INTEGER NOT NULL, scheduled INTEGER NOT NULL, open INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_announcements (position INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
`;

/** The engine's tables. Executions, their histories, the frames of those that run, the tokens ever given out, and status changes not told yet. */
export class Storage {
  readonly #disk: Disk;
  readonly #sql;

  constructor(disk: Disk) {
    this.#disk = disk;
    disk.sql.exec(SCHEMA);
    const { sql } = disk;
    this.#sql = {
      machine: sql.prepare('SELECT document FROM states_machines WHERE arn = ?'),
      machines: sql.prepare('SELECT document FROM states_machines WHERE arn > ? AND arn >= ? AND arn < ? ORDER BY arn LIMIT ?'),
      putMachine: sql.prepare('INSERT INTO states_machines (arn, document) VALUES (?, ?) ON CONFLICT DO UPDATE SET document = excluded.document'),
      deleteMachine: sql.prepare('DELETE FROM states_machines WHERE arn = ?'),
      execution: sql.prepare('SELECT beginning, progress FROM states_executions WHERE arn = ?'),
      addExecution: sql.prepare('INSERT INTO states_executions (arn, machine, status, beginning, progress) VALUES (?, ?, ?, ?, ?)'),
      putExecution: sql.prepare('UPDATE states_executions SET status = ?, progress = ? WHERE arn = ?'),
      deleteExecution: sql.prepare('DELETE FROM states_executions WHERE arn = ?'),
      running: sql.prepare("SELECT beginning, progress FROM states_executions WHERE status = 'RUNNING' ORDER BY position"),
      list: sql.prepare('SELECT position, beginning, progress FROM states_executions WHERE machine = ? AND position < ? ORDER BY position DESC LIMIT ?'),
      listByStatus: sql.prepare('SELECT position, beginning, progress FROM states_executions WHERE machine = ? AND position < ? AND status = ? ORDER BY position DESC LIMIT ?'),
      addEvent: sql.prepare('INSERT INTO states_events (execution, id, document) VALUES (?, ?, ?)'),
      events: sql.prepare('SELECT document FROM states_events WHERE execution = ? AND id > ? ORDER BY id LIMIT ?'),
      eventsBack: sql.prepare('SELECT document FROM states_events WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?'),
      deleteEvents: sql.prepare('DELETE FROM states_events WHERE execution = ?'),
      frames: sql.prepare('SELECT document FROM states_frames WHERE execution = ? ORDER BY id'),
      putFrame: sql.prepare('INSERT INTO states_frames (execution, id, document) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document'),
      deleteFrame: sql.prepare('DELETE FROM states_frames WHERE execution = ? AND id = ?'),
      token: sql.prepare('SELECT execution, frame, scheduled, open FROM states_tokens WHERE token = ?'),
      addToken: sql.prepare('INSERT INTO states_tokens (token, execution, frame, scheduled, open) VALUES (?, ?, ?, ?, 1)'),
      closeToken: sql.prepare('UPDATE states_tokens SET open = 0 WHERE token = ?'),
      deleteTokens: sql.prepare('DELETE FROM states_tokens WHERE execution = ?'),
      announcements: sql.prepare('SELECT position, document FROM states_announcements ORDER BY position'),
      addAnnouncement: sql.prepare('INSERT INTO states_announcements (document) VALUES (?)'),
      deleteAnnouncement: sql.prepare('DELETE FROM states_announcements WHERE position = ?'),
    };
  }

  machine(arn: string): MachineRecord | undefined {
    return one<MachineRecord>(this.#sql.machine.get(arn));
  }

  /** Machines whose ARN begins with `prefix`, in order, after `after`. */
  machines(prefix: string, after: string, limit: number): MachineRecord[] {
    return many<MachineRecord>(this.#sql.machines.all(after, prefix, `${prefix}\u{10FFFF}`, limit));
  }

  putMachine(machine: MachineRecord): void {
    this.#disk.transaction(() => this.#sql.putMachine.run(machine.arn, JSON.stringify(machine)));
  }

  deleteMachine(arn: string): void {
    this.#disk.transaction(() => this.#sql.deleteMachine.run(arn));
  }

  execution(arn: string): ExecutionRecord | undefined {
    const row = this.#sql.execution.get(arn) as ExecutionRow | undefined;
    return row === undefined ? undefined : recordOf(row);
  }

  running(): ExecutionRecord[] {
    return (this.#sql.running.all() as unknown as ExecutionRow[]).map(recordOf);
  }

  /** Executions of a machine, the latest first, before `position`. */
  list(machineArn: string, status: string | undefined, before: number, limit: number): Listed[] {
    const rows = status === undefined ? this.#sql.list.all(machineArn, before, limit) : this.#sql.listByStatus.all(machineArn, before, status, limit);
    return (rows as unknown as (ExecutionRow & { position: number })[]).map((row) => ({ position: row.position, record: recordOf(row) }));
  }

  events(arn: string, after: number, limit: number): EventRecord[] {
    return many<EventRecord>(this.#sql.events.all(arn, after, limit));
  }

  eventsBackwards(arn: string, before: number, limit: number): EventRecord[] {
    return many<EventRecord>(this.#sql.eventsBack.all(arn, before, limit));
  }

  frames(arn: string): Frame[] {
    return many<Frame>(this.#sql.frames.all(arn));
  }

  token(token: string): TokenRecord | undefined {
    const row = this.#sql.token.get(token) as { execution: string; frame: number; scheduled: number; open: number } | undefined;
    return row === undefined ? undefined : { ...row, open: row.open === 1 };
  }

  /** Puts a new execution, over a forgotten one of the same name. */
  begin(changes: Changes): void {
    const { arn, machineArn, status } = changes.execution;
    const { beginning, progress } = partsOf(changes.execution);
    this.#disk.transaction(() => {
      this.#sql.deleteExecution.run(arn);
      this.#sql.deleteEvents.run(arn);
      this.#sql.deleteTokens.run(arn);
      this.#sql.addExecution.run(arn, machineArn, status, JSON.stringify(beginning), JSON.stringify(progress));
      this.#write(changes);
    });
  }

  /** Everything that a turn changed, at once. */
  commit(changes: Changes): void {
    const { arn, status } = changes.execution;
    this.#disk.transaction(() => {
      this.#sql.putExecution.run(status, JSON.stringify(partsOf(changes.execution).progress), arn);
      this.#write(changes);
    });
  }

  announcements(): { position: number; change: StatusChange }[] {
    return (this.#sql.announcements.all() as { position: number; document: string }[]).map((row) => ({
      position: row.position,
      change: JSON.parse(row.document) as StatusChange,
    }));
  }

  announced(position: number): void {
    this.#disk.transaction(() => this.#sql.deleteAnnouncement.run(position));
  }

  #write(changes: Changes): void {
    const { arn } = changes.execution;
    for (const event of changes.events) this.#sql.addEvent.run(arn, event.id, JSON.stringify(event));
    for (const frame of changes.frames) this.#sql.putFrame.run(arn, frame.id, JSON.stringify(frame));
    for (const id of changes.framesGone) this.#sql.deleteFrame.run(arn, id);
    for (const [token, { frame, scheduled }] of changes.tokensOpened) this.#sql.addToken.run(token, arn, frame, scheduled);
    for (const token of changes.tokensClosed) this.#sql.closeToken.run(token);
    if (changes.announcement !== undefined) this.#sql.addAnnouncement.run(JSON.stringify(changes.announcement));
  }
}

/** The input and the definition are written once, and what every turn changes is kept apart from them. */
function partsOf(record: ExecutionRecord): { beginning: ExecutionBeginning; progress: ExecutionProgress } {
  const { status, stoppedAt, output, error, cause, events, nextFrame, transitions, ...beginning } = record;
  const progress: ExecutionProgress = {
    status,
    events,
    nextFrame,
    transitions,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
  return { beginning, progress };
}

function recordOf(row: ExecutionRow): ExecutionRecord {
  return { ...(JSON.parse(row.beginning) as ExecutionBeginning), ...(JSON.parse(row.progress) as ExecutionProgress) };
}

function one<T>(row: unknown): T | undefined {
  return row === undefined ? undefined : (JSON.parse((row as { document: string }).document) as T);
}

function many<T>(rows: unknown[]): T[] {
  return (rows as { document: string }[]).map((row) => JSON.parse(row.document) as T);
}
