import { stopSignals } from "../../src/cli/signals.ts";
import { assertEquals } from "../assert.ts";

Deno.test("on Windows Ctrl+C and Ctrl+Break ask for the end, elsewhere SIGINT and SIGTERM", () => {
  assertEquals(stopSignals("windows"), ["SIGINT", "SIGBREAK"]);
  for (const os of ["linux", "darwin", "freebsd"] as const) assertEquals(stopSignals(os), ["SIGINT", "SIGTERM"]);
});
