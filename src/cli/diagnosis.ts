// What is wrong with a cluster, and what to do next, from all that could be seen.
import { formatAddress } from "../runtime/addresses.ts";
import type { Examination } from "../runtime/examination.ts";
import type { TroubleKind } from "../replica/trouble.ts";
import { brokenWays, type NodeReport, reachedBy } from "./broken_ways.ts";
import type { DiskProbe } from "./disk_probe.ts";
import { disagreements } from "./verdict.ts";

/** Something that is wrong. */
export interface Finding {
  /** What it is called, for programs. */
  readonly kind:
    | TroubleKind
    | "not_running"
    | "unreachable"
    | "hangs"
    | "stopped"
    | "port_in_use"
    | "hung_disk"
    | "full_disk"
    | "unwritable_directory"
    | "damaged_state"
    | "agreement_broken"
    | "one_way_link"
    | "cut_link";
  /** The node that has to be mended, or at which to begin; `null` if that is not known. */
  readonly node: string | null;
  /** What is wrong: a sentence without a full stop. */
  readonly text: string;
  /** What to do next: a command, or a sentence with one. */
  readonly next: string;
}

/** All that could be seen. */
export interface Evidence {
  /** What the nodes say; all were asked at the same time. */
  readonly reports: readonly NodeReport[];
  /** What was seen of those that say nothing, where they are on this machine. */
  readonly examinations: ReadonlyMap<string, Examination>;
  /** Where they are. */
  readonly addresses: ReadonlyMap<string, Deno.NetAddr>;
  /** Where their state is kept, on this machine. */
  readonly stateDir: string;
  /** What came of writing there; `null` if this was not tried. */
  readonly disk: DiskProbe | null;
  /** The options by which a node is started: `--config FILE`. */
  readonly options: string;
  /** The file of the secret, if there is one. */
  readonly secretFile: string | undefined;
}

/** All findings, the gravest first. */
export function diagnose(evidence: Evidence): Finding[] {
  const silent = evidence.reports.filter(({ status }) => status === null).map(({ uid }) => uid);
  const troubles = fromTroubles(evidence);
  const told = new Set(troubles.flatMap(({ kind, node }) => kind === "wrong_secret" ? [node] : []));
  return [
    ...disagreements(evidence.reports).map((text): Finding => {
      const next = "stop all nodes, keep their state files, and report this with them: paxos status --json";
      return { kind: "agreement_broken", node: null, text, next };
    }),
    ...ofDisk(evidence),
    ...silent.filter((uid) => !told.has(uid)).flatMap((uid) => ofSilence(uid, evidence)),
    ...troubles,
    ...ofWays(evidence),
  ];
}

function start(uid: string, { options }: Evidence, more = ""): string {
  return `paxos serve ${uid}${options}${more}`;
}

/** Nodes on this machine keep their state there; where none of them runs here it does not matter. */
function ofDisk({ disk, stateDir, examinations, reports }: Evidence): Finding[] {
  const isHere = [...examinations.values()].some(({ port }) => port !== "elsewhere") ||
    reports.every(({ status }) => status !== null);
  if (disk === null || disk.result === "written" || !isHere) return [];
  if (disk.result === "hangs") {
    const text = `the disk of the state directory ${stateDir} hangs: what is written there does not become durable`;
    return [{ kind: "hung_disk", node: null, text, next: "see what the system says of that disk: dmesg | tail" }];
  }
  const { code, reason } = disk;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const text = `the disk of the state directory ${stateDir} is full: ${reason}`;
    return [{ kind: "full_disk", node: null, text, next: `free space there: df -h ${stateDir}` }];
  }
  const text = `the state directory ${stateDir} cannot be written: ${reason}`;
  return [{
    kind: "unwritable_directory",
    node: null,
    text,
    next: `see whose it is, and mend that: ls -ld ${stateDir}`,
  }];
}

/** Why a node does not answer. */
function ofSilence(uid: string, evidence: Evidence): Finding[] {
  const { addresses, examinations, reports, disk, secretFile, stateDir } = evidence;
  const address = formatAddress(addresses.get(uid)!);
  const reached = reachedBy(reports, uid);
  if (reached.length > 0) {
    const text = `node ${uid} answers ${reached.join(" and ")}, but not this machine`;
    return [{ kind: "unreachable", node: uid, text, next: `let UDP through between here and ${address}` }];
  }
  const seen = examinations.get(uid);
  if (seen === undefined || seen.port === "elsewhere") {
    const text = `node ${uid} does not answer at ${address}, which is another machine`;
    return [{ kind: "unreachable", node: uid, text, next: "on that machine: paxos doctor" }];
  }
  const { port, isLocked, process } = seen;
  if (port === "in use" && !isLocked) {
    const text = `node ${uid} cannot run: another program has its address ${address}`;
    const { port: number } = addresses.get(uid)!;
    return [{ kind: "port_in_use", node: uid, text, next: `see which, and end it: ss -lunp 'sport = :${number}'` }];
  }
  if (isLocked) {
    const which = process === null ? `node ${uid}` : `node ${uid} (process ${process.pid})`;
    if (process?.isStopped) {
      const text = `${which} is stopped by a signal`;
      return [{ kind: "stopped", node: uid, text, next: `kill -CONT ${process.pid}` }];
    }
    if (disk?.result === "hangs") {
      const text = `${which} waits for its disk, the one of ${stateDir}, and answers nobody`;
      return [{ kind: "hung_disk", node: uid, text, next: "it goes on when the disk does: dmesg | tail" }];
    }
    if (port === "free") {
      const text = `${which} runs, but does not listen at ${address}: it was started with another configuration`;
      return [{ kind: "configuration_drift", node: uid, text, next: `end it, then: ${start(uid, evidence)}` }];
    }
    if (reports.every(({ status }) => status === null)) {
      const own = secretFile === undefined ? "this configuration has none" : `the one in ${secretFile} is another`;
      const text = `${which} runs and answers nobody here: perhaps it has a secret, and ${own}`;
      return [{ kind: "wrong_secret", node: uid, text, next: "ask with the configuration that it was started with" }];
    }
    const text = `${which} runs, but answers nobody`;
    const end = process === null ? "end it" : `kill -9 ${process.pid}`;
    return [{ kind: "hangs", node: uid, text, next: `see its log; then ${end}, and: ${start(uid, evidence)}` }];
  }
  return [ofState(uid, seen, evidence)];
}

