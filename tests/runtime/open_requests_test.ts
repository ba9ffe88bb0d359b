import type { Input } from "../../src/replica/ports.ts";
import { MAX_OPEN, OpenRequests } from "../../src/runtime/open_requests.ts";
import { assertEquals } from "../assert.ts";

function get(requestId: string, timeoutMs: number): Input {
  return { kind: "request", from: "c", request: { operation: "get", requestId, local: false, timeoutMs } };
}

Deno.test("a question is open until it is answered or too late, and to watch is none", () => {
  const open = new OpenRequests();
  open.came({ kind: "propose", value: "x" }, 0);
  open.came(
    { kind: "request", from: "c", request: { operation: "watch", requestId: "w", from: null, timeoutMs: 9999 } },
    0,
  );
  assertEquals(open.hasAny(0), false);
  open.came(get("a", 100), 0);
  open.came(get("b", 200), 0);
  open.answered("d", "a");
  assertEquals(open.hasAny(0), true, "the answer was for somebody else");
  open.answered("c", "a");
  assertEquals([open.hasAny(199), open.hasAny(200)], [true, false]);
});

Deno.test("a question that nobody answers counts until it is too late and late ones are forgotten", () => {
  const open = new OpenRequests();
  open.came(get("a", 100), 0);
  open.came(get("b", 200), 0);
  open.forgetLate(100);
  assertEquals(open.size, 1);
  open.forgetLate(200);
  assertEquals(open.size, 0);
});

Deno.test("of questions that are never answered so many are remembered, and the newest of them", () => {
  const open = new OpenRequests();
  for (let count = 0; count < 100_000; count++) open.came(get(String(count), 86_400_000), count);
  assertEquals(open.size, MAX_OPEN);
  for (let count = 100_000 - MAX_OPEN; count < 100_000; count++) open.answered("c", String(count));
  assertEquals(open.size, 0);
});
