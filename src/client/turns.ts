// Asks one node after the other. Those that keep silent are asked on: whoever answers for good first, has answered.
import type { ClientResponse } from "../replica/requests.ts";
import type { Exchange, NodeAt, Question } from "./exchange.ts";

/** The wait before another node is asked the same, in milliseconds. */
export const NEXT_NODE_MS = 250;
/** For so long after a doubtful answer others may give a better one, in milliseconds. */
export const DOUBT_MS = 1000;

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
}

/** The best answer: final, else doubtful, else a refusal; `null` if nobody answers in time. */
export async function askInTurn<T>(
  exchange: Exchange,
  question: Question,
  { nodes, timeoutMs, signal }: TurnOptions,
  judge: (answer: ClientResponse) => Judgement<T>,
): Promise<Found<T> | null> {
  const untilMs = performance.now() + timeoutMs;
  const enough = new AbortController();
  const end = signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]);
  const asked: Promise<void>[] = [];
  let best = null as (Judgement<T> & { readonly uid: string }) | null;
  let answers = 0;
  let nextTimer: ReturnType<typeof setTimeout> | undefined;
  let doubtTimer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (node: NodeAt): Promise<void> => {
    const [uid] = node;
    const answer = await exchange.ask(node, question, { timeoutMs: untilMs - performance.now(), signal: end });
    if (answer === null || best?.weight === "final") return;
    answers++;
    const found = { ...judge(answer), uid };
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
