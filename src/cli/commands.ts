// All commands. Each is loaded when it is wanted, so that a `get` does not wait until the simulator is read and compiled.
import type { Command } from "./command.ts";

type Loaders = ReadonlyMap<string, () => Promise<Command>>;

/** What people call, in the order of the help. */
const LOADERS: Loaders = new Map([
  ["serve", () => import("./serve.ts").then(({ serve }) => serve)],
  ["propose", () => import("./propose.ts").then(({ propose }) => propose)],
  ["elect", () => import("./elect.ts").then(({ elect }) => elect)],
  ["get", () => import("./get.ts").then(({ get }) => get)],
  ["watch", () => import("./watch.ts").then(({ watch }) => watch)],
  ["status", () => import("./status.ts").then(({ status }) => status)],
  ["explain", () => import("./explain.ts").then(({ explain }) => explain)],
  ["doctor", () => import("./doctor.ts").then(({ doctor }) => doctor)],
  ["demo", () => import("./demo.ts").then(({ demo }) => demo)],
  ["lab", () => import("./lab.ts").then(({ lab }) => lab)],
  ["sim", () => import("./sim.ts").then(({ sim }) => sim)],
  ["check", () => import("./check.ts").then(({ check }) => check)],
  ["bench", () => import("./bench.ts").then(({ bench }) => bench)],
  ["init", () => import("./init.ts").then(({ init }) => init)],
  ["completions", () => import("./completions.ts").then(({ completions }) => completions)],
  ["help", () => import("./help.ts").then(({ help }) => help)],
  ["version", () => import("./version.ts").then(({ version }) => version)],
]);

/** What the program itself runs as processes of their own. */
const INTERNAL: Loaders = new Map([
  ["bench-echo", () => import("./bench_floor.ts").then(({ benchEcho }) => benchEcho)],
  ["elect-guard", () => import("./elect_guard.ts").then(({ electGuard }) => electGuard)],
  ["disk-probe", () => import("./disk_probe.ts").then(({ diskProbe }) => diskProbe)],
]);

/** The names of all commands, in the order of the help. */
export const COMMAND_NAMES: readonly string[] = [...LOADERS.keys()];

/** The command of that name; `null` if there is none. */
export async function loadCommand(name: string): Promise<Command | null> {
  const load = LOADERS.get(name) ?? INTERNAL.get(name);
  return load === undefined ? null : await load();
}

/** All commands, in the order of the help. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all([...LOADERS.values()].map((load) => load()));
}
