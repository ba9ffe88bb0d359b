// What a learner can begin with. A scenario has an ID that says all about it, so that a link can carry it.
import { planOf } from "../../check/gallery.ts";
import { modelOf } from "../../check/model.ts";
import { MasterNode } from "../../node.ts";
import { BUGS } from "../../sim/bugs/index.ts";
import type { Bug } from "../../sim/bugs/bug.ts";
import { Search } from "../../sim/search.ts";
import { Storm, type Subject } from "../../sim/storm.ts";
import { MASTER_STORM_MS, STORM_SETTINGS } from "../../sim/weather.ts";
import type { Shortcut } from "../../sim/world_options.ts";
import type { Script } from "./script.ts";
import { type RecordedEvent, type Setup, setup } from "./setup.ts";

/** A way to begin, as the list shows it. */
export interface Scenario {
  /** Its ID. */
  readonly id: string;
  /** What the list shows. */
  readonly title: string;
}

/** Clusters to play with. */
export const FREE_PLAY: readonly Scenario[] = [
  { id: "free:3", title: "Three nodes" },
  { id: "free:5", title: "Five nodes" },
  { id: "lead:3", title: "Three nodes, one master" },
  { id: "lead:5", title: "Five nodes, one master" },
  { id: "hand:3:hc:3:512", title: "Three nodes, by hand" },
  { id: "storm", title: "A storm of paxos sim" },
  { id: "storm:master", title: "A storm of paxos sim --master" },
];

/** What a cluster in which only the learner acts is made of. */
export interface HandSetup {
  /** How many nodes. */
  readonly nodes: number;
  /** What needs no moment of its own. */
  readonly shortcuts: readonly Shortcut[];
  /** How many clients. */
  readonly clients: number;
  /** How many sessions the nodes keep. */
  readonly maxSessions: number;
}

const SHORTCUTS: Readonly<Record<string, Shortcut>> = { s: "saves", h: "hellos", c: "clients" };

/** The ID of a cluster in which nothing happens by itself. */
export function handScenario({ nodes, shortcuts, clients, maxSessions }: HandSetup): string {
  return `hand:${nodes}:${lettersOf(shortcuts)}:${clients}:${maxSessions}`;
}

/** The ID of a model of `paxos check`: the search's choices are the learner's. */
export function checkScenario(plan: string, nodes: number, shortcuts: readonly Shortcut[]): string {
  return `check:${nodes}:${lettersOf(shortcuts)}:${plan}`;
}

/** Whether it is a model of `paxos check`. Its nodes have no timers that would bring them on. */
export function isModel(id: string): boolean {
  return id.startsWith("check:");
}

function lettersOf(shortcuts: readonly Shortcut[]): string {
  return shortcuts.map((shortcut) => shortcut[0]).sort().join("");
}

/** The bug of that name; `undefined` where no rule is off. */
export function bugOf(rule: string | null): Bug | undefined {
  return BUGS.find(({ name }) => name === rule);
}

/** Whether there is such a scenario. */
export function isScenario(id: string): boolean {
  const [, plan = ""] = /^check:[2-5]:[chs]*:([\w-]+)$/.exec(id) ?? [];
  return planOf(plan) !== undefined || /^(free|lead):[3-7]$/.test(id) || /^storm(:[3-7])?(:master)?$/.test(id) ||
    /^hand:[3-7]:[chs]*:\d{1,2}:\d{1,3}(:master)?$/.test(id);
}

/** What a script begins with. Throws a `RangeError` for a scenario or a rule that there is not. */
export function setupOf({ scenario, seed, rule }: Script): Setup {
  if (!isScenario(scenario)) throw new RangeError(`There is no scenario ${JSON.stringify(scenario)}`);
  const bug = bugOf(rule);
  if (rule !== null && bug === undefined) throw new RangeError(`There is no rule ${JSON.stringify(rule)} to take away`);
  const [kind, count, shortcuts = "", clients, maxSessions, mode] = scenario.split(":");
  const nodes = Number(count ?? 0);
  const subject = kind === "check" ? modelOf(planOf(clients!)!, nodes, bug).subject : bug?.subject ?? clusterOf(mode);
  if (kind === "storm") return stormSetup(seed, stormSubject(scenario, rule));
  if (kind === "lead") return setup(nodes, seed, { subject: { nodeClass: MasterNode, ...subject } });
  if (kind === "free") return setup(nodes, seed, { subject });
  return setup(nodes, seed, {
    settings: STORM_SETTINGS,
    shortcuts: [...shortcuts].map((letter) => SHORTCUTS[letter]!),
    ...(kind === "hand" && { clients: Number(clients), maxSessions: Number(maxSessions) }),
    byHand: true,
    subject,
  });
}

/** The cluster with all rules in place. */
function clusterOf(mode: string | undefined): Subject {
  return mode === "master" ? { nodeClass: MasterNode } : {};
}

/** What a storm of that name rages over: `storm:5:master` has five nodes and a master. */
export function stormSubject(scenario: string, rule: string | null): Subject {
  const [, ...parts] = scenario.split(":");
  const nodes = Number(parts[0]);
  return {
    ...(parts.includes("master") && { nodeClass: MasterNode, stormMs: MASTER_STORM_MS }),
    ...bugOf(rule)?.subject,
    ...(nodes > 0 && { nodes }),
  };
}

/** The storm of a seed, as `paxos sim --seed` has it. */
function stormSetup(seed: number, subject: Subject): Setup {
  const prelude: RecordedEvent[] = [];
  const { genes } = new Search(subject).run(seed);
  const storm = new Storm(genes, subject, (event, atMs) => prelude.push({ event, atMs }));
  storm.run();
  const { hosts } = storm.world.options;
  return setup(hosts.length, seed, {
    machines: hosts.map(({ uid, clock, seed }) => ({ uid, clock, seed })),
    settings: STORM_SETTINGS,
    maxSessions: hosts[0]!.maxSessions!,
    clients: storm.world.clients.length,
    shortcuts: [],
    subject,
    prelude,
  });
}
