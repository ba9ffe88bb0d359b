// A double of the ancestor's node with `--master`: its lease, and its habits. It knows one window, of 10 s. Whoever is master
// makes up the promises of the others for number 1 in each link, and sends its accept at once; it prepares when it is refused.
// What it has promised it keeps in memory only. A node that is not master passes over the values that it is given.
import { AncestorDouble, type Message } from "./ancestor_double.ts";

const WINDOW_MS = 10_000;
const RENEW_MS = 9000;

export class AncestorMasterDouble extends AncestorDouble {
  master: string | null = null;

  override start(): void {
    super.start();
    this.#startLease();
  }

  override propose(value: string): void {
    if (this.master === this.world.uid) this.offer(pair(null, value));
  }

  protected override offer(link: string): void {
    const isFirst = this.value === null;
    super.offer(link);
    if (isFirst && this.#hasInvented()) this.sendAll("accept", { proposal_id: this.proposing!, proposal_value: link });
  }

  protected override receivePaxos(type: string, fromUid: string, message: Message): void {
    const isAsking = type === "prepare" || type === "accept";
    if (isAsking && this.master !== null && this.master !== fromUid) return;
    super.receivePaxos(type, fromUid, message);
  }

  protected override learn(link: string): void {
    const [holder, value] = JSON.parse(link) as [string | null, string | null];
    this.advance(this.instanceNumber + 1, holder === null ? value : this.currentValue);
    if (holder !== null) {
      this.master = holder;
      this.#startLease();
    }
    if (this.master === this.world.uid) this.#inventPromises();
  }

  /** In memory is enough, it thinks. */
  protected override savePromise(): void {}

  #startLease(): void {
    this.world.setTimer("lease", WINDOW_MS, () => this.#expire());
    if (this.master !== this.world.uid) return this.world.cancelTimer("renewal");
    this.world.setTimer("renewal", RENEW_MS, () => this.offer(this.#grant()));
  }

  #expire(): void {
    this.master = null;
    this.#startLease();
    this.offer(this.#grant());
  }

  #grant(): string {
    return pair(this.world.uid, null);
  }

  #inventPromises(): void {
    this.number = 1;
    this.proposing = [1, this.world.uid];
    const proposal_id = this.proposing;
    for (const uid of this.world.nodes) {
      this.promises.set(uid, { proposal_id, last_accepted_id: null, last_accepted_value: null } as Message);
    }
  }

  #hasInvented(): boolean {
    return this.proposing?.[0] === 1 && this.promises.size === this.world.nodes.length;
  }
}

/** A link as Python writes it: a space after the comma, and escapes for what is not ASCII. */
function pair(holder: string | null, value: string | null): string {
  const text = `[${JSON.stringify(holder)}, ${JSON.stringify(value)}]`;
  return text.replaceAll(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
