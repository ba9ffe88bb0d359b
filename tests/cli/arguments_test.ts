import { integerInRange, parseCommandLine, positiveNumber } from "../../src/cli/arguments.ts";
import { UsageError } from "../../src/runtime/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const propose = {
  options: ["expect", "timeout"],
  flags: ["json", "no-wait"],
  required: ["UID", "VALUE"],
} as const;

const status = { flags: ["json"], rest: "UID" } as const;
const get = { optional: ["UID"] } as const;

function refuses(args: readonly string[], message: string): void {
  assertEquals(assertThrows(() => parseCommandLine(args, propose), UsageError, message).exitCode, 2);
}

Deno.test("options, flags and positional arguments may stand in any order", () => {
  const expected = {
    options: { expect: "x", timeout: "5" },
    flags: { json: true, "no-wait": false },
    positionals: { UID: "A", VALUE: "hello" },
    rest: [],
  };
  assertEquals<unknown>(
    parseCommandLine(["A", "hello", "--expect", "x", "--timeout=5", "--json"], propose),
    expected,
  );
  assertEquals<unknown>(
    parseCommandLine(["--json", "--timeout", "5", "A", "--expect=x", "hello"], propose),
    expected,
  );
});

Deno.test("text stays text", () => {
  for (const text of ["007", "0x10", "1e3", "true", "false", "", " ", "-", "a=b", "two\nlines", "null"]) {
    const { options, positionals } = parseCommandLine(["A", text, "--expect", text], propose);
    assertEquals([positionals.VALUE, options.expect], [text, text]);
    assertEquals(parseCommandLine(["A", "v", `--expect=${text}`], propose).options.expect, text);
  }
});

Deno.test("a flag takes nothing from the argument after it", () => {
  for (const flag of ["--json", "--no-wait"]) {
    assertEquals(parseCommandLine(["A", flag, "true"], propose).positionals.VALUE, "true");
  }
  refuses(["A", "v", "--json=false"], '"--json=false": this option takes no value');
});

Deno.test("an option that is not given is absent, not empty", () => {
  const { options, flags } = parseCommandLine(["A", "v"], propose);
  assertEquals(Object.keys(options), []);
  assertEquals<unknown>(flags, { json: false, "no-wait": false });
  assertEquals(parseCommandLine(["A", "v", "--no-wait"], propose).flags["no-wait"], true);
});

Deno.test("a value that begins with a dash needs -- before it, and the error says so", () => {
  refuses(["A", "-5"], '"-5" is no option here (known are --expect, --timeout, --json, --no-wait): put `--` before');
  assertEquals(parseCommandLine(["A", "--json", "--", "-5"], propose).positionals.VALUE, "-5");
  assertEquals(parseCommandLine(["A", "--", "--"], propose).positionals.VALUE, "--");
});

Deno.test("an option's value that begins with a dash is tied to it by an equals sign, and the error says so", () => {
  refuses(["A", "v", "--expect", "-5"], '--expect needs a value: if "-5" is meant, write "--expect=-5"');
  refuses(["A", "v", "--expect", "--json"], '--expect needs a value: if "--json" is meant');
  refuses(["A", "v", "--expect"], "--expect needs a value");
  assertEquals(parseCommandLine(["A", "v", "--expect=-5"], propose).options.expect, "-5");
});

Deno.test("an unknown option is refused by its name", () => {
  for (
    const bad of ["--bogus", "--bogus=1", "-j", "---", "--no-json", "--json.a=1", "--constructor", "--__proto__=1"]
  ) {
    refuses(["A", "v", bad], `"${bad}" is no option here`);
  }
  assertThrows(() => parseCommandLine(["--json"], get), UsageError, "(there are none)");
});

Deno.test("an option given twice is refused", () => {
  refuses(["A", "v", "--timeout", "1", "--timeout=2"], "--timeout is given twice");
  refuses(["A", "v", "--expect", "", "--expect", ""], "--expect is given twice");
  refuses(["A", "v", "--json", "--json"], "--json is given twice");
});

Deno.test("missing and surplus positional arguments are refused", () => {
  refuses([], "UID and VALUE is missing");
  refuses(["A"], "VALUE is missing");
  refuses(["A", "two", "words", "more"], '"words" "more" is too much: put quotes around');
});

Deno.test("optional and further positional arguments are taken where a command has them", () => {
  assertEquals(parseCommandLine([], get).positionals.UID, undefined);
  assertEquals(parseCommandLine(["A"], get).positionals.UID, "A");
  assertEquals(parseCommandLine(["A", "--json", "B"], status).rest, ["A", "B"]);
  const elect = { options: ["ttl"], required: ["NAME"], rest: "COMMAND" } as const;
  const { options, positionals, rest } = parseCommandLine(["job", "--ttl", "9", "--", "sleep", "--ttl", "--"], elect);
  assertEquals([options.ttl, positionals.NAME, ...rest], ["9", "job", "sleep", "--ttl", "--"]);
});

Deno.test("the compiler knows what a command takes", () => {
  const line = parseCommandLine(["A", "v"], propose);
  // @ts-expect-error: propose lists no such option
  assertEquals(line.options.bogus, undefined);
  // @ts-expect-error: an option may be absent
  const timeout: string = line.options.timeout;
  assertEquals<unknown>(timeout, undefined);
  const uid: string = line.positionals.UID;
  assertEquals(uid, "A");
});

Deno.test("a positive number is decimal, above zero, and not above its limit", () => {
  assertEquals(["5", "2.5", ".5", "5.", "007"].map((text) => positiveNumber("--timeout", text)), [5, 2.5, 0.5, 5, 7]);
  for (const bad of ["abc", "", " ", "0", "0.0", "-1", "1e3", "0x10", "Infinity", "NaN", "5s", ".", "1000001"]) {
    const error = assertThrows(
      () => positiveNumber("--timeout", bad),
      UsageError,
      `--timeout is ${JSON.stringify(bad)}`,
    );
    assertEquals(error.exitCode, 2);
  }
  assertThrows(() => positiveNumber("--ttl", "61", 60), UsageError, "at most 60");
});

Deno.test("an integer is decimal digits within its range", () => {
  assertEquals(["0", "007", "-3", "9"].map((text) => integerInRange("--nodes", text, -3, 9)), [0, 7, -3, 9]);
  for (const bad of ["", "1.0", "1e1", "0x1", "ten", "-4", "10", "9".repeat(400)]) {
    assertThrows(() => integerInRange("--nodes", bad, -3, 9), UsageError, "use a whole number from -3 to 9");
  }
});
