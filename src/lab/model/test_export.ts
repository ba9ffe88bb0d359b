// A run as a test: it passes if nothing is wrong with the run, and fails as the page does if something is.
import type { Script } from "./script.ts";
import { scriptToText } from "./share.ts";
import { describeLabAct } from "./words.ts";

/** The text of a test that plays the run up to that moment. It belongs into `tests/lab/` of a checkout. */
export function testOf(script: Script, index: number): string {
  const lines = scriptToText({ script, index }).split("\n");
  const acts = script.acts.map(({ act }) => `//   ${describeLabAct(act)}`);
  const title = script.rule === null ? "a run of the lab breaks no rule" : `a run of the lab, without ${script.rule}`;
  return `// From the lab: put this file into tests/lab/, and run it by
// deno test -A --import-map=src/npm_import_map.json tests/lab/FILE
//
${acts.length === 0 ? "// Nothing is done in it.\n" : `// What is done in it:\n${acts.join("\n")}\n`}
import { verdictOf } from "../../src/lab/model/verdicts.ts";

Deno.test(${JSON.stringify(title)}, () => {
  const run = [
${lines.map((line) => `    ${JSON.stringify(line)},`).join("\n")}
  ];
  const violation = verdictOf(run.join("\\n"));
  if (violation !== null) throw new Error(\`\${violation.kind}: \${violation.message}\`);
});
`;
}
