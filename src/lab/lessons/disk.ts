import type { Lesson } from "./lesson.ts";

/** Save before you speak. */
export const disk: Lesson = {
  id: "lesson:disk",
  title: "5 What a power cut may take",
  script: { scenario: "free:3", seed: 0, rule: null, acts: [] },
  steps: [
    {
      say:
        "C is paused, and a client asks A to set x. Watch the lower half of each node: hatched is written, but not synced.",
      acts: ["pause C", `call 0 A write "x"`],
      until: /B promises 1\.A/,
    },
    {
      say: "B has promised 1.A, in memory; on its disk that is still hatched. Now the power of B fails.",
      question: {
        ask: "Has B broken a promise when it comes back without it?",
        choices: ["Yes: it has promised", "No: nobody was told"],
        right: 1,
        because:
          "The answer leaves when the save is durable, not before. What nobody has heard, nobody can rely on. (S1: save before you speak.)",
      },
      acts: ["power B"],
      until: /the power of B fails/,
    },
    {
      say: "B starts again. It knows nothing of 1.A; A asks once more.",
      acts: ["restart B"],
      until: /B promises 1\.A/,
    },
    { say: "This time the save ends, and only then B's promise leaves.", until: /A receives from B: promise/ },
    {
      say: "Now A can rely on it.",
      question: {
        ask: "B's power fails again, after its promise was heard. What will it know when it is back?",
        choices: ["Nothing", "Its promise of 1.A"],
        right: 1,
        because: "What was said was saved. So B refuses everything below 1.A, in this life and in every other.",
      },
      acts: ["power B", "restart B"],
      until: /B starts again/,
    },
  ],
  end: "The rules forget-disk and speak-before-save, among the puzzles, show what comes of a node that does otherwise.",
};
