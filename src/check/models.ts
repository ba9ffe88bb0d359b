// What `paxos check` explores. Each plan is small enough to be left with nothing untried.
import { decodeLink } from "../replica/link.ts";
import { chain, leasing, oneDecision, roundTrip } from "./compositions.ts";
import type { Facts } from "./facts.ts";
import { ownerOf, type Plan, type Sometimes } from "./model.ts";

const chosen: Sometimes = { name: "a value is chosen", holds: (_, decisions) => decisions.size > 0 };

const adopted: Sometimes = {
  name: "a proposer adopts the value of another one",
  holds: (nodes) => nodes.some(({ uid, accepts }) => accepts.some(({ value }) => ownerOf(value) !== uid)),
};

const takeover: Sometimes = {
  name: "a proposal that no quorum has accepted is taken over: its value is chosen under the ID of another node",
  holds: (nodes, decisions) =>
    decisions.values().some(({ value, proposer, acceptors }) => {
      const owner = ownerOf(value);
      const isOwn = ({ votes }: Facts) => votes.some((vote) => vote.value === value && vote.proposer === owner);
      return owner !== proposer && nodes.filter(isOwn).length < acceptors.length;
    }),
};

const refused: Sometimes = {
  name: "two proposals of one link are accepted, each by somebody",
  holds: (nodes) => {
    const votes = nodes.flatMap(({ votes }) => votes);
    return votes.some((a) => votes.some((b) => a.instanceNumber === b.instanceNumber && a.value !== b.value));
  },
};

const restarted: Sometimes = {
  name: "a node that has crashed votes for what is chosen",
  holds: (nodes, decisions) =>
    decisions.values().some(({ acceptors }) =>
      nodes.some(({ uid, crashes }) => crashes > 0 && acceptors.includes(uid))
    ),
};

const last = (instances: number): Sometimes => ({
  name: `all nodes have all ${instances} links`,
  holds: (nodes) => nodes.every(({ instanceNumber }) => instanceNumber === instances),
});

const skipped: Sometimes = {
  name: "a link is decided under an ID that was prepared for an earlier one",
  holds: (nodes, decisions) =>
    decisions.values().some(({ instanceNumber, id }) =>
      !nodes.some(({ prepared }) => prepared.includes(`${instanceNumber} ${id}`))
    ),
};

const mastered: Sometimes = {
  name: "a node is master",
  holds: (nodes) => nodes.some(({ isMaster }) => isMaster),
};

const succeeded: Sometimes = {
  name: "a node is master after another one",
  holds: (nodes, decisions) =>
    nodes.some(({ uid, isMaster }) =>
      isMaster && decisions.values().some(({ value }) => ![null, uid].includes(decodeLink(value).grantedTo))
    ),
};

const added: Sometimes = {
  name: "a master adds a value",
  holds: (_, decisions) => decisions.values().some(({ value }) => decodeLink(value).updates.length > 0),
};

/** Two drivers with one prepare each. */
const numbers = { A: 1, B: 1 };

/** Two grants: A and B vote for nobody but themselves, so C has a part in every quorum, and carries B where it has heard no votes. */
const throughC = {
  numbers,
  reach: { prepare: ["C"], accept: ["C"], sync_request: ["C"], snapshot: ["B"] },
  instances: 2,
} as const;

/** One master after another. */
const handover = { compose: leasing, sometimes: [chosen, mastered, succeeded, added] } as const;

