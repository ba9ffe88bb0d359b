// What the states of the nodes amount to.
import type { StatusResult } from "../client/client.ts";
import { brokenWays, type NodeReport, reachedBy } from "./broken_ways.ts";

/** How the cluster is. */
export interface Verdict {
  /** Whether all nodes that were asked answer, reach each other, and see no trouble. */
  readonly healthy: boolean;
  /** Why, a sentence each. */
  readonly sentences: readonly string[];
}

/** Judges the reports; `clusterSize` is the number of all nodes, also where some were not asked. */
export function verdict(reports: readonly NodeReport[], clusterSize: number): Verdict {
  const quorumSize = Math.floor(clusterSize / 2) + 1;
  const answers = answersOf(reports);
  const silent = reports.filter(({ status }) => status === null).map(({ uid }) => uid);
  const wrong: string[] = [];
  wrong.push(...unreachable(reports, silent), ...cutLinks(reports));
  const modes = new Set(answers.map(({ mode }) => mode));
  if (modes.size > 1) {
    wrong.push(
      `modes differ: ${answers.map(({ uid, mode }) => `${uid} ${mode}`).join(", ")}; start all nodes in the same one`,
    );
  }
  for (const { uid, troubles } of answers) wrong.push(...troubles.map(({ text }) => `${uid} reports: ${text}`));
  wrong.push(...disagreements(reports));
  return {
    healthy: wrong.length === 0,
    sentences: [
      quorumSentence(answers, reports.length, clusterSize, quorumSize),
      ...masters(answers),
      ...wrong,
      ...lags(answers),
    ],
  };
}

function answersOf(reports: readonly NodeReport[]): Answer[] {
  return reports.flatMap(({ uid, status }) => status === null ? [] : [{ ...status, uid }]);
}

type Answer = StatusResult & { readonly uid: string };

/** A node that has lost its state answers, and votes for nothing until it has rejoined. */
function quorumSentence(answers: readonly Answer[], asked: number, clusterSize: number, quorumSize: number): string {
  const abstaining = answers.filter(({ uid, troubles }) =>
    troubles.some(({ kind, about }) => kind === "rejoining" && about === uid)
  ).map(({ uid }) => uid);
  const count = [
    `${answers.length} of ${asked} nodes ${answers.length === 1 ? "answers" : "answer"}`,
    ...abstaining.length === 0 ? [] : [`${abstaining.join(" and ")} without a vote yet,`],
  ].join(", ");
  if (answers.length - abstaining.length >= quorumSize) return `quorum: yes, ${count} and ${quorumSize} are needed`;
  if (asked < clusterSize) return `quorum: not asked for, ${count}`;
  return `quorum: no, ${count} and ${quorumSize} are needed: no value can be chosen`;
}

/** Who does not answer here, and which of these answer others. */
function unreachable(reports: readonly NodeReport[], silent: readonly string[]): string[] {
  if (silent.length === 0) return [];
  const others = silent.flatMap((uid) => {
    const reached = reachedBy(reports, uid);
    return reached.length === 0 ? [] : [`${uid} answers ${reached.join(" and ")}, but not this machine`];
  });
  return [`unreachable: ${silent.join(", ")}`, ...others];
}

/** Who does not hear whom, and whom a node that was asked alone does not reach. */
function cutLinks(reports: readonly NodeReport[]): string[] {
  const broken = brokenWays(reports);
  const isBroken = (from: string, to: string) => broken.some((way) => way.from === from && way.to === to);
  const sentences = broken.flatMap(({ from, to }) => {
    if (!isBroken(to, from)) return [`what ${from} sends does not reach ${to}`];
    return from < to ? [`${from} and ${to} do not reach each other`] : [];
  });
  const asked = reports.map(({ uid }) => uid);
  const unasked = reports.flatMap(({ uid, status }) =>
    (status?.peers ?? []).filter((peer) => !asked.includes(peer.uid) && peer.answers === false)
      .map((peer) => `${peer.uid} does not answer ${uid}`)
  );
  return [...sentences, ...unasked];
}

/** Who is master, by its own word. */
function masters(answers: readonly Answer[]): string[] {
  if (!answers.some(({ mode }) => mode === "master")) return [];
  const master = answers.find(({ uid, masterUid }) => uid === masterUid);
  if (master !== undefined) {
    return [
      `master: ${master.uid}, for ${((master.leaseRemainingMs ?? 0) / 1000).toFixed(1)} s unless it renews its lease`,
    ];
  }
  const waits = Math.max(
    ...answers.map(({ leaseWaitMs, leaseRemainingMs }) => Math.max(leaseWaitMs, leaseRemainingMs ?? 0)),
  );
  return [
    waits > 0 ? `master: none answers, a lease may still stand for ${(waits / 1000).toFixed(1)} s` : "master: none yet",
  ];
}

/** Nodes at the same link must have the same value: anything else means that agreement is broken. */
export function disagreements(reports: readonly NodeReport[]): string[] {
  const answers = answersOf(reports);
  const first = new Map<number, Answer>();
  const found: string[] = [];
  for (const answer of answers) {
    const other = first.get(answer.instanceNumber) ?? answer;
    first.set(answer.instanceNumber, other);
    if (other.value === answer.value) continue;
    const values = `${JSON.stringify(other.value)} and ${JSON.stringify(answer.value)}`;
    found.push(
      `${other.uid} and ${answer.uid} disagree at link ${answer.instanceNumber}: ${values}; agreement is broken`,
    );
  }
  return found;
}

/** To be behind is no trouble: the nodes were not asked at one instant, and whoever is behind is brought up to date. */
function lags(answers: readonly Answer[]): string[] {
  const newest = Math.max(...answers.map(({ instanceNumber }) => instanceNumber));
  return answers.flatMap(({ uid, instanceNumber }) => {
    const behind = newest - instanceNumber;
    return behind === 0 ? [] : [`${uid} is ${behind} ${behind === 1 ? "link" : "links"} behind`];
  });
}
