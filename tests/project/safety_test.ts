// The page on safety: each rule with its code, its test and its bug.
import { BUGS } from "../../src/sim/bugs/index.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { linksOf, read } from "../support/documents.ts";

const PATH = "src/docs/safety.md";

interface Rule {
  readonly title: string;
  readonly text: string;
}

/** The sections that list code, tests and bugs. */
function rules(): Rule[] {
  return read(PATH).text.split(/^##+ /m).filter((text) => text.includes("- Code: ")).map((text) => ({
    title: text.split("\n")[0]!,
    text,
  }));
}

/** The links of the items of a rule that begin with this word, each with its label on one line. */
function linked({ text }: Rule, word: string): { label: string; target: string }[] {
  const items = text.split(/^- /m).filter((item) => item.startsWith(`${word}:`));
  return items.flatMap((item) =>
    [...item.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, label, target]) => ({
      label: label!.replace(/\s+/g, " "),
      target: new URL(target!, `file:///${PATH}`).pathname.slice(1),
    }))
  );
}

machineTest("every rule names its code: the file holds what the link says", () => {
  assert(rules().length > 12);
  for (const rule of rules()) {
    const code = linked(rule, "Code");
    assert(code.length > 0, rule.title);
    for (const { label, target } of code) {
      const names = label.replaceAll("`", "").split(".");
      for (const name of names) assertStringIncludes(read(target).text, name, `${rule.title}: ${target}`);
    }
  }
});

machineTest("every rule names a test by its title", () => {
  for (const rule of rules()) {
    const tests = linked(rule, "Test");
    assert(tests.length > 0, rule.title);
    for (const { label, target } of tests) assertStringIncludes(read(target).text, `"${label}"`, rule.title);
  }
});

machineTest("every bug of the gallery stands with the rule that it takes away, under the file that plants it", () => {
  const found = new Map<string, string>();
  for (const rule of rules()) {
    const bugs = linked(rule, "Bugs");
    assert(bugs.length > 0 || rule.text.includes("- Bugs: none"), rule.title);
    for (const { label, target } of bugs) {
      found.set(label, rule.title);
      assertStringIncludes(read(target).text, `name: "${label}"`, rule.title);
    }
  }
  assertEquals([...found.keys()].sort(), BUGS.map(({ name }) => name).sort());
  for (const { name, ruleRef } of BUGS) {
    if (/^S\d+$/.test(ruleRef)) assert(found.get(name)!.startsWith(`${ruleRef}: `), `${name} is about ${ruleRef}`);
  }
  assert(linksOf(read(PATH)).length > 60);
});
