// What can be seen of a node from the machine that it shall run on, without asking it: its port, its lock, its process, its state.
import { decodeState, StateDamage } from "../replica/node_state.ts";
import { dirname, join } from "./paths.ts";
import { osReason } from "./errors.ts";
import { decodeText, hasSlots, newestText } from "./state_slots.ts";

/** A node that is examined. */
export interface Examined {
  /** Its name. */
  readonly uid: string;
  /** Where it shall listen. */
  readonly address: Deno.NetAddr;
  /** All nodes of its cluster. */
  readonly nodes: readonly string[];
  /** Where its state is kept. */
  readonly stateDir: string;
}

/** What was seen. */
export interface Examination {
  /** Its port: free, in use, or an address of another machine. */
  readonly port: "free" | "in use" | "elsewhere";
  /** Whether a process holds the lock of its state. */
  readonly isLocked: boolean;
  /** The process that does, where the system tells. */
  readonly process: { readonly pid: number; readonly isStopped: boolean } | null;
  /** Its state: usable, none because it never ran here, lost although it did, damaged, or of another cluster. */
  readonly state: "usable" | "none" | "lost" | "damaged" | "foreign" | "unreadable";
  /** What is wrong with the state. */
  readonly why: string | null;
}

/** Looks at a node that does not answer. Nothing is changed. */
export async function examine({ uid, address, nodes, stateDir }: Examined): Promise<Examination> {
  const port = probePort(address);
  if (port === "elsewhere") return { port, isLocked: false, process: null, state: "none", why: null };
  const lockPath = join(stateDir, `${uid}.lock`);
  const isLocked = probeLock(lockPath);
  const process = isLocked ? await processOf(lockPath) : null;
  return { port, isLocked, process, ...isLocked ? { state: "usable", why: null } : readState(uid, nodes, stateDir) };
}

/** The directory itself, or where it would have to be made the nearest one above it that is there. */
export function nearestDirectory(path: string): string {
  for (let at = path;; at = dirname(at)) {
    try {
      if (Deno.statSync(at).isDirectory || dirname(at) === at) return at;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable || dirname(at) === at) return at;
    }
  }
}

function probePort(address: Deno.NetAddr): Examination["port"] {
  try {
    Deno.listenDatagram({ ...address, transport: "udp" }).close();
    return "free";
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return "in use";
    if (error instanceof Deno.errors.AddrNotAvailable) return "elsewhere";
    throw error;
  }
}

function probeLock(path: string): boolean {
  try {
    using file = Deno.openSync(path, { read: true });
    const isFree = file.tryLockSync(true);
    if (isFree) file.unlockSync();
    return !isFree;
  } catch {
    // It is not there, or not for this user: who runs the node sees more.
    return false;
  }
}

/** Linux lists the locks by the inodes of their files, and tells the state of a process. */
async function processOf(lockPath: string): Promise<Examination["process"]> {
  if (Deno.build.os !== "linux") return null;
  const inode = Deno.statSync(lockPath).ino;
  const locks = await readKernelFile("/proc/locks");
  const pid = Number(new RegExp(`FLOCK +\\S+ +\\S+ +(\\d+) +\\S+:${inode} `).exec(locks)?.[1] ?? 0);
  if (pid === 0) return null;
  const state = /\) (\S)/.exec(await readKernelFile(`/proc/${pid}/stat`))?.[1];
  return { pid, isStopped: state === "T" };
}

/** Deno itself opens these files to programs only that may do everything. */
async function readKernelFile(path: string): Promise<string> {
  try {
    const { stdout } = await new Deno.Command("cat", { args: [path], stderr: "null" }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  }
}

function readState(uid: string, nodes: readonly string[], stateDir: string): Pick<Examination, "state" | "why"> {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(join(stateDir, `${uid}.json`));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return { state: "unreadable", why: osReason(error) };
    return { state: hasLived(join(stateDir, `${uid}.lived`)) ? "lost" : "none", why: null };
  }
  const newest = hasSlots(bytes) ? newestText(bytes) : { text: decodeText(bytes) };
  if ("damage" in newest) return { state: "damaged", why: newest.damage };
  try {
    decodeState(newest.text ?? "", { uid, nodes });
    return { state: "usable", why: null };
  } catch (error) {
    if (!(error instanceof StateDamage)) throw error;
    return { state: error.kind === "foreign" ? "foreign" : "damaged", why: error.message };
  }
}

function hasLived(marker: string): boolean {
  try {
    return Deno.statSync(marker).isFile;
  } catch {
    return false;
  }
}
