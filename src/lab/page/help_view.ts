/// <reference lib="dom" />
import { COMMANDS } from "./commands.ts";
import { button, h } from "./dom.ts";

const TITLES = {
  time: "Time",
  node: "The node picked",
  letter: "The datagram picked",
  link: "The link picked",
} as const;

/** The keys, and how to read the page. */
export function helpDialog(): HTMLDialogElement {
  const sections = (["time", "node", "letter", "link"] as const).map((what) =>
    h(
      "section",
      {},
      h("h3", {}, TITLES[what]),
      h(
        "dl",
        {},
        ...COMMANDS.filter((command) => command.for === what).flatMap(({ key, label }) => [
          h("dt", {}, h("kbd", {}, key)),
          h("dd", {}, label),
        ]),
      ),
    )
  );
  const dialog = h(
    "dialog",
    { class: "help", "aria-label": "help" },
    h("h2", {}, "How to read it, and all keys"),
    h(
      "p",
      {},
      "The nodes are the classes that run in the server, on a simulated network. Each shows its memory above and its disk below; " +
        "what is written but not synced is hatched, and a power cut takes it. Colours name the node that owns a proposal ID. " +
        "Nothing is lost: an act in the past makes another branch.",
    ),
    h(
      "p",
      {},
      h("kbd", {}, "1"),
      " to ",
      h("kbd", {}, "7"),
      " pick a node, ",
      h("kbd", {}, "C"),
      " goes to the field for a value, ",
      h("kbd", {}, "Esc"),
      " picks nothing.",
    ),
    h("div", { class: "columns" }, ...sections),
    h("form", { method: "dialog" }, button("Close", "close", () => dialog.close(), { autofocus: true })),
  );
  return dialog;
}
