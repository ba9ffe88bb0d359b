// What must hold in every state, judged by what all machines have shown together.
import { decodeLink, describeLink } from "../replica/link.ts";
import type { Violation } from "../sim/events.ts";
import type { Decision, Facts } from "./facts.ts";
import { type Model, valueOf } from "./model.ts";

/** What was found to be so where all machines have shown this. */
export interface Verdict {
  /** The decisions, by instance. */
  readonly decisions: ReadonlyMap<number, Decision>;
  /** What is wrong; `null` if nothing is. */
  readonly violation: Violation | null;
}

/** Judges what can be seen from outside. */
export function judge(nodes: readonly Facts[], model: Model): Verdict {
  const all = decisionsOf(nodes);
  const decisions = new Map<number, Decision>();
  for (const decision of all) {
    if (!decisions.has(decision.instanceNumber)) decisions.set(decision.instanceNumber, decision);
  }
  const complaints = [
    twoValues(all, decisions),
    twiceApplied(decisions),
    strangeValue(decisions, model),
    twoProposals(nodes),
    ...nodes.map((facts) => offChain(facts, decisions)),
    twoMasters(nodes),
  ];
  const violation = complaints.find((one) => one !== null && !isTolerated(model, one)) ?? null;
  return { decisions, violation };
}

/** Whether the search goes on to something worse: with a rule off, to what the bug is known for. */
export function isTolerated({ bug }: Model, { kind }: Violation): boolean {
  return bug !== null && !bug.kinds.includes(kind);
}

/** Every value that a quorum has accepted under one ID. */
function decisionsOf(nodes: readonly Facts[]): Decision[] {
  const quorum = Math.floor(nodes.length / 2) + 1;
  const tallies = new Map<string, Decision>();
  for (const { uid, votes } of nodes) {
    for (const vote of votes) {
      const key = `${vote.instanceNumber} ${vote.id} ${vote.value}`;
      tallies.set(key, { ...vote, acceptors: [...(tallies.get(key)?.acceptors ?? []), uid] });
    }
  }
  return [...tallies.values()].filter(({ acceptors }) => acceptors.length >= quorum);
}

/** Agreement: no instance ever decides two values. */
function twoValues(all: readonly Decision[], decisions: ReadonlyMap<number, Decision>): Violation | null {
  for (const decision of all) {
    const before = decisions.get(decision.instanceNumber)!;
    if (before.value === decision.value) continue;
    const message = `instance ${decision.instanceNumber} is decided twice: ${describe(before)}, and ${
      describe(decision)
    }`;
    return { kind: "agreement", message };
  }
  return null;
}

/** Exactly once: no value is applied by two links. */
function twiceApplied(decisions: ReadonlyMap<number, Decision>): Violation | null {
  const links = new Map<string, number>();
  for (const { instanceNumber, value } of decisions.values()) {
    // The lease may be granted to one node twice.
    if (decodeLink(value).grantedTo !== null) continue;
    const before = links.get(value);
    if (before !== undefined) {
      const message = `instances ${before} and ${instanceNumber} have both chosen ${JSON.stringify(value)}`;
      return { kind: "exactly-once", message };
    }
    links.set(value, instanceNumber);
  }
  return null;
}

/** Validity: only a value that somebody has proposed is ever chosen. */
function strangeValue(decisions: ReadonlyMap<number, Decision>, { bounds }: Model): Violation | null {
  for (const { instanceNumber, value } of decisions.values()) {
    const { grantedTo, updates } = decodeLink(value);
    const isWanted = (uid: string) => grantedTo === uid || updates[0]?.value === valueOf({ uid, instanceNumber });
    if (Object.keys(bounds.numbers).some(isWanted)) continue;
    const message = `instance ${instanceNumber} chose ${JSON.stringify(value)}, which nobody has proposed for it`;
    return { kind: "validity", message };
  }
  return null;
}

/** A proposal has one value, wherever it turns up. */
function twoProposals(nodes: readonly Facts[]): Violation | null {
  const values = new Map<string, string>();
  for (const { instanceNumber, id, value } of nodes.flatMap(({ accepts, votes }) => [...accepts, ...votes])) {
    const key = `proposal ${id} of instance ${instanceNumber}`;
    const before = values.get(key);
    if (before !== undefined && before !== value) {
      const both = `${JSON.stringify(before)} and ${JSON.stringify(value)}`;
      return { kind: "proposals", message: `${key} stands for two values, ${both}` };
    }
    values.set(key, value);
  }
  return null;
}

/** The chain: what a node has is what is decided, and no node goes back behind what it has said. */
function offChain(facts: Facts, decisions: ReadonlyMap<number, Decision>): Violation | null {
  const { uid, instanceNumber, value, said, crashes } = facts;
  const broken = (message: string): Violation => ({ kind: "chain", message: `node ${uid} ${message}` });
  if (instanceNumber < said) return broken(`has spoken of instance ${said} and is at ${instanceNumber}`);
  for (let before = 0; before < instanceNumber; before++) {
    if (decisions.has(before)) continue;
    // It may have voted itself, saved that, and crashed before it could tell anybody.
    return crashes > 0 ? null : broken(`is at instance ${instanceNumber}, beyond what is decided`);
  }
  let expected: string | null = null;
  for (let before = 0; before < instanceNumber; before++) {
    expected = decodeLink(decisions.get(before)!.value).updates.at(-1)?.value ?? expected;
  }
  if (value === expected) return null;
  const [has, amounts] = [value, expected].map((text) => JSON.stringify(text));
  return broken(`has ${has} before instance ${instanceNumber}, but the chain amounts to ${amounts}`);
}

/** One master at a time. */
function twoMasters(nodes: readonly Facts[]): Violation | null {
  const [first, second] = nodes.filter(({ isMaster }) => isMaster);
  if (first === undefined || second === undefined) return null;
  return { kind: "mastership", message: `nodes ${first.uid} and ${second.uid} are master at one moment` };
}

/** What a node has learned is what is decided. */
export function judgeLearned(
  uid: string,
  { instanceNumber, link }: { readonly instanceNumber: number; readonly link: string },
  { decisions }: Verdict,
): Violation | null {
  const decision = decisions.get(instanceNumber);
  if (decision?.value === link) return null;
  const truth = decision === undefined ? "nothing is decided there" : describe(decision);
  const message = `node ${uid} says that instance ${instanceNumber} chose ${JSON.stringify(link)}, but ${truth}`;
  return { kind: "agreement", message };
}

function describe({ acceptors, value, id }: Decision): string {
  return `${acceptors.join(", ")} accepted ${JSON.stringify(describeLink(value))} under ${id}`;
}
