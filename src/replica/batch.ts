// Which of the updates that wait go together into one link.
import type { Update } from "./link.ts";
import { linkBytes, MAX_LINK_BYTES } from "./limits.ts";

/**
 * How many of these updates, from the first on, one link can take: as many as fit a datagram, at most `max`, and none after one with
 * a condition. So a link has at most one conditional update, its last, and the instance that chose it is a fencing token.
 */
export function batchSize(updates: Iterable<Update>, max: number): number {
  let size = 0;
  let bytes = 0;
  for (const update of updates) {
    if (size >= max) break;
    bytes += linkBytes(update);
    // The first one fits: it was refused otherwise.
    if (size > 0 && bytes > MAX_LINK_BYTES) break;
    size++;
    if (update.condition !== undefined) break;
  }
  return size;
}
