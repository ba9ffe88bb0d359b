import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { drawBug } from "./make.ts";
import { drawTerminal } from "./terminal_picture.ts";

Deno.test("the space-time diagram has a lane a node, an arrow a datagram, every event in words, and what is wrong in the end", () => {
  const picture = drawBug("own-value-wins");
  const events = Number(/shrunk to (\d+) events/.exec(picture)?.[1]);
  assert(events >= 5, picture);
  assertEquals([...picture.matchAll(/>\d+\. [^<]*<\/text>/g)].length, events);
  for (const lane of ["A", "B", "C", "client0"]) assertStringIncludes(picture, `class="lane">${lane}</text>`);
  assert([...picture.matchAll(/class="arrow"/g)].length >= 5);
  assert(/class="wrong">agreement: instance \d+ is decided twice/.test(picture));
  assertStringIncludes(picture, "The rule that is off: ");
  assertEquals(picture, drawBug("own-value-wins"), "the same each time");
});

Deno.test("the picture of a terminal has each line, when it was printed, and nothing that is markup", () => {
  const picture = drawTerminal("paxos demo", [{ text: "1. Start <A> & B", atMs: 0 }, {
    text: "   A: x",
    atMs: 1234.5,
  }]);
  assertStringIncludes(picture, "1. Start &lt;A&gt; &amp; B</text>");
  assertStringIncludes(picture, 'class="line told" style="animation-delay:1235ms"');
  assertStringIncludes(picture, "prefers-reduced-motion");
});
