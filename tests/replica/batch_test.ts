import { batchSize } from "../../src/replica/batch.ts";
import { encodeLink, type Update } from "../../src/replica/link.ts";
import { MAX_DATAGRAM_BYTES } from "../../src/replica/limits.ts";
import { type Proposal, Proposals } from "../../src/replica/proposals.ts";
import { Register } from "../../src/replica/register.ts";
import { encodePeerMessage } from "../../src/wire/datagram.ts";
import { assert, assertEquals } from "../assert.ts";

const withdrawn = () => true;
const left = () => false;

/** An update in a session of its own. */
function update(name: string, condition?: Update["condition"]): Update {
  return { value: name, session: { openedAt: 0, id: name.slice(0, 16), sequence: 1 }, ...(condition && { condition }) };
}

function queue(...updates: Update[]): Proposals {
  const proposals = new Proposals();
  for (const update of updates) {
    proposals.add({ update, asker: { address: "client", requestId: update.value }, deadlineMs: 100 });
  }
  return proposals;
}

/** Chooses the link, and says what the clients are told. */
function choose(proposals: Proposals, link: string, register: Register, instanceNumber: number): string[] {
  const { updates } = { updates: decode(link) };
  register.apply({ grantedTo: null, updates }, instanceNumber);
  return proposals.chosen(link, instanceNumber, register)
    .map(({ proposal, result }) => `${proposal.update.value} ${result.outcome} ${result.instanceNumber}`);
}

function decode(link: string): Update[] {
  const known = ["a", "b", "c"].map((name) => update(name));
  return known.filter(({ value }) => link.includes(`"${value}"`));
}

Deno.test("all that waits goes together into the next link, and each client hears its own outcome", () => {
  const proposals = queue(update("a"), update("b"), update("c"));
  const link = proposals.offer(Infinity, left);
  assertEquals(link, encodeLink([update("a"), update("b"), update("c")]));
  proposals.acceptLeaves();
  assertEquals(choose(proposals, link!, new Register(), 7), ["a chosen 7", "b chosen 7", "c chosen 7"]);
  assert(!proposals.waiting);
});

Deno.test("what is offered grows until an accept carries it, and never after", () => {
  const proposals = queue(update("a"));
  proposals.offer(Infinity, left);
  assertEquals(proposals.offer(Infinity, withdrawn), null, "nothing has come since");
  const late = (name: string): Proposal => ({ update: update(name), asker: null, deadlineMs: null });
  proposals.add(late("b"));
  assertEquals(proposals.offer(Infinity, withdrawn), encodeLink([update("a"), update("b")]));
  proposals.acceptLeaves();
  proposals.add(late("c"));
  assertEquals(proposals.offer(Infinity, left), null);
  // Its ID was refused, and under the next one nothing is accepted yet.
  assertEquals(proposals.offer(Infinity, withdrawn), null);
  assertEquals(proposals.offeredLink, encodeLink([update("a"), update("b")]));
  choose(proposals, proposals.offeredLink!, new Register(), 0);
  assertEquals(proposals.offer(Infinity, left), encodeLink([update("c")]));
});

Deno.test("a batch that lost its instance is offered to the next one, with what has come meanwhile", () => {
  const proposals = queue(update("a"), update("b"));
  proposals.offer(Infinity, left);
  proposals.acceptLeaves();
  proposals.add({ update: update("c"), asker: null, deadlineMs: null });
  assertEquals(proposals.chosen("another node's", 0, new Register()), []);
  assertEquals(proposals.offer(Infinity, left), encodeLink([update("a"), update("b"), update("c")]));
});

Deno.test("an update of the batch that another node has brought into the chain is settled, and the rest goes on", () => {
  const proposals = queue(update("a"), update("b"));
  proposals.offer(Infinity, left);
  proposals.acceptLeaves();
  assertEquals(choose(proposals, encodeLink([update("b")]), new Register(), 3), ["b chosen 3"]);
  assertEquals(proposals.offer(Infinity, left), encodeLink([update("a")]));
});

Deno.test("what is given up leaves the batch if it is still at home; what an accept carries stays in it", () => {
  const proposals = queue(update("a"), update("b"));
  proposals.offer(Infinity, left);
  const [a, b] = proposals.all;
  proposals.giveUp([a!], "late", withdrawn);
  assertEquals(proposals.offer(Infinity, left), encodeLink([update("b")]));
  proposals.giveUp([b!], "late", left);
  assertEquals([proposals.offeredLink, proposals.waiting], [encodeLink([update("b")]), false]);
});

Deno.test("plain updates of one batch are all chosen, or all unknown where nobody shows the link", () => {
  const offered = (): Proposals => {
    const proposals = queue({ value: "x" }, { value: "y" });
    proposals.offer(Infinity, left);
    proposals.acceptLeaves();
    return proposals;
  };
  const told = (settled: ReturnType<Proposals["chosen"]>) => settled.map(({ result }) => result.outcome);
  const proposals = offered();
  assertEquals(told(proposals.chosen(proposals.offeredLink!, 2, new Register())), ["chosen", "chosen"]);
  const register = new Register();
  register.apply({ grantedTo: null, updates: [{ value: "y" }] }, 2);
  assertEquals(told(offered().carried(2, 3, register)), ["unknown", "unknown"], "perhaps y of this batch");
  register.apply({ grantedTo: null, updates: [{ value: "z" }] }, 3);
  const lost = offered();
  assertEquals(lost.carried(3, 4, register), [], "z is another node's");
  assertEquals(lost.offer(Infinity, left), encodeLink([{ value: "x" }, { value: "y" }]));
});

Deno.test("a link has at most one conditional update, as its last", () => {
  const condition = { kind: "value", value: null } as const;
  assertEquals(batchSize([update("a"), update("b", condition), update("c")], Infinity), 2);
  assertEquals(batchSize([update("b", condition), update("c")], Infinity), 1);
  assertEquals(batchSize([update("a"), update("b"), update("c")], 2), 2);
  assertEquals(batchSize([], Infinity), 0);
});

Deno.test("a batch fits its datagram, with leases too, whatever its values are made of", () => {
  for (const unit of ["a", '"', "\\", "\u0001", "\ud800", "\u00e9", "\u20ac", "\u{1f600}"]) {
    const updates = Array.from({ length: 3000 }, (_, i) => update(`${i}${unit.repeat(i % 97)}`));
    const size = batchSize(updates, Infinity);
    const link = JSON.stringify([null, encodeLink(updates.slice(0, size))]);
    const proposalId = { number: 2 ** 52, uid: "u".repeat(64) };
    const accept = encodePeerMessage({ type: "accept", instanceNumber: 2 ** 52, proposalId, value: link });
    assert(accept.length <= MAX_DATAGRAM_BYTES, `${unit}: ${accept.length}`);
    assert(accept.length >= MAX_DATAGRAM_BYTES / 3, `${unit}: ${size} updates make ${accept.length} bytes only`);
  }
});
