import type { Lesson } from "./lesson.ts";

/** Basic Paxos: promise, accept, chosen. */
export const oneValue: Lesson = {
  id: "lesson:one-value",
  title: "1 One value, three nodes",
  script: { scenario: "free:3", seed: 0, rule: null, acts: [] },
  steps: [
    {
      say: "Three nodes are to agree on one value. Each has a memory and a disk. A client asks A to set x.",
      question: {
        ask: "What must A do before it may propose x to the others?",
        choices: ["Nothing: it was asked first", "Ask for promises, under a proposal ID of its own", "Be elected"],
        right: 1,
        because:
          "Any node may try. But something could be chosen already: A asks under an ID of its own, 1.A, and hears of it.",
      },
      acts: [`call 0 A write "x"`],
      until: /A's save is durable/,
    },
    {
      say: "A has promised 1.A to itself, and saved that before its prepare left: no crash can make it use 1.A twice.",
      question: {
        ask: "How many promises does A need, its own included?",
        choices: ["One", "Two", "All three"],
        right: 1,
        because: "Two of three are a quorum, and any two quorums share a node. That node is what the proof rests on.",
      },
      until: /A accepts 1\.A/,
    },
    {
      say: "A quorum has promised, and reported that it has accepted nothing. So A is free to propose x.",
      question: {
        ask: "When is x chosen?",
        choices: ["When A's accept leaves", "When a quorum has accepted it", "When every node knows it"],
        right: 1,
        because: "From then on no other value can be chosen, whoever crashes, although no node knows it yet.",
      },
      until: "decided",
    },
    {
      say: "Chosen (◆), and nobody knows. Now each node that accepted tells all others, and each counts for itself.",
      until: /client 0 is told: chosen/,
    },
  ],
  end: "That was one instance. Propose something more, or go back in time and let a node crash in the middle.",
};
