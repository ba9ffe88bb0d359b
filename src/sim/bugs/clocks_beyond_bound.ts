import { Host, type HostOptions } from "../host.ts";
import type { Outside } from "../../replica/ports.ts";
import { type Bug, WITH_MASTER } from "./bug.ts";

/** The rate of a clock that was off by 2.5 % is off by 40 % or 64 %. */
const TIMES = 20;

/** Its clock is off far more than the one that was drawn for it. */
export class DriftingHost extends Host {
  /** Makes the clock that it is given worse. */
  constructor(options: HostOptions, outside: Outside) {
    const { clock } = options;
    super({ ...options, clock: { ...clock, rate: power(clock.rate, TIMES) } }, outside);
  }
}

/** By multiplication, which all engines round alike. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result *= base;
  return result;
}

/**
 * Clocks are each off by up to 2.5 %.
 *
 * The code is the real one, and the clocks are not: some take twice as long for a window as others. Who is master, and reads, rest on
 * that bound. The chain does not: nodes agree all the same.
 */
export const clocksBeyondBound: Bug = {
  name: "clocks-beyond-bound",
  rule: "clocks are each off by up to 2.5 %",
  ruleRef: "L4",
  source: "classic",
  subject: { ...WITH_MASTER, hostClass: DriftingHost },
  control: WITH_MASTER,
  kinds: ["mastership", "linearizability"],
};
