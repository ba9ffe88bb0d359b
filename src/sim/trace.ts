/**
 * A run as JSON Lines: one JSON object a line, names in snake_case, times in milliseconds of true time. The same seed gives
 * the same bytes. Proposal IDs are `[number, uid]` or null, as in datagrams.
 *
 * The first line says what was run:
 *
 * ```json
 * {"trace":1,"seed":7,"bug":null,"chance":[[0,7]],"nodes":[{"uid":"A","clock_rate":1.01,"clock_offset_ms":5}]}
 * ```
 *
 * - `trace`: the version of this schema;
 * - `seed`: what `paxos sim --seed` takes;
 * - `bug`: the rule that was off, by its name in the gallery;
 * - `chance`: after which event chance began from which number; a seed may go on from where another one has been.
 *
 * A run that `paxos check` has found says which model it is of instead, by its name, and what takes no event:
 *
 * ```json
 * {"trace":1,"check":"decision","bug":"own-value-wins","shortcuts":["saves"],"nodes":[...]}
 * ```
 *
 * Then a line for each event, in order:
 *
 * ```json
 * {"event":3,"at_ms":0.8,"kind":"deliver","datagram":{"from":"A","to":"B","text":"prepare {...}","sent_at":2},"nodes":{}}
 * ```
 *
 * - `event`: its number, from 1;
 * - `kind`: `deliver`, `duplicate`, `drop` (with `datagram`); `timer` (`uid`, `name`); `saved`, `crash`, `restart`, `pause`,
 *   `resume`, `hang_disk`, `mend_disk`, `rot`, `wipe` (`uid`); `skew` (`uid`, `rate`); `cut`, `mend` (`from`, `to`); `call` (`client`, `uid`, `operation`, and
 *   `value` for a write), `retry`, `give_up` (`client`);
 * - `datagram`: `text` is what is on the wire, `sent_at` the event that sent it, 0 for the start; `again`, beside it: the same
 *   datagram arrives once more later, where no event says that it was duplicated;
 * - `nodes`: the nodes that the event has changed, each with all of its durable state as it has it in memory
 *   (`instance_number`, `value`, `promised_id`, `accepted_id`, `accepted_value`), or null if it is down.
 *
 * The last line says what came of it:
 *
 * ```json
 * {"verdict":"ok","message":null,"events":1655,"virtual_ms":30012.5}
 * ```
 *
 * - `verdict`: `ok`, or the checker that has something against the run; `message` is what it says.
 *
 * @module
 */
import { proposalIdToJson } from "../replica/json.ts";
import { type NodeState, sameState } from "../replica/node_state.ts";
import type { Violation, WorldEvent } from "./events.ts";
import { Replay } from "./replay.ts";
import { type Act, LetterBook, type Schedule } from "./schedule.ts";
import { type Genes, Storm, type StormResult, type Subject } from "./storm.ts";
import type { World } from "./world.ts";

/** The version of the schema. */
export const TRACE_FORMAT = 1;

/** What a trace says of its storm. */
export interface TraceTitle {
  /** Its seed. */
  readonly seed: number;
  /** The name of the rule that is off. */
  readonly bug: string | null;
}

/** Runs a storm and writes its trace, a line at a time and without line ends. */
export function traceStorm(
  genes: Genes,
  subject: Subject,
  title: TraceTitle,
  write: (line: string) => void,
): StormResult {
  let count = 0;
  const storm: Storm = new Storm(genes, subject, (event, atMs) => {
    const what = toJson(event, book);
    book.update(++count, event.kind === "duplicate" ? event.datagram : null);
    write(JSON.stringify({ event: count, at_ms: atMs, ...what, nodes: states.changed() }));
  });
  const book = new LetterBook(storm.world);
  const states = new States(storm.world);
  write(JSON.stringify({ trace: TRACE_FORMAT, ...headOf(genes, storm.world, title) }));
  const result = storm.run();
  const { violation, events, virtualMs } = result;
  const verdict = { verdict: violation?.kind ?? "ok", message: violation?.message ?? null };
  write(JSON.stringify({ ...verdict, events, virtual_ms: virtualMs }));
  return result;
}

/** Plays a schedule and writes its trace, a line at a time; `head` says what was run. */
export function traceSchedule(
  schedule: Schedule,
  subject: Subject,
  head: Readonly<Record<string, unknown>>,
  violation: Violation | null,
  write: (line: string) => void,
): void {
  const run = new Replay(schedule, subject);
  const states = new States(run.world);
  write(JSON.stringify({ trace: TRACE_FORMAT, ...head, nodes: nodesOf(run.world) }));
  let count = 0;
  for (const event of schedule.events) {
    const { act, atMs } = run.step(event) ?? event;
    write(JSON.stringify({ event: ++count, at_ms: atMs, ...actToJson(act), nodes: states.changed() }));
  }
  const verdict = { verdict: violation?.kind ?? "ok", message: violation?.message ?? null };
  write(JSON.stringify({ ...verdict, events: count, virtual_ms: run.world.nowMs }));
}

function actToJson(act: Act): Readonly<Record<string, unknown>> {
  if (act.kind !== "deliver") return act.kind === "call" ? callToJson(act) : act;
  const { letter: { from, to, text, sentBy }, again } = act;
  return { kind: act.kind, datagram: { from, to, text, sent_at: sentBy }, ...(again && { again }) };
}

function headOf(genes: Genes, world: World, { seed, bug }: TraceTitle): Readonly<Record<string, unknown>> {
  const chance = [[0, genes.seed], ...genes.forks.map((fork) => [fork.atEvent, fork.seed])];
  return { seed, bug, chance, nodes: nodesOf(world) };
}

function nodesOf({ options }: World): unknown {
  return options.hosts.map(({ uid, clock }) => ({ uid, clock_rate: clock.rate, clock_offset_ms: clock.offsetMs }));
}

function toJson(event: WorldEvent, book: LetterBook): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case "deliver":
    case "duplicate":
    case "drop": {
      const { from, to, text, sentBy } = book.get(event.datagram);
      return { kind: event.kind, datagram: { from, to, text, sent_at: sentBy } };
    }
    case "call":
      return callToJson(event);
    default:
      return event;
  }
}

function callToJson({ kind, client, uid, operation }: Extract<WorldEvent, { kind: "call" }>): Record<string, unknown> {
  const value = operation.type === "write" ? { value: operation.value } : {};
  return { kind, client, uid, operation: operation.type, ...value };
}

/** Where each node was when somebody last looked. */
class States {
  #last = new Map<string, NodeState | null>();

  constructor(readonly world: World) {
    this.changed();
  }

  /** The nodes that are elsewhere since the last call. */
  changed(): Readonly<Record<string, unknown>> {
    const changed: Record<string, unknown> = {};
    for (const { uid, node } of this.world.hosts.values()) {
      const [before, now] = [this.#last.get(uid) ?? null, node?.save() ?? null];
      if (before === now || (before !== null && now !== null && sameState(before, now))) continue;
      this.#last.set(uid, now);
      changed[uid] = now && stateToJson(now);
    }
    return changed;
  }
}

function stateToJson({ instanceNumber, register, acceptor }: NodeState): Readonly<Record<string, unknown>> {
  return {
    instance_number: instanceNumber,
    value: register.value,
    promised_id: proposalIdToJson(acceptor.promisedId),
    accepted_id: proposalIdToJson(acceptor.acceptedId),
    accepted_value: acceptor.acceptedValue,
  };
}
