import type { WorldEvent } from "./events.ts";
import type { Host } from "./host.ts";

/** Lets happen to a machine what concerns it alone; `false` if it is not possible now. */
export function happenTo(host: Host, event: WorldEvent): boolean {
  switch (event.kind) {
    case "restart":
      if (host.up || host.lost || host.refusal !== null) return false;
      host.start();
      return true;
    case "rejoin":
      if (!host.lost) return false;
      host.rejoin();
      return true;
    case "pause":
      if (!host.up || host.paused) return false;
      host.pause();
      return true;
    case "rot":
      host.disk.rot(host.random);
      return true;
    case "wipe":
      host.wipe();
      return true;
    case "skew":
      host.skew(event.rate);
      return true;
    case "saved":
      if (host.disk.writing === null || host.disk.hung || host.paused) return false;
      host.disk.complete();
      return true;
    default:
      return false;
  }
}
