// A bare `deno test` has no permissions: what needs a socket, a file or a process is then ignored, and one line says so.

const needed = ["net", "read", "write", "run", "env"] as const;

/** Whether this run may use sockets, files and processes. Under `CI=true` it must: a skipped test there is a failure. */
export const canUseMachine: boolean = needed.every((name) => Deno.permissions.querySync({ name }).state === "granted");

if (!canUseMachine) {
  console.log("tests on real sockets, files and processes are ignored; `deno task test` runs them all");
  const mayAsk = Deno.permissions.querySync({ name: "env", variable: "CI" }).state === "granted";
  if (mayAsk && Deno.env.get("CI") === "true") throw new Error("CI=true: no test may be ignored, run `deno task test`");
}

/** Registers a test that needs the machine; it is ignored where this run may not touch it. */
export function machineTest(name: string, run: (t: Deno.TestContext) => Promise<void> | void): void {
  Deno.test({ name, ignore: !canUseMachine, fn: run });
}
