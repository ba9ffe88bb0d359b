import type { Lesson } from "./lesson.ts";

/** A node that was cut off is carried over what it missed. */
export const chain: Lesson = {
  id: "lesson:chain",
  title: "4 The chain, and catching up",
  script: { scenario: "free:3", seed: 1, rule: null, acts: [] },
  steps: [
    {
      say: "C is cut off from both others. A client asks A to set x.",
      question: {
        ask: "Can anything be chosen?",
        choices: ["Yes: A and B are a quorum", "No: C might disagree", "Yes, but C will have to confirm it later"],
        right: 0,
        because:
          "A quorum is enough. C is not asked, and cannot do harm: any quorum that it is ever in has A or B in it.",
      },
      acts: ["cut A>C", "cut C>A", "cut B>C", "cut C>B", `call 0 A write "x"`],
      until: /client 0 is told: chosen/,
    },
    {
      say: "And one more: each link is an instance of its own.",
      acts: [`call 0 B write "y"`],
      until: /client 0 is told: chosen/,
    },
    {
      say: "A and B are at instance 2, C is at 0. Now the links are mended.",
      question: {
        ask: "How does C come to know what it missed?",
        choices: [
          "It runs both instances again",
          "A peer sends all that the chain amounts to, in one message",
          "It asks for the links one by one",
        ],
        right: 1,
        because:
          "A node tells a peer now and then where it stands. Who is ahead answers with a snapshot: value, instance, sessions.",
      },
      acts: ["mend A>C", "mend C>A", "mend B>C", "mend C>B"],
      until: /C moves to @2/,
    },
  ],
  end:
    "In the table of the chain dotted cells are links over which a node was carried: it knows what they amount to, not each of them.",
};