/** The set that runs unless another is asked for. */
export const STANDARD: readonly Plan[] = [
  {
    name: "decision",
    summary: "one decision, two proposers, three acceptors, three learners",
    bounds: { numbers, reach: {}, instances: 1, crashes: 0, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, refused],
  },
  {
    name: "retry",
    summary: "one decision, a proposer that tries again",
    bounds: { numbers: { A: 2, B: 1 }, reach: { accepted: [] }, instances: 1, crashes: 0, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, refused],
  },
  {
    name: "restart",
    summary: "one decision, crashes between and within steps",
    bounds: { numbers, reach: { accepted: ["C"] }, instances: 1, crashes: 2, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, restarted],
  },
  {
    name: "chain",
    summary: "two links, nodes that learn them or are carried over them",
    bounds: { numbers, reach: {}, instances: 2, crashes: 0, ticks: 0 },
    compose: chain,
    sometimes: [chosen, takeover, last(2)],
  },
  {
    name: "chain-restart",
    summary: "two links, a crash",
    bounds: { numbers, reach: { accepted: ["B"] }, instances: 2, crashes: 1, ticks: 0 },
    compose: chain,
    sometimes: [chosen, takeover, restarted, last(2)],
  },
  {
    name: "round-trip",
    summary: "two links, drivers that prepare once for both",
    bounds: {
      numbers,
      reach: { accepted: ["A", "C"], sync_request: [], snapshot: ["B"] },
      instances: 2,
      crashes: 0,
      ticks: 0,
    },
    compose: roundTrip,
    sometimes: [chosen, adopted, skipped, last(2)],
  },
  {
    name: "lease-restart",
    summary: "a grant, a crash, and who must wait",
    bounds: {
      numbers,
      reach: { accepted: ["A"], sync_request: ["C"], snapshot: ["B"] },
      instances: 1,
      crashes: 1,
      ticks: 2,
    },
    compose: leasing,
    sometimes: [chosen, mastered],
  },
  {
    name: "lease-handover",
    summary: "two links, a master and the next one, which never hear of each other but through C",
    bounds: { ...throughC, crashes: 0, ticks: 1 },
    ...handover,
  },
];

/** The set for a night. */
export const LARGE: readonly Plan[] = [
  {
    name: "decision-unheard",
    summary: "as decision, but nobody hears votes: small enough for five nodes",
    bounds: { numbers, reach: { accepted: [] }, instances: 1, crashes: 0, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, refused],
  },
  {
    name: "retry-votes",
    summary: "as retry, and a node that hears votes",
    bounds: { numbers: { A: 2, B: 1 }, reach: { accepted: ["C"] }, instances: 1, crashes: 0, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, refused],
  },
  {
    name: "duel",
    summary: "one decision, two proposers that both try again",
    bounds: { numbers: { A: 2, B: 2 }, reach: { accepted: [] }, instances: 1, crashes: 0, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, refused],
  },
  {
    name: "retry-restart",
    summary: "as retry, with two crashes",
    bounds: { numbers: { A: 2, B: 1 }, reach: { accepted: [] }, instances: 1, crashes: 2, ticks: 0 },
    compose: oneDecision,
    sometimes: [chosen, adopted, takeover, restarted],
  },
  {
    name: "chain-retry",
    summary: "two links, a proposer that tries again",
    bounds: { numbers: { A: 2, B: 1 }, reach: {}, instances: 2, crashes: 0, ticks: 0 },
    compose: chain,
    sometimes: [chosen, adopted, takeover, last(2)],
  },
  {
    name: "chain-three",
    summary: "three links",
    bounds: { numbers, reach: {}, instances: 3, crashes: 0, ticks: 0 },
    compose: chain,
    sometimes: [chosen, takeover],
  },
  {
    name: "round-trip-three",
    summary: "three links, drivers that prepare once for all",
    bounds: { numbers, reach: {}, instances: 3, crashes: 0, ticks: 0 },
    compose: roundTrip,
    sometimes: [chosen, adopted, skipped, last(3)],
  },
  {
    name: "lease-handover-half",
    summary: "as lease-handover, with moments at which half a lease is over",
    bounds: { ...throughC, crashes: 0, ticks: 2 },
    ...handover,
  },
  {
    name: "lease-handover-restart",
    summary: "as lease-handover, with a crash",
    bounds: { ...throughC, crashes: 1, ticks: 1 },
    ...handover,
  },
  {
    name: "lease-carried",
    summary: "a master, and two nodes that it carries over the link of its grant",
    bounds: {
      numbers,
      reach: { prepare: ["C"], accept: ["C"], accepted: ["A", "B"], sync_request: ["A"], snapshot: ["B", "C"] },
      instances: 2,
      crashes: 0,
      ticks: 1,
    },
    ...handover,
  },
];

/** All plans. */
export const PLANS: readonly Plan[] = [...STANDARD, ...LARGE];
