// One node as a process runs it: a real socket, a real file and a real clock around the classes that the simulator runs too.
import { EffectLoop } from "../replica/effect_loop.ts";
import { encodeState, type NodeState, type Owner } from "../replica/node_state.ts";
import type { ClientAddress, Input, Outside, Store } from "../replica/ports.ts";
import type { ClientResponse, StatusResult } from "../replica/requests.ts";
import { formatAddress, isLoopback, resolveNodes } from "./addresses.ts";
import type { Machine } from "./atomic_file.ts";
import { systemEnv } from "./clock.ts";
import { type ClusterConfiguration, nodeAddress } from "./configuration.ts";
import { Drops } from "./drops.ts";
import { restoreEarlier } from "./earlier_state.ts";
import { ConfigurationError } from "./errors.ts";
import { LocalQuestions } from "./local_questions.ts";
import type { NodeLog } from "./log.ts";
import { Messenger, type Traffic } from "./messenger.ts";
import type { NodeClass, RunnableNode } from "./node_class.ts";
import { readSecret, Seal } from "./secret.ts";
import { OpenRequests } from "./open_requests.ts";
import { SaveTimes } from "./save_times.ts";
import { StateStore } from "./state_store.ts";
import { Timers } from "./timers.ts";
import { WATCH_INTERVAL_MS, Watchman } from "./watchman.ts";

/** What a server is started with. */
export interface ServerOptions {
  /** Which node of the cluster it runs. */
  readonly uid: string;
  /** The cluster. */
  readonly configuration: ClusterConfiguration;
  /** The directory of the state file. */
  readonly stateDir: string;
  /** Whether the node has lost its state, and has to rejoin the cluster; its state file must be missing then. */
  readonly rejoin?: boolean;
  /** Whether nodes may have addresses that other machines reach, though no secret proves the datagrams. */
  readonly insecure: boolean;
  /** The composition to run. */
  readonly nodeClass: NodeClass;
  /** Takes what there is to tell. */
  readonly log: NodeLog;
  /** The machine that the state file lives on; the real one, unless a test makes it fail. */
  readonly machine?: Machine;
}

/** What a server has counted since its node's life began. */
export interface ServerCounters {
  /** Links that the node has learned one by one. */
  readonly chosenLinks: number;
  /** How often a peer has carried the node over links. */
  readonly carried: number;
  /** Datagrams that came and left. */
  readonly traffic: Readonly<Traffic>;
  /** Datagrams and messages that were thrown away, by reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** How long saves took. */
  readonly saves: SaveTimes;
}

/** How long the node may take to say how it is, in milliseconds. */
const STATUS_MS = 1000;
/** How long a node that is to end may take to answer its clients, in milliseconds. */
const STOP_MS = 500;

/** The parts of a server, ready to begin. */
interface Parts {
  readonly uid: string;
  readonly node: RunnableNode;
  readonly owner: Owner;
  readonly store: StateStore;
  readonly messenger: Messenger;
  readonly timers: Timers;
  readonly watchman: Watchman;
  readonly log: NodeLog;
}

/** A running node. */
export class Server {
  /** Resolves when the node has ended: with `null` after `stop`, else with what ended it. */
  readonly finished: Promise<Error | null>;
  readonly #finish: (error: Error | null) => void;
  readonly #parts: Parts;
  readonly #loop: EffectLoop;
  readonly #questions: LocalQuestions = new LocalQuestions();
  readonly #saves: SaveTimes = new SaveTimes();
  readonly #requests: OpenRequests = new OpenRequests();
  #stopping = false;
  #chosenLinks = 0;
  #carried = 0;
  #ended = false;

  /** Loads the node's state, binds its socket and begins its life. Rejects with a `ReportedError` where that cannot be. */
  static async start(options: ServerOptions): Promise<Server> {
    const { uid, configuration, log } = options;
    nodeAddress(configuration, uid);
    const addresses = await resolveNodes(configuration.nodes);
    const { secretFile } = configuration;
    if (secretFile === undefined && !options.insecure) refuseExposed(addresses);
    const seal = secretFile === undefined ? null : await Seal.create(uid, readSecret(secretFile));

    using undo = new DisposableStack();
    const store = undo.adopt(StateStore.open(options.stateDir, uid, options.machine), (store) => store.close());
    const owner: Owner = { uid, nodes: [...configuration.nodes.keys()] };
    const node = new options.nodeClass({ ...owner, env: systemEnv(), settings: configuration.settings, pid: Deno.pid });
    restoreEarlier(node, store, owner, options.rejoin ?? false);
    const watchman = new Watchman(uid, (text) => log.event({ kind: "trouble", text }));
    const timers = new Timers();
    const drops = new Drops((counts) => log.event({ kind: "dropped", counts }), timers);
    const messenger = undo.adopt(
      Messenger.open(uid, addresses, drops, timers, log, seal),
      (messenger) => messenger.close(),
    );
    messenger.watchman = watchman;
    // Saved at once, also where nothing has changed: a disk that cannot be written shows now, and a new node gets its marker.
    store.save(encodeState(node.save(), owner));
    undo.move();
    return new Server({ uid, node, owner, store, messenger, timers, watchman, log });
  }

