// What processes of this machine have used, as Linux tells it.

/** What a process has used so far. */
export interface ProcessUse {
  /** Of a processor, by its own code and by the system for it, in milliseconds. */
  readonly cpuMs: number;
  /** Of memory, now, in bytes. */
  readonly memoryBytes: number;
}

/** Linux counts a process's time in hundredths of a second. */
const TICK_MS = 10;

/**
 * What the processes have used, in the order of their IDs; `null` where that is not to be had. Asked of `cat`, since Deno lets a
 * program read these files only if it may do everything.
 */
export async function usesOf(pids: readonly number[]): Promise<ProcessUse[] | null> {
  if (Deno.build.os !== "linux") return null;
  const args = pids.flatMap((pid) => [`/proc/${pid}/stat`, `/proc/${pid}/status`]);
  const cat = new Deno.Command("cat", { args, stderr: "null" });
  const { success, stdout } = await cat.output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  return success ? parseUses(new TextDecoder().decode(stdout)) : null;
}

/** Reads `stat` and `status` of each process. In `stat` the second field is a name in brackets, which may hold anything. */
export function parseUses(text: string): ProcessUse[] {
  const times = [...text.matchAll(/^\d+ \(.*\) [A-Z](?: -?\d+){10} (\d+) (\d+) /gm)];
  const sizes = [...text.matchAll(/^VmRSS:\s+(\d+) kB$/gm)];
  return times.map(([, user, system], i) => ({
    cpuMs: (Number(user) + Number(system)) * TICK_MS,
    memoryBytes: Number(sizes[i]?.[1]) * 1024,
  }));
}
