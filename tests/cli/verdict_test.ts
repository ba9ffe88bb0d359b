import type { StatusResult } from "../../src/client/client.ts";
import type { NodeReport } from "../../src/cli/broken_ways.ts";
import { verdict } from "../../src/cli/verdict.ts";
import { assertEquals } from "../assert.ts";

const STATUS: StatusResult = {
  result: "status",
  instanceNumber: 7,
  value: "x",
  promisedId: null,
  acceptedId: null,
  masterUid: null,
  leaseRemainingMs: null,
  leaseWaitMs: 0,
  mode: "plain",
  pid: 1,
  uptimeMs: 1,
  peers: [],
  troubles: [],
};

function reports(states: Readonly<Record<string, Partial<StatusResult> | null>>): NodeReport[] {
  return Object.entries(states).map(([uid, state]) => ({
    uid,
    status: state === null ? null : { ...STATUS, ...state },
  }));
}

Deno.test("all nodes answer and agree: healthy, also where one is a little behind", () => {
  assertEquals(verdict(reports({ A: {}, B: {}, C: {} }), 3), {
    healthy: true,
    sentences: ["quorum: yes, 3 of 3 nodes answer and 2 are needed"],
  });
  assertEquals(verdict(reports({ A: {}, B: { instanceNumber: 6, value: "w" }, C: {} }), 3), {
    healthy: true,
    sentences: ["quorum: yes, 3 of 3 nodes answer and 2 are needed", "B is 1 link behind"],
  });
});

Deno.test("one of three does not answer: there is a quorum, but not health", () => {
  assertEquals(verdict(reports({ A: {}, B: {}, C: null }), 3), {
    healthy: false,
    sentences: ["quorum: yes, 2 of 3 nodes answer and 2 are needed", "unreachable: C"],
  });
});

Deno.test("without a quorum no value can be chosen, and where nobody answers nobody lags", () => {
  assertEquals(verdict(reports({ A: null, B: {}, C: null }), 3).sentences, [
    "quorum: no, 1 of 3 nodes answers and 2 are needed: no value can be chosen",
    "unreachable: A, C",
  ]);
  assertEquals(verdict(reports({ A: null, B: null }), 2).sentences, [
    "quorum: no, 0 of 2 nodes answer and 2 are needed: no value can be chosen",
    "unreachable: A, B",
  ]);
});

Deno.test("what a node says is wrong, another mode, and two values at one link are unhealthy", () => {
  const { healthy, sentences } = verdict(
    reports({
      A: { troubles: [{ kind: "configuration_drift", about: "C", text: "node C runs another configuration" }] },
      B: { value: "y" },
      C: { mode: "master" },
    }),
    3,
  );
  assertEquals(healthy, false);
  assertEquals(sentences.slice(1), [
    "master: none yet",
    "modes differ: A plain, B plain, C master; start all nodes in the same one",
    "A reports: node C runs another configuration",
    'A and B disagree at link 7: "x" and "y"; agreement is broken',
  ]);
});

Deno.test("where only some nodes were asked, only these count", () => {
  assertEquals(verdict(reports({ A: {} }), 3), {
    healthy: true,
    sentences: ["quorum: not asked for, 1 of 1 nodes answers"],
  });
});

Deno.test("a node that rejoins answers, but has no vote: with another one down there is no quorum", () => {
  const text = "node C has lost its state and rejoins: it votes for nothing until link 9 is chosen";
  const C = { troubles: [{ kind: "rejoining", about: "C", text }] } as const;
  assertEquals(verdict(reports({ A: {}, B: {}, C }), 3), {
    healthy: false,
    sentences: ["quorum: yes, 3 of 3 nodes answer, C without a vote yet, and 2 are needed", `C reports: ${text}`],
  });
  assertEquals(
    verdict(reports({ A: {}, B: null, C }), 3).sentences[0],
    "quorum: no, 2 of 3 nodes answer, C without a vote yet, and 2 are needed: no value can be chosen",
  );
});
