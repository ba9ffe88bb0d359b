/// <reference lib="dom" />
import type { App } from "./app.ts";
import { commandOf } from "./commands.ts";

/** What the page itself answers to. */
export interface PageKeys {
  /** Shows the help. */
  readonly help: () => void;
  /** Goes to the field for a value. */
  readonly propose: () => void;
}

/** Listens to the keyboard, wherever the focus is, but where keys are for typing. */
export function listenToKeys(app: App, page: PageKeys): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    // A button that has the focus is pressed by these; and so is what a dialog asks.
    if ((event.key === " " || event.key === "Enter") && isPressed(event.target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (!run(app, page, event)) return;
    event.preventDefault();
  });
}

function run(app: App, page: PageKeys, event: KeyboardEvent): boolean {
  const { key } = event;
  if (key === "?") page.help();
  else if (key === "c" || key === "C") page.propose();
  else if (key === "Escape") app.select(null);
  else if (/^[1-7]$/.test(key)) {
    const uid = [...app.moment.nodes.keys()][Number(key) - 1];
    if (uid === undefined) return false;
    app.select({ kind: "node", uid });
  } else {
    const command = commandOf(event);
    if (command === undefined) return false;
    command.run(app);
  }
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=range]), textarea, select");
}

function isPressed(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("button, a[href], summary, input:not([type=range])");
}
