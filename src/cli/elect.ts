import type { PaxosClient } from "../client/client.ts";
import { tooLarge } from "../replica/limits.ts";
import { UsageError } from "../runtime/errors.ts";
import { parseCommandLine, positiveNumber } from "./arguments.ts";
import { withClient } from "./cluster.ts";
import { type Command, EXIT } from "./command.ts";
import { GuardedCommand } from "./elect_guarded.ts";
import { Election, type Lease, type Step } from "./elect_logic.ts";
import { escapeForTerminal } from "./escape.ts";
import { onStopSignal } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

const DEFAULT_TTL_SECONDS = "10";
/** Less would be used up by starting processes. */
const MIN_TTL_SECONDS = 1;
const MAX_TTL_SECONDS = 86_400;

/** `paxos elect`: runs a command on exactly one of the machines that ask. */
export const elect: Command = {
  name: "elect",
  summary: "run a command on exactly one of the machines that ask",
  usage: "<NAME> [--ttl SECONDS] [--value TEXT] [--config FILE] -- COMMAND...",
  help: [
    "Whoever has written the value last holds the lease, runs COMMAND and writes the value again every third of the ttl. The others",
    "take it when it was not written for a ttl. A holder that cannot write ends COMMAND before that, and contends again.",
    "",
    "  --ttl SECONDS  how long a lease lasts, 1 at least (10): the same for all who contend",
    "  --value TEXT   what the holder writes (NAME)",
    "  --config FILE  the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "",
    "COMMAND finds a fencing token in PAXOS_FENCE, a number higher than that of any holder before: whatever COMMAND writes to should",
    "refuse lower numbers than it has seen. It has no standard input. It is ended by SIGTERM after 0.6 of the ttl without a write,",
    "and by SIGKILL after 0.8, with all that it has started and that is still in its process group.",
    "",
    "If COMMAND ends by itself, elect ends with its exit code, and others take over after a ttl. SIGTERM and SIGINT end both (0).",
  ],
  examples: [
    ["paxos elect $(hostname) --ttl 10 -- ./run-the-primary", "on every machine that may run it"],
  ],
  async run(args, terminal) {
    const { options, positionals: { name, command }, rest } = parseCommandLine(args, {
      required: ["name", "command"],
      rest: "arguments",
      options: ["ttl", "value", "config"],
    });
    const { ttl = DEFAULT_TTL_SECONDS, value = name } = options;
    const ttlSeconds = positiveNumber("--ttl", ttl, MAX_TTL_SECONDS);
    if (ttlSeconds < MIN_TTL_SECONDS) {
      throw new UsageError(`--ttl is ${JSON.stringify(ttl)}: use ${MIN_TTL_SECONDS} second at least`);
    }
    const trouble = tooLarge({ value, condition: { kind: "value", value: null } });
    if (trouble !== null) throw new UsageError(trouble);
    if (Deno.build.os === "windows") throw new UsageError("elect needs process groups, which Windows does not have");
    const ttlMs = Math.round(ttlSeconds * 1000);
    const interruption = new AbortController();
    onStopSignal(() => interruption.abort());
    return await withClient(terminal, options.config, [], (client) => {
      const candidate = {
        client,
        terminal,
        value,
        ttlMs,
        command: [command, ...rest],
        interrupted: interruption.signal,
      };
      return new Candidacy(candidate).run();
    });
  },
};

interface Candidate {
  readonly client: PaxosClient;
  readonly terminal: Terminal;
  readonly value: string;
  readonly ttlMs: number;
  readonly command: readonly string[];
  readonly interrupted: AbortSignal;
}

class Candidacy {
  readonly #election: Election;
  #lastNote = "";

  constructor(readonly candidate: Candidate) {
    this.#election = new Election(candidate.ttlMs);
  }

  /** Contends, and runs the command whenever it may, until that ends by itself or somebody interrupts; gives the exit code. */
  async run(): Promise<number> {
    for (;;) {
      const lease = await this.#contend();
      if (lease === null) return EXIT.done;
      const code = await this.#hold(lease);
      if (code !== null) return code;
      this.#election.lose();
    }
  }

  /** The lease; `null` if somebody interrupts. */
  async #contend(): Promise<Lease | null> {
    const { interrupted } = this.candidate;
    while (!interrupted.aborted && this.#election.lease === null) await this.#step(interrupted);
    return interrupted.aborted ? null : this.#election.lease;
  }

  /** Runs the command; gives its exit code if it ends by itself, else `null`. */
  async #hold(lease: Lease): Promise<number | null> {
    const { command, ttlMs, interrupted } = this.candidate;
    this.#note(`elected: runs the command, fence ${lease.fence}`);
    const guarded = new GuardedCommand(command, ttlMs, lease);
    const end = new AbortController();
    guarded.ended.then(() => end.abort());
    const over = AbortSignal.any([interrupted, end.signal]);
    for (let known = lease; !over.aborted;) {
      await this.#step(over);
      const { lease: renewed } = this.#election;
      if (renewed === null) break;
      if (renewed !== known) guarded.extend(renewed);
      known = renewed;
    }
    guarded.stop();
    const code = await guarded.ended;
    if (code === null) this.#note("the command was ended: the lease is over");
    return code;
  }

  /** Does one step, or less if it is told that nobody waits for it any more. */
  async #step(over: AbortSignal): Promise<void> {
    const wasHeld = this.#election.lease !== null;
    const step = this.#election.next(performance.now());
    // Nothing is more urgent than to end the command.
    if (wasHeld && this.#election.lease === null) return;
    switch (step.kind) {
      case "wait":
        return await pause(step.untilMs - performance.now(), over);
      case "look":
        return await this.#look(over);
      case "try":
        return await this.#try(step, over);
    }
  }

  async #look(over: AbortSignal): Promise<void> {
    const { client, ttlMs } = this.candidate;
    const result = await unlessAborted(client.get(null, { timeoutMs: ttlMs }), over);
    if (result === null) return;
    if (result.outcome !== "value") {
      this.#note(`cannot read the value: ${result.reason}`);
      this.#election.notObserved(performance.now());
    } else if (result.value !== null && result.instanceNumber === null) {
      this.#note(`cannot take the value: node ${result.node} does not know which instance has decided it`);
      this.#election.notObserved(performance.now());
    } else {
      this.#note(
        result.value === null ? "contends: nobody holds the lease" : `contends: ${result.value} holds the lease`,
      );
      this.#election.observed(result.instanceNumber, performance.now());
    }
  }

  async #try({ condition, timeoutMs }: Step & { kind: "try" }, over: AbortSignal): Promise<void> {
    const { client, value } = this.candidate;
    const sentAtMs = performance.now();
    const outcome = await unlessAborted(client.propose(null, value, { condition, timeoutMs }), over);
    // A write that nobody waits for may still be chosen; it is then a change like any other, after which all wait for a ttl.
    if (outcome === null) return;
    if (outcome.outcome !== "chosen") this.#note(`cannot write the value: ${outcome.reason}`);
    this.#election.tried(outcome, sentAtMs, performance.now());
  }

  /** Tells what is new. */
  #note(text: string): void {
    if (text !== this.#lastNote) this.candidate.terminal.note(escapeForTerminal(text));
    this.#lastNote = text;
  }
}

/** Waits so long, or until the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(Math.ceil(ms), 0));
  await unlessAborted(promise, signal);
  clearTimeout(timer);
}

/** The result, or `null` if the signal comes first. */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  const { promise: aborted, resolve } = Promise.withResolvers<null>();
  const abort = () => resolve(null);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
