import type { Condition, ProposeOutcome } from "../client/client.ts";
import { MAX_PROPOSAL_NUMBER } from "../paxos/proposal_id.ts";
import { MAX_DATAGRAM_BYTES, tooLarge } from "../replica/limits.ts";
import { UsageError } from "../runtime/errors.ts";
import { integerInRange, parseCommandLine } from "./arguments.ts";
import { timeoutMs, withClient } from "./cluster.ts";
import { type Command, EXIT } from "./command.ts";
import { escapeForTerminal } from "./escape.ts";
import { explainWait } from "./patience.ts";
import type { Terminal } from "./terminal.ts";

/** `paxos propose`: asks a node to set the value. */
export const propose: Command = {
  name: "propose",
  summary: "ask a node to set the value, and wait for what becomes of it",
  usage:
    "<UID> <VALUE> [--expect VALUE | --expect-none | --expect-instance N] [--timeout SECONDS | --no-wait] [--json] " +
    "[--config FILE]",
  help: [
    "VALUE `-` reads standard input, byte for byte. Put -- before a value that begins with a dash.",
    "",
    "  --expect VALUE       only if this value stands when it is set",
    "  --expect-none        only if no value stands",
    "  --expect-instance N  only if instance N has decided the value that stands",
    "  --timeout SECONDS    how long to wait for the outcome (5)",
    "  --no-wait            send the value and leave: it may be lost, and nobody says so",
    "  --json               print one JSON object",
    "  --config FILE        the cluster ($PAXOS_CONFIG, paxos.json, or A, B, C on this machine)",
    "",
    "Prints `chosen INSTANCE VALUE` (exit code 0), `not chosen: ...` (1), or `unknown: ...` (3): no answer came in time, and the",
    "value may still be chosen.",
  ],
  examples: [
    ["paxos propose A hello", "set the value through node A"],
    ["paxos propose B v2 --expect v1", "only if v1 stands"],
    ["paxos propose A - < notes.txt", "what a file holds"],
    ["paxos propose A -- -5", "a value that begins with a dash"],
  ],
  async run(args, terminal) {
    const { options, flags, positionals: { uid, value: given } } = parseCommandLine(args, {
      required: ["uid", "value"],
      options: ["timeout", "config", "expect", "expect-instance"],
      flags: ["no-wait", "json", "expect-none"],
    });
    const condition = conditionOf(options.expect, flags["expect-none"], options["expect-instance"]);
    if (flags["no-wait"] && (flags.json || options.timeout !== undefined || condition !== undefined)) {
      throw new UsageError("--no-wait knows no outcome: it goes with neither --json nor --timeout nor a condition");
    }
    const waitMs = timeoutMs(options.timeout);
    const value = given === "-" ? await readValue(terminal) : given;
    const trouble = tooLarge({ value, ...(condition && { condition }) });
    if (trouble !== null) throw new UsageError(trouble);
    return await withClient(terminal, options.config, [uid], async (client) => {
      if (flags["no-wait"]) {
        await client.proposeWithoutAnswer(uid, value);
        return EXIT.done;
      }
      const proposeOptions = { timeoutMs: waitMs, ...(condition && { condition }) };
      const outcome = await explainWait(client, terminal, client.propose(uid, value, proposeOptions));
      terminal.print(flags.json ? asJson(value, outcome) : asText(value, outcome));
      return { chosen: EXIT.done, not_chosen: EXIT.no, unknown: EXIT.unknown }[outcome.outcome];
    });
  },
};

function conditionOf(value: string | undefined, none: boolean, instance: string | undefined): Condition | undefined {
  if (Number(value !== undefined) + Number(none) + Number(instance !== undefined) > 1) {
    throw new UsageError("--expect, --expect-none and --expect-instance exclude each other: give one of them");
  }
  if (value !== undefined) return { kind: "value", value };
  if (none) return { kind: "value", value: null };
  if (instance === undefined) return undefined;
  return { kind: "instance", instanceNumber: integerInRange("--expect-instance", instance, 0, MAX_PROPOSAL_NUMBER) };
}

async function readValue(terminal: Terminal): Promise<string> {
  const bytes = await terminal.readInput(MAX_DATAGRAM_BYTES);
  if (bytes.length > MAX_DATAGRAM_BYTES) {
    throw new UsageError(`standard input holds more than ${MAX_DATAGRAM_BYTES} bytes, which no datagram can carry`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UsageError("standard input is not UTF-8 text: encode it, for example with base64", { cause: error });
  }
}

function asText(value: string, outcome: ProposeOutcome): string {
  switch (outcome.outcome) {
    case "chosen":
      return escapeForTerminal(`chosen ${outcome.instanceNumber} ${value}`);
    case "not_chosen":
      return escapeForTerminal(`not chosen: ${outcome.reason}`);
    case "unknown":
      return escapeForTerminal(`unknown: ${outcome.reason}`);
  }
}

function asJson(value: string, result: ProposeOutcome): string {
  const { outcome, node } = result;
  return JSON.stringify({
    outcome,
    instance_number: outcome === "chosen" ? result.instanceNumber : null,
    value,
    node,
    reason: outcome === "chosen" ? null : result.reason,
  });
}
