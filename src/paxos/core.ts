/**
 * The core of Paxos: one decision, made by the three roles that every node has. Messages in are method calls, messages out are
 * returned values; which network carries them, which instance they are about, and what is on the disk are the caller's business.
 *
 * Two nodes decide. Each asks the other, and itself:
 *
 * ```ts
 * import { formatProposalId, PaxosInstance } from "@paxos/paxos/core";
 *
 * const quorumSize = 2;
 * const nodes = [new PaxosInstance("A", quorumSize), new PaxosInstance("B", quorumSize)] as const;
 * const [a] = nodes;
 *
 * a.proposeValue("hello");
 * const prepare = a.prepare();
 * for (const node of nodes) {
 *   const answer = node.receivePrepare(prepare);
 *   // The promise that completes a quorum makes the accept, which goes to all nodes.
 *   const accept = answer.type === "promise" ? a.receivePromise(node.uid, answer) : null;
 *   if (accept === null) continue;
 *   for (const acceptor of nodes) {
 *     const vote = acceptor.receiveAccept(accept);
 *     const chosen = vote.type === "accepted" ? a.receiveAccepted(acceptor.uid, vote) : null;
 *     if (chosen !== null) console.log(chosen.value, "is chosen under", formatProposalId(chosen.proposalId));
 *   }
 * }
 * // hello is chosen under 1.A
 * ```
 *
 * The roles stand alone as well. An acceptor that has promised refuses what is older, and a proposer that is told of an accepted
 * value proposes that one:
 *
 * ```ts
 * import { Acceptor, compareProposalIds, Proposer, sameProposalId } from "@paxos/paxos/core";
 *
 * const acceptor = new Acceptor();
 * acceptor.receiveAccept({ type: "accept", proposalId: { number: 4, uid: "C" }, value: "old" });
 *
 * const proposer = new Proposer("B", 1);
 * proposer.observe({ number: 4, uid: "C" });
 * proposer.propose("new");
 * const prepare = proposer.prepare();
 * console.log(compareProposalIds(prepare.proposalId, { number: 4, uid: "C" }) > 0); // true
 *
 * const answer = acceptor.receivePrepare(prepare);
 * const accept = answer.type === "promise" ? proposer.receivePromise("A", answer) : null;
 * console.log(accept?.value); // old
 *
 * const late = acceptor.receiveAccept({ type: "accept", proposalId: { number: 4, uid: "C" }, value: "old" });
 * console.log(late.type, late.type === "nack" && sameProposalId(late.promisedId, prepare.proposalId)); // nack true
 * ```
 *
 * A learner counts votes, for each ID alone:
 *
 * ```ts
 * import { Learner, MAX_PROPOSAL_NUMBER } from "@paxos/paxos/core";
 *
 * const learner = new Learner(2);
 * const vote = { type: "accepted", proposalId: { number: MAX_PROPOSAL_NUMBER, uid: "A" }, value: "x" } as const;
 * console.log(learner.receiveAccepted("A", vote)?.value); // undefined
 * console.log(learner.receiveAccepted("A", vote)?.value); // undefined: the same acceptor counts once
 * console.log(learner.receiveAccepted("B", vote)?.value); // x
 * ```
 *
 * @module
 */
export {
  compareProposalIds,
  formatProposalId,
  MAX_PROPOSAL_NUMBER,
  type ProposalId,
  sameProposalId,
} from "./proposal_id.ts";
export type {
  AcceptedMessage,
  AcceptMessage,
  NackMessage,
  PaxosMessage,
  PrepareMessage,
  PromiseMessage,
} from "./messages.ts";
export { Acceptor, type AcceptorState } from "./acceptor.ts";
export { Proposer, type ProposerState } from "./proposer.ts";
export { type Chosen, Learner, type Tally, type Vote } from "./learner.ts";
export { type InstanceState, PaxosInstance } from "./instance.ts";
