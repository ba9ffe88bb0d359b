import deno from "../../deno.json" with { type: "json" };
import map from "../../src/npm_import_map.json" with { type: "json" };
import { HEAP_FLAG, selfCommand } from "../../src/cli/self.ts";
import { VERSION } from "../../src/version.ts";
import { assert, assertEquals } from "../assert.ts";

Deno.test("the import map names what deno.json names, and differs only in where the standard library comes from", () => {
  const own: Record<string, string> = deno.imports;
  const mapped: Record<string, string> = map.imports;
  assertEquals(Object.keys(mapped).sort(), Object.keys(own).sort());
  for (const [name, target] of Object.entries(own)) {
    if (target.startsWith("jsr:@std/")) assert(mapped[name]?.startsWith("npm:deno-std@"), name);
    else assertEquals(mapped[name], target, name);
  }
});

Deno.test("every task that loads modules goes by the import map", () => {
  for (const [name, task] of Object.entries(deno.tasks)) {
    for (const command of task.split("&&")) {
      const loads = /^\s*deno (run|test|check|doc|compile) /.test(command) && !command.includes("src/purity.json");
      assertEquals(command.includes("--import-map=src/npm_import_map.json"), loads, `${name}: ${command}`);
    }
  }
});

Deno.test("nodes run with a small young heap, however they are started", () => {
  for (const task of [deno.tasks.paxos, deno.tasks.serve]) assert(task.includes(` ${HEAP_FLAG} `), task);
  assert(selfCommand(["serve", "A"]).args.includes(HEAP_FLAG));
});

Deno.test("the program knows its version", () => {
  assertEquals(VERSION, deno.version);
});
