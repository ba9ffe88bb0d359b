import type { Lesson } from "./lesson.ts";

/** Two proposers, a refusal, and a wait by chance. */
export const duel: Lesson = {
  id: "lesson:duel",
  title: "2 A duel, and backing off",
  script: { scenario: "free:3", seed: 3, rule: null, acts: [] },
  steps: [
    {
      say: "Two clients ask at the same time: A shall set x, C shall set y.",
      question: {
        ask: "A tries under 1.A and C under 1.C. Which ID is higher?",
        choices: ["1.A: it left first", "1.C: numbers are equal, and C comes after A", "Neither: they are equal"],
        right: 1,
        because: "IDs are ordered by number, then by name. Two nodes never share one, and all agree which is higher.",
      },
      acts: [`call 0 A write "x"`, `call 1 C write "y"`],
      until: /[AB] promises 1\.C/,
    },
    {
      say: "A node that has promised 1.C refuses everything below it from now on, 1.A among it.",
      question: {
        ask: "A is told of the refusal. What should it do?",
        choices: ["Try again at once, under a higher ID", "Wait for a time drawn by chance, then try", "Give up"],
        right: 1,
        because:
          "If both tried again at once they could overtake each other for ever: safe, but nothing would be chosen. Chance ends that.",
      },
      until: /A receives from \w: nack/,
    },
    { say: "Refused. A waits; meanwhile C has the field to itself.", until: "decided" },
    {
      say: "One of the two is chosen. The other has not been lost:",
      question: {
        ask: "What becomes of A's value?",
        choices: ["It is dropped, and its client told so", "It goes into the next instance", "It overwrites the first"],
        right: 1,
        because: "A still wants x. Instance 0 is decided for ever, so x is proposed for instance 1.",
      },
      until: /client 0 is told: chosen/,
    },
  ],
  end:
    'Both are in the chain, one after the other. Take the rule "duel" away, above, to see proposers that never wait.',
};
