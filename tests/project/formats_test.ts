// The document on formats names every datagram, and every key of it, that the samples of the codec hold.
import { assert, assertEquals } from "../assert.ts";
import { machineTest } from "../permissions.ts";
import { read } from "../support/documents.ts";
import * as samples from "../wire/samples.ts";

/** The cells of the tables that begin with this name. */
function rowsOf(name: string): string[] {
  return read("src/docs/formats.md").text.split("\n").filter((line) =>
    line.startsWith("|") && line.includes(`\`${name}\``)
  );
}

machineTest("every type, every operation, every result and every key of the samples stands in the document", () => {
  const texts = Object.values(samples).flat().filter((sample): sample is string => typeof sample === "string");
  const known = texts.map((text) => /^(\w+) (\{.*\})$/s.exec(text)).filter((match) => match !== null);
  assert(known.length > 25, `${known.length} samples`);
  const missing = new Set<string>();
  for (const [, type, json] of known) {
    const { format: _format, request_id: _id, node: _node, operation, result, ...keys } = JSON.parse(json!);
    // Whatever the document calls a request or a response is the same for all of them.
    const name: string = operation ?? result ?? type;
    const rows = rowsOf(name).join("\n");
    if (rows === "") missing.add(name);
    for (const key of Object.keys(keys)) if (!new RegExp(`\\b${key}\\b`).test(rows)) missing.add(`${name}: ${key}`);
  }
  assertEquals([...missing], []);
});
