/// <reference lib="dom" />
import type { App } from "./app.ts";

/** So much virtual time passes in a second, in milliseconds, at the usual speed. */
const MS_A_SECOND = 40;

/** Where nothing is under way, the next moment comes after this time at the latest, in seconds. */
const LONGEST_PAUSE_S = 0.5;

/** Where only the learner acts, acts of before are seen one after the other, after this time, in seconds. */
const HAND_PAUSE_S = 0.7;

/** Lets time go on, frame by frame. */
export class Player {
  #lastMs: number | null = null;
  #frame: () => void;

  /** `drawFrame` is called for each frame. */
  constructor(readonly app: App, drawFrame: () => void) {
    this.#frame = drawFrame;
    const run = (nowMs: number) => {
      this.#tick(nowMs);
      requestAnimationFrame(run);
    };
    requestAnimationFrame(run);
  }

  #tick(nowMs: number): void {
    const { app } = this;
    const elapsedS = this.#lastMs === null ? 0 : Math.min((nowMs - this.#lastMs) / 1000, 0.1);
    this.#lastMs = app.playing ? nowMs : null;
    if (!app.playing) return;
    if (app.live !== null) return this.#follow();
    let untilMs = app.ms + elapsedS * this.#rate();
    // More than so many moments in one frame would make it late.
    for (let moments = 0; moments < 200; moments++) {
      const { nextMs } = app;
      if (nextMs === null) {
        app.playing = false;
        app.changed();
        break;
      }
      if (nextMs > untilMs) break;
      app.advance();
      untilMs = Math.max(untilMs, app.ms);
      if (app.moment.violation !== null) app.playing = false;
      if (!app.playing) {
        app.changed();
        break;
      }
    }
    app.ms = Math.max(app.ms, Math.min(untilMs, app.nextMs ?? untilMs));
    this.#frame();
  }

  /** A real cluster's time is everybody's. */
  #follow(): void {
    const { app } = this;
    app.index = app.timeline.last.index;
    app.ms = app.live?.tick(Date.now()) ?? app.ms;
    this.#frame();
  }

  /** Virtual milliseconds in a second. */
  #rate(): number {
    const { app } = this;
    const usual = MS_A_SECOND * app.speed;
    const busy = app.flying.some(({ dueMs }) => dueMs !== null) ||
      app.moment.nodes.values().some(({ disk }) => disk.writing !== null && !disk.hung);
    const waitMs = (app.nextMs ?? app.ms) - app.ms;
    if (app.timeline.setup.byHand) return ((app.nextMs ?? app.ms) - app.moment.atMs) / HAND_PAUSE_S * app.speed;
    return busy ? usual : Math.max(usual, waitMs / LONGEST_PAUSE_S);
  }
}
