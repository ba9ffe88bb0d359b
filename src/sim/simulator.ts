/**
 * The simulator: the real node, in a world where everything goes wrong, with judges who look at every step. A run is a function of
 * its seed.
 *
 * Storms over a node of one's own, here one that counts what it learns:
 *
 * ```ts
 * import { PlainNode } from "@paxos/paxos";
 * import { Search } from "@paxos/paxos/simulator";
 *
 * let learned = 0;
 * class CountingNode extends PlainNode {
 *   protected override learn(link: string): void {
 *     learned++;
 *     super.learn(link);
 *   }
 * }
 *
 * const search = new Search({ nodeClass: CountingNode, nodes: 3 });
 * for (let seed = 0; seed < 10; seed++) {
 *   const { violation } = search.run(seed);
 *   if (violation !== null) throw new Error(`seed ${seed} breaks a rule: ${violation.message}`);
 * }
 * console.log(learned > 100); // true
 * ```
 *
 * A rule is taken away, the storms find what comes of it, and the run is cut down to the few events that matter:
 *
 * ```ts
 * import { BUGS, record, Search, shrink, tellStory } from "@paxos/paxos/simulator";
 *
 * const bug = BUGS.find(({ name }) => name === "quorum-minus-one")!;
 * const search = new Search(bug.subject);
 * let seed = 0;
 * let result = search.run(seed);
 * while (result.violation === null) result = search.run(++seed);
 *
 * const { schedule } = record(result.genes, bug.subject);
 * const shrunk = shrink(schedule, bug.subject, 200_000)!;
 * const title = `Seed ${seed} makes two nodes disagree.`;
 * const off = { rule: bug.rule, control: {} };
 * for (const line of tellStory({ title, command: `seed ${seed}`, shrunk, subject: bug.subject, off })) console.log(line);
 * ```
 *
 * A slip of one's own is a class that overrides one method. `nodeWith` puts other roles into any node:
 *
 * ```ts
 * import { Acceptor, type AcceptMessage } from "@paxos/paxos/core";
 * import { PlainNode } from "@paxos/paxos";
 * import { nodeWith, runStorm, traceStorm } from "@paxos/paxos/simulator";
 *
 * class ForgetfulAcceptor extends Acceptor {
 *   override receiveAccept(message: AcceptMessage): ReturnType<Acceptor["receiveAccept"]> {
 *     const before = this.promisedId;
 *     const answer = super.receiveAccept(message);
 *     this.promisedId = before;
 *     return answer;
 *   }
 * }
 *
 * const subject = { nodeClass: nodeWith({ acceptor: ForgetfulAcceptor })(PlainNode), nodes: 3 };
 * let seed = 1;
 * while (runStorm({ seed, forks: [] }, subject).violation === null) seed++;
 *
 * // The whole run, a line of JSON an event.
 * const lines: string[] = [];
 * traceStorm({ seed, forks: [] }, subject, { seed, bug: null }, (line) => lines.push(line));
 * console.log(JSON.parse(lines.at(-1)!).verdict !== "ok"); // true
 * ```
 *
 * @module
 */
export { Search } from "./search.ts";
export { type Genes, runStorm, type StormResult, type Subject } from "./storm.ts";
export type * from "./events.ts";
export type * from "./checkers/checker.ts";
export type * from "./world.ts";
export { record } from "./schedule.ts";
export type * from "./schedule.ts";
export type * from "./world_options.ts";
export { shrink, type Shrunk } from "./shrink.ts";
export { type Plot, tellStory } from "./story.ts";
export type { Style } from "./diagram.ts";
export { traceStorm, type TraceTitle } from "./trace.ts";
export { type Bug, nodeWith, type Slip } from "./bugs/bug.ts";
export { BUGS } from "./bugs/index.ts";
export type * from "./host.ts";
export type * from "./checkers/history.ts";
export type * from "./client.ts";
export type * from "./disk.ts";
export type * from "./random.ts";
export type * from "./scheduler.ts";
