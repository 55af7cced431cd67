import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Json } from '../../local/api-client.ts';
import type { Rehearsal } from './rehearsal.ts';

/** A story that a person can read: when, what happened, and why. */
export interface Story {
  /** A line of the teller's: what was asked, and what came of it. */
  tell(line: string): void;
  /** Time passes until `holds` says yes of the operation; whenever it turns to something else, the story has a line. */
  follow(operationId: string, holds: (operation: Json) => boolean): Promise<Json>;
  /** Adds the operation's own history and holds the whole against the golden file; UPDATE_GOLDEN=1 writes it anew. */
  end(operationId: string, golden: URL): Promise<void>;
}

const EVENTS_MAX = 100;
/** What lasts less than this, nobody reads in a story. */
const STRIDE_SECONDS = 60;

export function tellStory(world: Rehearsal, title: string): Story {
  const lines: { at: string; text: string }[] = [];
  let last = '';
  const tell = (text: string): void => void lines.push({ at: new Date(world.stage.clock.now()).toISOString(), text });
  return {
    tell: (line) => tell(`* ${line}`),
    follow: (operationId, holds) =>
      world.until(operationId, (operation) => {
        const { state, waitingFor } = operation;
        // A bake ends so many minutes after a moment that is chance; it says how many.
        const until = waitingFor?.until === undefined || waitingFor.kind === 'Bake' ? '' : ` until ${minute(waitingFor.until)}`;
        // How long EKS takes to settle, and whether it is seen at it, is chance; that it looks at a cluster anew before a hop is no news.
        if (waitingFor?.kind === 'Settling' || waitingFor?.kind === 'InsightsRefresh') return holds(operation);
        const now = waitingFor === undefined ? state : `${state}, ${waitingFor.kind}${until}: ${waitingFor.because}`;
        if (now !== last && now !== 'Running') tell(`= ${now}`);
        last = now;
        return holds(operation);
      }, STRIDE_SECONDS),
    async end(operationId, golden) {
      const { items } = await world.api.get(`/v1/operations/${operationId}/events?limit=${EVENTS_MAX}`);
      const events = items.filter(tells).map((event: Json) => ({ at: event.at, text: `- ${event.type}${event.step === undefined ? '' : ` ${event.step}`}: ${event.message}` }));
      const told = [...events, ...lines].map((line, place) => ({ ...line, place })).sort((a, b) => a.at.localeCompare(b.at) || a.place - b.place);
      const text = `${title}\n\n${told.map((line) => `${hour(line.at)}  ${named(line.text)}`).join('\n')}\n`;
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, 'utf8'));
    },
  };
}

/** Add-ons move side by side, in an order that is chance; what EKS took is told by what began, and what was waited for by the teller. */
function tells(event: Json): boolean {
  return !['StepTaken', 'WaitBegun', 'WaitOver'].includes(event.type) && !String(event.step ?? '').includes('/addon/');
}

/** Seconds are no part of a story. */
function minute(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

function hour(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 13)}h`;
}

/** EKS's ids, ours and the minutes that EKS's work takes are chance too. */
function named(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '(id)')
    .replace(/\bi-[0-9a-f]{17}\b|\bip-10(-\d{1,3}){3}\.(ec2|[a-z0-9-]+\.compute)\.internal\b/g, '(node)')
    .replace(/\b(op|w)-[0-9a-z]{26}\b/g, (_, kind) => (kind === 'w' ? '(waiver)' : '(operation)'))
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, hour)
    .replace(/\d+ are left/g, 'some are left');
}
