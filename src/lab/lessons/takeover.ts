import type { Lesson } from "./lesson.ts";

/** A proposer dies half way; another one has to finish its work. */
export const takeover: Lesson = {
  id: "lesson:takeover",
  title: "3 Taking over from the dead",
  script: { scenario: "free:3", seed: 0, rule: null, acts: [] },
  steps: [
    { say: "A client asks A to set x. A gathers promises ...", acts: [`call 0 A write "x"`], until: /A accepts 1\.A/ },
    {
      say: "A's accepts are on their way. The one to C is lost, and then the power of A fails.",
      acts: ["drop A>C accept 0", "power A"],
      until: /B accepts 1\.A/,
    },
    {
      say: "B has accepted x under 1.A. Whether A had saved it as well, nobody who is left can tell.",
      question: {
        ask: "Now C is asked to set y. B and C are a quorum. Which value will instance 0 get?",
        choices: [
          "y: nobody is left who wants x",
          "x: B reports it, and C must propose it",
          "None: A has to come back",
        ],
        right: 1,
        because: "x may have been chosen, by A and B. So a promise reports what was accepted, and C must propose that.",
      },
      acts: [`call 1 C write "y"`],
      until: /C receives from B: promise \S+ @0, accepted 1\.A/,
    },
    { say: "B's promise reports x under 1.A. C proposes x under its own ID, and keeps y for later.", until: "decided" },
    {
      say: "x is chosen, by two nodes of which neither had been asked for it.",
      question: {
        ask: "And y?",
        choices: ["It is refused", "It goes into instance 1"],
        right: 1,
        because: "C had its own wish all the time. Instance 1 is free, so y goes there.",
      },
      until: /client 1 is told: chosen/,
    },
  ],
  end: "Let A start again (pick it, then K), and watch it catch up.",
};
