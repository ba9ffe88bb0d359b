import { loadCommand, loadCommands } from "../../src/cli/commands.ts";
import { run } from "../../src/cli/run.ts";
import { versionLine } from "../../src/cli/version.ts";
import { VERSION } from "../../src/version.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const commands = await loadCommands();

async function runWith(...args: string[]): Promise<{ code: number; printed: string; noted: string }> {
  const terminal = new FakeTerminal();
  const code = await run(args, terminal);
  return { code, printed: terminal.printed.join("\n"), noted: terminal.noted.join("\n") };
}

Deno.test("without a command the help goes to standard error, with exit code 2; asked for, to standard output, with 0", async () => {
  const bare = await runWith();
  assertEquals([bare.code, bare.printed], [2, ""]);
  for (const asked of [["help"], ["--help"], ["-h"]]) {
    const help = await runWith(...asked);
    assertEquals([help.code, help.noted], [0, ""]);
    assertEquals(help.printed, bare.noted);
    for (const { name, summary } of commands) assertMatch(help.printed, new RegExp(`^  ${name} +${summary}$`, "m"));
  }
});

Deno.test("every command has help, by `help COMMAND` and by --help anywhere before --", async () => {
  for (const { name, usage } of commands) {
    const { code, printed } = await runWith("help", name);
    assertEquals(code, 0);
    assert(printed.startsWith(`usage: paxos ${name}${usage === "" ? "" : ` ${usage}`}\n`), printed);
    assertEquals((await runWith(name, "--nonsense", "--help")).printed, printed);
    assertEquals((await runWith(name, "-h")).printed, printed);
  }
});

Deno.test("the usage of a command names exactly the options that it takes", async () => {
  for (const { name, usage } of commands) {
    const own = usage.split(" -- ")[0]!;
    const named = [...own.matchAll(/--[a-z-]+/g)].map(([option]) => option).sort();
    const { noted } = await runWith(name, "--nonsense");
    const known = /\((?:known are (.*)|there are none)\)/.exec(noted);
    assert(known !== null, noted);
    assertEquals((known[1]?.split(", ") ?? []).sort(), named, name);
  }
});

Deno.test("every option is explained in the help of its command", () => {
  for (const { name, usage, help } of commands) {
    for (const [option] of usage.split(" -- ")[0]!.matchAll(/--[a-z-]+/g)) {
      assert(help.some((line) => line.trim().startsWith(`${option} `)), `${name} ${option}`);
    }
  }
});

Deno.test("the examples of a command are of this command, and name options that it takes", async () => {
  for (const { name, usage, examples } of commands) {
    assert(examples.length > 0, name);
    for (const [line] of examples) {
      const [program, command, ...rest] = line.split(" ");
      assertEquals([program, command], ["paxos", name === "version" ? "--version" : name]);
      const own = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
      for (const word of own) if (word.startsWith("--")) assert(usage.includes(word), line);
    }
  }
  assertEquals(await loadCommand("constructor"), null);
});

Deno.test("--version and version print the version, the commit, the platform and the runtime", async () => {
  const { target } = Deno.build;
  const line = `paxos ${VERSION} (from source, ${target}, Deno ${Deno.version.deno})`;
  assertEquals(await runWith("--version"), { code: 0, printed: line, noted: "" });
  assertEquals(await runWith("version"), { code: 0, printed: line, noted: "" });
  assertEquals(
    versionLine("1.2.3", "0123456789ab"),
    line.replace(VERSION, "1.2.3").replace("from source", "commit 0123456789ab"),
  );
});

Deno.test("an unknown command is exit code 2 and a suggestion, if one is near", async () => {
  for (
    const [typed, hint] of [
      ["prpose", "did you mean propose?"],
      ["stat", "did you mean status?"],
      ["gte", "did you mean get?"],
      ["frobnicate", "`paxos help` lists all commands"],
      ["toString", "`paxos help` lists all commands"],
    ] as const
  ) {
    const { code, noted } = await runWith(typed);
    assertEquals(code, 2);
    assertEquals(noted, `error: there is no command "${typed}": ${hint}\nusage: paxos <COMMAND> [ARGUMENTS]`);
  }
  assertEquals((await runWith("help", "prpose")).code, 2);
});

Deno.test("a usage error is exit code 2 with the reason and the usage line", async () => {
  for (
    const [args, says] of [
      [["propose", "A"], /^error: value is missing$/m],
      [["propose", "A", "a", "b"], /^error: "b" is too much/m],
      [["propose", "A", "x", "--expects", "y"], /^error: "--expects" is no option here/m],
      [["propose", "A", "x", "--timeout", "0"], /^error: --timeout is "0": use a number above 0/m],
      [["propose", "A", "x", "--timeout", "soon"], /^error: --timeout is "soon"/m],
      [["propose", "A", "x", "--no-wait", "--json"], /^error: --no-wait knows no outcome/m],
      [
        ["propose", "A", "x".repeat(60_000)],
        /^error: the value needs a datagram of \d+ bytes, and 60000 is the limit/m,
      ],
      [["serve"], /^error: uid is missing$/m],
      [["serve", "A", "--leader"], /^error: "--leader" is no option here/m],
      [["serve", "A", "--log", "xml"], /^error: --log is "xml": use text or json$/m],
      [["get", "A", "B"], /^error: "B" is too much/m],
      [["init", "--secrets"], /^error: "--secrets" is no option here/m],
    ] as const
  ) {
    const { code, printed, noted } = await runWith(...args);
    assertEquals([code, printed], [2, ""], args.join(" "));
    assertMatch(noted, says);
    assertMatch(noted, new RegExp(`^usage: paxos ${args[0]}`, "m"));
  }
});

Deno.test("an error cannot steer the terminal", async () => {
  const { noted } = await runWith("\x1b[31mred\nline");
  assertEquals(noted.split("\n").length, 2);
  assert(!noted.includes("\x1b"));
});

Deno.test("standard input that is no UTF-8, or too long, is no value", async () => {
  for (
    const [input, says] of [
      [new Uint8Array([0xff]), "standard input is not UTF-8 text"],
      [new Uint8Array(60_001), "standard input holds more than 60000 bytes"],
    ] as const
  ) {
    const terminal = new FakeTerminal(input);
    assertEquals(await run(["propose", "A", "-"], terminal), 2);
    assertStringIncludes(terminal.noted.join("\n"), says);
  }
});