  private constructor(parts: Parts) {
    const { uid, node, owner, store, messenger, log } = parts;
    this.#parts = parts;
    this.#loop = new EffectLoop(node, this.#durable(store, owner), this.#outside());
    ({ promise: this.finished, resolve: this.#finish } = Promise.withResolvers<Error | null>());
    const { instanceNumber } = node.save();
    log.event({ kind: "listening", uid, address: messenger.address, statePath: store.path, instanceNumber });
    this.#guard(() => this.#loop.push({ kind: "start" }));
    this.#watch();
    messenger.run((inputs) => this.#take(inputs), () => this.#requests.size).catch((error) =>
      this.#end(asError(error))
    );
  }

  /**
   * Ends the node, as soon as it has answered the clients that it has not answered yet, at most half a second later; new ones ask
   * another node. Called again, ends it at once. By what it has said before it stands when it starts again.
   */
  stop(): void {
    if (this.#stopping || !this.#requests.hasAny(performance.now())) return this.#end(null);
    this.#stopping = true;
    this.#parts.timers.set("stop", STOP_MS, () => this.#end(null));
  }

  /** How the node is, as it tells clients; `null` where it has ended or is composed without answers to clients. */
  status(): Promise<StatusResult | null> {
    if (this.#ended) return Promise.resolve(null);
    return this.#questions.status((input) => this.#guard(() => this.#loop.push(input)), STATUS_MS);
  }

  /** What the node has to keep, as it is now. */
  get state(): NodeState {
    return this.#parts.node.save();
  }

  /** Who is master, as far as the node knows, and what is left of the lease in milliseconds. */
  get lease(): { readonly masterUid: string | null; readonly remainingMs: number | null } {
    const status = this.#parts.node.status?.();
    return { masterUid: status?.masterUid ?? null, remainingMs: status?.leaseRemainingMs ?? null };
  }

  /** What was counted so far. */
  get counters(): ServerCounters {
    const { drops, traffic } = this.#parts.messenger;
    return {
      chosenLinks: this.#chosenLinks,
      carried: this.#carried,
      traffic,
      drops: drops.totals,
      saves: this.#saves,
    };
  }

  #take(inputs: readonly Input[]): void {
    const nowMs = performance.now();
    const taken = this.#stopping ? inputs.filter((input) => !this.#comesTooLate(input)) : inputs;
    for (const input of taken) this.#requests.came(input, nowMs);
    this.#loop.push(...taken);
  }

  #comesTooLate({ kind }: Input): boolean {
    const isOfClient = kind === "request" || kind === "propose";
    if (isOfClient) this.#parts.messenger.drops.count("a client's question while the node ends");
    return isOfClient;
  }

  #respond(to: ClientAddress, response: ClientResponse): void {
    const { messenger, watchman } = this.#parts;
    // What the node cannot know is told by its surroundings.
    const told = response.result === "status"
      ? { ...response, troubles: [...response.troubles, ...watchman.troubles()] }
      : response;
    if (!this.#questions.take(to, told)) messenger.respond(to, told);
    this.#requests.answered(to, response.requestId);
    if (this.#stopping && !this.#requests.hasAny(performance.now())) this.#end(null);
  }

  #watch(): void {
    this.#parts.timers.set("look around", WATCH_INTERVAL_MS, () => {
      this.#parts.watchman.look();
      this.#requests.forgetLate(performance.now());
      this.#watch();
    });
  }

  #outside(): Outside {
    const { messenger, timers, log } = this.#parts;
    return {
      send: (toUid, message) => messenger.send(toUid, message),
      respond: (to, response) => this.#respond(to, response),
      setTimer: (name, delayMs, fire) => timers.set(name, delayMs, () => this.#guard(fire)),
      cancelTimer: (name) => timers.cancel(name),
      announce: (event) => {
        if (event.kind === "dropped") return messenger.drops.count(event.reason);
        if (event.kind === "chosen") {
          this.#chosenLinks++;
          messenger.decided(event.instanceNumber);
        }
        if (event.kind === "caught_up") this.#carried++;
        log.event(event);
      },
      stopped: (error) => this.#end(error),
    };
  }

  /** The store as the node's effect loop sees it: the state as text, and errors as values. */
  #durable(store: StateStore, owner: Owner): Store {
    return {
      save: (state, done) => {
        const beganMs = performance.now();
        try {
          store.save(encodeState(state, owner));
        } catch (error) {
          return done(asError(error));
        }
        const saveMs = performance.now() - beganMs;
        this.#saves.add(saveMs);
        this.#parts.watchman.saved(saveMs);
        this.#parts.log.event({ kind: "saved", state, saveMs });
        done(null);
        // What waited for the save has left: now there is time for its copy.
        this.#guard(() => store.copy());
      },
    };
  }

  /** A node that has failed in the middle of a step must do nothing more: it ends, and starts again from what is durable. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#end(asError(error));
    }
  }

  #end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    const { uid, store, messenger, timers, log } = this.#parts;
    this.#loop.stop();
    messenger.close();
    messenger.drops.flush();
    timers.clear();
    log.event({ kind: "stopped", uid, chosenLinks: this.#chosenLinks });
    store.close();
    this.#finish(error);
  }
}

/** Refuses addresses from which anybody could speak as a node. */
function refuseExposed(addresses: ReadonlyMap<string, Deno.NetAddr>): void {
  for (const [uid, address] of addresses) {
    if (isLoopback(address.hostname)) continue;
    throw new ConfigurationError(
      `Node ${uid} is at ${
        formatAddress(address)
      }, which other machines can reach, and nothing proves who sends a datagram: ` +
        `whoever can reach or forge these addresses can change the value and break agreement. ` +
        `Give all nodes a shared secret (paxos init --secret), use addresses of this machine (127.0.0.1), ` +
        `or accept that on a network that you trust with --insecure.`,
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
