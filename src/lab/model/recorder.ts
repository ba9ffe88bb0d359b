import { formatProposalId } from "../../paxos/proposal_id.ts";
import { describeChange, describeHost, describeValue } from "../../sim/describe.ts";
import type { RecordedOperation } from "../../sim/checkers/history.ts";
import type { LabAct } from "./act.ts";
import type { Course, Happening } from "./course.ts";
import type { CellChange, Moment } from "./moment.ts";
import { type NodeView, Observer } from "./node_view.ts";

/** Writes a run down as plain data, a moment at a time. */
export class Recorder {
  #observer: Observer;
  #last: Moment | null;

  /** `last` is the moment at which the run is already. */
  constructor(readonly course: Course, last: Moment | null) {
    this.#observer = new Observer(course.world);
    this.#last = last;
  }

  /** The moment at which the run is now; `null` for what happened is its start. */
  record(happening: Happening | null): Moment {
    const { course } = this;
    const { world, sightings } = course;
    const last = this.#last;
    const act = happening?.act ?? null;
    const nodes = this.#nodes(last, act);
    const operations = this.#operations(last);
    const cells = [...sightings.takeCells(), ...this.#accepted(last, nodes)];
    const moment: Moment = {
      index: course.count,
      atMs: world.nowMs,
      act,
      byLearner: happening?.byLearner ?? false,
      possible: happening?.possible ?? true,
      letter: happening?.letter ?? null,
      notes: last === null || happening === null ? [] : this.#notes(last, nodes, operations, happening),
      nodes,
      cuts: cutsAfter(last?.cuts ?? new Set(), act),
      slow: course.slow,
      operations,
      cells,
      decided: sightings.takeDecided(),
      violation: world.violation,
    };
    return this.#last = moment;
  }

  /** Only machines that the moment concerns are looked at; where shortcuts are taken it may concern all. */
  #nodes(last: Moment | null, act: LabAct | null): ReadonlyMap<string, NodeView> {
    const { world: { hosts }, setup: { shortcuts } } = this.course;
    const nodes = new Map<string, NodeView>(last?.nodes);
    const touched = last === null || shortcuts.length > 0 ? null : touchedBy(act);
    for (const host of hosts.values()) {
      if (touched === null || touched.includes(host.uid)) nodes.set(host.uid, this.#observer.look(host));
    }
    return nodes;
  }

  #operations(last: Moment | null): readonly RecordedOperation[] {
    const clients = this.course.world.clients.slice(0, this.course.setup.clients);
    const now = clients.flatMap(({ history }) => history);
    const before = last?.operations ?? [];
    const same = now.length === before.length && now.every(({ outcome, call, client }, index) => {
      const then = before[index]!;
      return outcome.type === then.outcome.type && call === then.call && client === then.client &&
        now[index]!.return === then.return;
    });
    return same ? before : now;
  }

  #accepted(last: Moment | null, nodes: ReadonlyMap<string, NodeView>): CellChange[] {
    const cells: CellChange[] = [];
    for (const { uid, memory } of nodes.values()) {
      if (memory === null || memory.acceptor.acceptedId === null) continue;
      const before = last?.nodes.get(uid)?.memory;
      const proposal = formatProposalId(memory.acceptor.acceptedId);
      const { instanceNumber, acceptor: { acceptedValue } } = memory;
      const known = before?.instanceNumber === instanceNumber &&
        formatProposalId(before.acceptor.acceptedId) === proposal && before.acceptor.acceptedValue === acceptedValue;
      if (!known) cells.push({ uid, instanceNumber, accepted: { proposal, link: acceptedValue ?? "" } });
    }
    return cells;
  }

  #notes(
    last: Moment,
    nodes: ReadonlyMap<string, NodeView>,
    operations: readonly RecordedOperation[],
    { act, possible, letter }: Happening,
  ): string[] {
    if (!possible) return ["not possible here: nothing happens"];
    const notes: string[] = [];
    if (letter?.fate?.startsWith("lost") && letter.goneAt === this.course.count) notes.push(letter.fate);
    for (const [uid, now] of nodes) {
      const then = last.nodes.get(uid)!;
      if (then.memory !== null && now.memory !== null) notes.push(...describeChange(uid, then.memory, now.memory));
      if (then.up && !now.up && then.disk.writing !== null && now.disk.durable === then.disk.durable) {
        notes.push("what was written but not synced is gone");
      }
      if (act.kind === "restart" && act.uid === uid) notes.push(describeHost(this.course.world.hosts.get(uid)!));
    }
    return [...notes, ...told(last.operations, operations)];
  }
}

function touchedBy(act: LabAct | null): readonly string[] {
  if (act === null) return [];
  if ("letter" in act) return [act.letter.to];
  return "uid" in act && act.kind !== "call" ? [act.uid] : [];
}

function cutsAfter(cuts: ReadonlySet<string>, act: LabAct | null): ReadonlySet<string> {
  if (act?.kind !== "cut" && act?.kind !== "mend") return cuts;
  const after = new Set(cuts);
  const link = `${act.from}>${act.to}`;
  if (act.kind === "cut") after.add(link);
  else after.delete(link);
  return after;
}

/** What clients hear now. */
function told(before: readonly RecordedOperation[], now: readonly RecordedOperation[]): string[] {
  if (before === now) return [];
  const open = (operation: RecordedOperation) => operation.return === null && operation.outcome.type === "unknown";
  return now.filter((operation) => !open(operation)).filter(({ client, call }) => {
    const then = before.find((one) => one.client === client && one.call === call);
    return then === undefined || open(then);
  }).map(({ client, outcome }) => {
    const what = outcome.type === "ok" ? `the value ${describeValue(outcome.value)}` : outcome.type.replace("_", " ");
    return `client ${client} is told: ${what}`;
  });
}
