// All lessons, in order.
import { chain } from "./chain.ts";
import { disk } from "./disk.ts";
import { duel } from "./duel.ts";
import { lease } from "./lease.ts";
import type { Lesson } from "./lesson.ts";
import { oneValue } from "./one_value.ts";
import { takeover } from "./takeover.ts";

/** The lessons. */
export const LESSONS: readonly Lesson[] = [oneValue, duel, takeover, chain, disk, lease];
