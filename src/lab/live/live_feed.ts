/// <reference lib="dom" />
import { type LiveEvent, readLiveEvent } from "./live_event.ts";
import { LiveRun, MOST_LIVE_MOMENTS } from "./live_run.ts";
import type { App } from "../page/app.ts";

/** The nodes that this page is to show, by address; none in the usual lab. */
export async function attachedNodes(): Promise<readonly string[]> {
  const response = await fetch("live");
  const { attached }: { readonly attached: readonly string[] } = await response.json();
  return attached;
}

/** Shows real nodes, as they tell what happens. */
export class LiveFeed {
  /** By the number of the stream. */
  #names = new Map<number, string>();
  #run: LiveRun | null = null;

  /** Listens to as many nodes as are attached. */
  constructor(readonly app: App, count: number) {
    for (let index = 0; index < count; index++) {
      const source = new EventSource(`live/${index}`);
      source.addEventListener("message", ({ data }) => this.#take(index, data));
    }
    app.say("Waiting for the nodes to tell ...");
  }

  #take(stream: number, text: string): void {
    const event = readLiveEvent(this.#named(stream, text));
    if (event === null) return;
    this.#names.set(stream, event.node);
    if (event.event === "state") this.#begin(event);
    this.#run?.take(event);
    if (this.app.playing) this.app.notice = "";
    else this.app.changed();
  }

  /** That a node is gone is told by others, who know its stream only. */
  #named(stream: number, text: string): string {
    if (text !== '{"event":"gone"}') return text;
    return JSON.stringify({ event: "gone", node: this.#names.get(stream), time: new Date().toISOString() });
  }

  /** The first state says which nodes there are; after very many moments all begins anew with what is known. */
  #begin({ nodes, atMs }: Extract<LiveEvent, { event: "state" }>): void {
    const run = this.#run;
    if (run !== null && run.moments.length < MOST_LIVE_MOMENTS) return;
    this.#run = new LiveRun(nodes, atMs, run?.last.nodes);
    this.app.watch(this.#run);
  }
}