/** Why a node that is not running would not start, or else that it need only be started. */
function ofState(uid: string, { state, why }: Examination, evidence: Evidence): Finding {
  const file = `${evidence.stateDir}/${uid}.json`;
  switch (state) {
    case "lost":
      return {
        kind: "wiped_node",
        node: uid,
        text: `node ${uid} has lived here before, but its state ${file} is gone: it would not know what it promised`,
        next: start(uid, evidence, " --rejoin"),
      };
    case "damaged":
      return {
        kind: "damaged_state",
        node: uid,
        text: `node ${uid} does not run, and its state ${file} is damaged: ${why}`,
        next: `move that file away, then: ${start(uid, evidence, " --rejoin")}`,
      };
    case "foreign":
      return {
        kind: "configuration_drift",
        node: uid,
        text: `node ${uid} does not run, and its state ${file} does not fit: ${why}`,
        next: "use the configuration and the state directory that belong together",
      };
    case "unreadable":
      return {
        kind: "unwritable_directory",
        node: uid,
        text: `node ${uid} does not run, and its state ${file} cannot be read: ${why}`,
        next: `see whose it is, and mend that: ls -l ${file}`,
      };
    case "none":
    case "usable":
      return { kind: "not_running", node: uid, text: `node ${uid} does not run`, next: start(uid, evidence) };
  }
}

const SYMMETRIC: readonly TroubleKind[] = ["configuration_drift", "mixed_modes", "wrong_secret"];

/** What nodes report. Where two sorts of nodes complain about each other, the one of fewer nodes is to be mended. */
function fromTroubles(evidence: Evidence): Finding[] {
  const told = evidence.reports.flatMap(({ uid, status }) =>
    (status?.troubles ?? []).map((trouble) => ({ ...trouble, by: uid }))
  );
  const complaints = (kind: TroubleKind, about: string | null) =>
    told.filter((trouble) => trouble.kind === kind && trouble.about === about).length;
  const found = new Map<string, Finding>();
  for (const { kind, about, text, by } of told) {
    const isMutual = SYMMETRIC.includes(kind) && about !== null;
    if (isMutual && complaints(kind, about) < complaints(kind, by)) continue;
    const key = about === null ? `${kind} ${text}` : `${kind} ${about}`;
    if (!found.has(key)) found.set(key, { kind, node: about ?? by, text, next: nextOf(kind, about ?? by, evidence) });
  }
  return [...found.values()];
}

function nextOf(kind: TroubleKind, uid: string, evidence: Evidence): string {
  switch (kind) {
    case "configuration_drift":
      return `give ${uid} the same configuration as the others, then start it again: ${start(uid, evidence)}`;
    case "mixed_modes":
      return `start all nodes in one mode, ${uid} as the others, with or without --master: ${start(uid, evidence)}`;
    case "wiped_node":
      return `end it at once, move its state away, then: ${start(uid, evidence, " --rejoin")}`;
    case "rejoining":
      return `start all nodes, then set a value through another one until ${uid} votes again: paxos status`;
    case "wrong_secret":
      return `copy the secret file of another node to ${uid}, then start it again: ${start(uid, evidence)}`;
    case "slow_disk":
      return `see what else that disk does, on the machine of ${uid}: iostat -x 1`;
    case "clock_jump":
      return `see what sets the clock, on the machine of ${uid}: timedatectl timesync-status`;
    case "stood_still":
      return `see what takes its time, on the machine of ${uid}: uptime`;
    case "other":
      return "paxos status";
  }
}

function ofWays({ reports, addresses }: Evidence): Finding[] {
  const broken = brokenWays(reports);
  const isBroken = (from: string, to: string) => broken.some((way) => way.from === from && way.to === to);
  return broken.flatMap(({ from, to }): Finding[] => {
    const [source, target] = [addresses.get(from)!, addresses.get(to)!];
    const next = `on the machine of ${to}, see whether it arrives: ` +
      `tcpdump -ni any udp and src port ${source.port} and dst port ${target.port}; if not, look at the firewalls between`;
    if (isBroken(to, from)) {
      const text = `${from} and ${to} do not reach each other`;
      return from < to ? [{ kind: "cut_link", node: to, text, next }] : [];
    }
    return [{
      kind: "one_way_link",
      node: to,
      text: `what ${from} sends does not reach ${to}, the other way is open`,
      next,
    }];
  });
}
