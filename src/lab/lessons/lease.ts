import type { Lesson } from "./lesson.ts";

/** A master: one round trip, reads that ask nobody, and clocks. */
export const lease: Lesson = {
  id: "lesson:lease",
  title: "6 A master, and its lease",
  script: { scenario: "lead:3", seed: 0, rule: null, acts: [] },
  steps: [
    {
      say:
        "These nodes want a master: it alone adds values. Each waits for a time drawn by chance, then stands for election.",
      question: {
        ask: "Which of them becomes master?",
        choices: ["The one with the highest name", "The one whose lease is chosen", "The one that has run longest"],
        right: 1,
        because: "A lease is a link like any other: chosen by a quorum. Nobody has to trust anybody's word for it.",
      },
      until: /B moves to @1/,
    },
    {
      say: "B is master. The ring around each name shows how much of the lease is left, by that node's own clock.",
      question: {
        ask: "A is asked to set x, and sends its client on to B. How many round trips does B need?",
        choices: ["One: accept, and the answers to it", "Two: promises first, as ever"],
        right: 0,
        because:
          "Promises outlive the link. A quorum has promised 1.B for all that follows, so no prepare is on the wire.",
      },
      acts: [`call 0 A write "x"`],
      until: /client 0 is told: chosen/,
    },
    {
      say: "x is chosen.",
      question: {
        ask: "B is asked for the value. Whom must it ask, to be sure that it is not an old one?",
        choices: ["A quorum, as any node has to", "Nobody"],
        right: 1,
        because:
          "While its lease holds nobody votes for another node, so nothing can be chosen that B has not proposed.",
      },
      acts: ["call 1 B read"],
      until: /client 1 is told: the value "x"/,
    },
    {
      say: "Told at once, without a datagram. Now B is paused, for longer than its lease.",
      question: {
        ask: "When may another node become master?",
        choices: [
          "At once: B does not answer",
          "When the window is over, by the clocks of those who vote",
          "Never, without B",
        ],
        right: 1,
        because:
          "They count from when they learned of the lease, B from when it asked for it. So B's own window ends first.",
      },
      acts: ["pause B"],
      until: /[AC] moves to .*/,
    },
    {
      say: "Another lease is chosen. B wakes up, and has all that it had in memory.",
      question: {
        ask: "B still remembers that it was master. Will it answer a read from its memory?",
        choices: ["Yes: nobody has told it otherwise", "No: by its own clock its lease is over"],
        right: 1,
        because:
          "A clock that never jumps goes on while a machine is paused. That is all that is asked of clocks: rates within 2.5 %.",
      },
      acts: ["resume B"],
      until: /B moves to/,
    },
  ],
  end:
    "Let a clock run wrong (pick a node, then Y) and see what rests on clocks, and what does not: the chain never does.",
};
