// Asks one node after the other. Those that keep silent are asked on: whoever answers for good first, has answered.
import type { ClientResponse } from "../replica/requests.ts";
import type { Exchange, NodeAt, Question } from "./exchange.ts";

/** The wait before another node is asked the same, in milliseconds. */
export const NEXT_NODE_MS = 100;
/** For so long after a doubtful answer others may give a better one, in milliseconds. */
export const DOUBT_MS = 1000;

/** For so long a node is asked that another one has called the master, before that one is asked again, in milliseconds. */
const DETOUR_MS = 100;
/** The pause before a node is asked again that has called a silent one the master, or before a second detour, in milliseconds. */
const DETOUR_PAUSE_MS = 30;

/** What an answer is worth. */
export interface Judgement<T> {
  /** What it says. */
  readonly says: T;
  /**
   * `final`: nobody else need be asked. `doubtful`: another node may know better, if it does so soon. `refusal`: this node will
   * not, another one may.
   */
  readonly weight: "final" | "doubtful" | "refusal";
}

/** What was found, and at which node. */
export interface Found<T> extends Judgement<T> {
  /** The node. */
  readonly uid: string;
  /** Whether another node was asked as well and has not answered. */
  readonly isAnyoneSilent: boolean;
}

/** Whom to ask, and for how long. */
export interface TurnOptions {
  /** The nodes in their turn. */
  readonly nodes: readonly NodeAt[];
  /** How long all of it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Finds the node that another one has called the master; without it nobody is asked instead. */
  readonly find?: (uid: string) => NodeAt | undefined;
}

/** The best answer: final, else doubtful, else a refusal; `null` if nobody answers in time. */
export async function askInTurn<T>(
  exchange: Exchange,
  question: Question,
  { nodes, timeoutMs, signal, find }: TurnOptions,
  judge: (answer: ClientResponse) => Judgement<T>,
): Promise<Found<T> | null> {
  const untilMs = performance.now() + timeoutMs;
  const enough = new AbortController();
  const end = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]);
  const asked: Promise<void>[] = [];
  const turnOf = new Set<string>();
  let best = null as (Judgement<T> & { readonly uid: string }) | null;
  let answers = 0;
  let nextTimer: ReturnType<typeof setTimeout> | undefined;
  let doubtTimer: ReturnType<typeof setTimeout> | undefined;

  /** Asks the node, and whoever it calls the master instead; who is silent by then is not waited for. */
  const follow = async (node: NodeAt): Promise<ClientResponse | null> => {
    let next = node;
    for (let detours = 0;; detours++) {
      const leftMs = untilMs - performance.now();
      const isDetour = next !== node;
      const waitMs = isDetour ? Math.min(DETOUR_MS, leftMs) : leftMs;
      const answer = await exchange.ask(next, question, { timeoutMs: waitMs, signal: end });
      if (answer === null && (!isDetour || leftMs <= waitMs || end.aborted)) return null;
      const master = answer?.result === "redirected" ? find?.(answer.masterUid) : undefined;
      if (answer !== null && master === undefined) return answer;
      // Its own turn has come before, and it keeps silent: it is master no more soon.
      const isAsked = master !== undefined && turnOf.has(master[0]) && master[0] !== next[0];
      next = isAsked ? node : master ?? node;
      if (isAsked || detours > 0) await new Promise((resolve) => setTimeout(resolve, DETOUR_PAUSE_MS));
    }
  };
  const ask = async (node: NodeAt): Promise<void> => {
    const answer = await follow(node);
    if (answer === null || best?.weight === "final") return;
    answers++;
    const found = { ...judge(answer), uid: answer.node };
    if (best === null || found.weight === "final" || (best.weight === "refusal" && found.weight === "doubtful")) {
      best = found;
    }
    if (found.weight === "final") return enough.abort();
    if (found.weight === "doubtful") doubtTimer ??= setTimeout(() => enough.abort(), DOUBT_MS);
    askNext();
  };
  const askNext = (): void => {
    clearTimeout(nextTimer);
    const node = nodes[asked.length];
    if (node === undefined || end.aborted) return;
    turnOf.add(node[0]);
    const answered = ask(node);
    // What rejects is seen when its turn has come.
    answered.catch(() => enough.abort());
    asked.push(answered);
    nextTimer = setTimeout(askNext, NEXT_NODE_MS);
  };

  try {
    askNext();
    // Whoever gives an unsatisfying answer has asked the next node before it is done; only silence leaves that to the timer.
    for (let done = 0; done < asked.length; done++) await asked[done];
    return best && { ...best, isAnyoneSilent: answers < asked.length };
  } finally {
    clearTimeout(nextTimer);
    clearTimeout(doubtTimer);
    enough.abort();
  }
}
