// What clients are told of their updates.
import type { Update } from "./link.ts";
import type { UpdateResult } from "./register.ts";
import type { ProposedResult } from "./requests.ts";

/** Why nobody can say what became of an update whose session the table does not know any more. */
export const EXPIRED: string =
  "its session has gone on without it or is not known any more, so nobody can tell whether it was applied before";

/** How much of a value a reason shows, in characters. */
const MAX_QUOTED = 60;

/** The update is in this link. */
export function chosenBy(instanceNumber: number): ProposedResult {
  return { result: "proposed", outcome: "chosen", instanceNumber, reason: null };
}

/** Nobody can say, and this is why. */
export function unknownBecause(reason: string): ProposedResult {
  return { result: "proposed", outcome: "unknown", instanceNumber: null, reason };
}

/** What the client is told of an update that bears a session; `seen` is the value that its condition met, where that is known. */
export function toOutcome({ update, outcome, instanceNumber }: UpdateResult, seen?: string | null): ProposedResult {
  switch (outcome) {
    case "applied":
      return chosenBy(instanceNumber);
    case "condition_failed": {
      const reason = describeFailure(update, instanceNumber, seen);
      return { result: "proposed", outcome: "not_chosen", instanceNumber, reason };
    }
    case "expired":
      return unknownBecause(EXPIRED);
  }
}

function describeFailure({ condition }: Update, instanceNumber: number, seen: string | null | undefined): string {
  const wanted = condition?.kind === "instance"
    ? `that of instance ${condition.instanceNumber}`
    : quote(condition?.value ?? null);
  if (seen !== undefined) return `the value is ${quote(seen)}, not ${wanted}`;
  return `the value was not ${wanted} when link ${instanceNumber} was applied`;
}

function quote(value: string | null): string {
  if (value === null) return "none";
  // The whole of it might not fit the answer's datagram.
  return value.length > MAX_QUOTED ? `${JSON.stringify(value.slice(0, MAX_QUOTED))}...` : JSON.stringify(value);
}
