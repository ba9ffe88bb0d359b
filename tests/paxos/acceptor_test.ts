import { Acceptor } from "../../src/paxos/acceptor.ts";
import { assertEquals } from "../assert.ts";
import { accept, accepted, copy, id, nack, prepare, promise } from "./ids.ts";

Deno.test("an acceptor that has promised nothing promises, and reports that it has accepted nothing", () => {
  assertEquals(new Acceptor().receivePrepare(prepare("1.A")), promise("1.A"));
});

Deno.test("an acceptor that promised 5.B refuses prepare 4.C, prepare 5.A and accept 4.C, and names its promise", () => {
  const acceptor = new Acceptor();
  acceptor.receivePrepare(prepare("5.B"));
  assertEquals(acceptor.receivePrepare(prepare("4.C")), nack("4.C", "5.B"));
  assertEquals(acceptor.receivePrepare(prepare("5.A")), nack("5.A", "5.B"));
  assertEquals(acceptor.receiveAccept(accept("4.C", "x")), nack("4.C", "5.B"));
  assertEquals(acceptor.save(), { promisedId: id("5.B"), acceptedId: null, acceptedValue: null });
});

Deno.test("an acceptor that promised 5.B promises 5.B again, and accepts under it", () => {
  const acceptor = new Acceptor();
  acceptor.receivePrepare(prepare("5.B"));
  assertEquals(acceptor.receivePrepare(prepare("5.B")), promise("5.B"));
  assertEquals(acceptor.receiveAccept(accept("5.B", "x")), accepted("5.B", "x"));
  assertEquals(acceptor.receiveAccept(accept("5.B", "x")), accepted("5.B", "x"));
});

Deno.test("an acceptor accepts without having been asked for a promise, and that raises its promise (S2)", () => {
  const acceptor = new Acceptor();
  acceptor.receivePrepare(prepare("1.A"));
  assertEquals(acceptor.receiveAccept(accept("2.B", "y")), accepted("2.B", "y"));
  assertEquals(acceptor.save(), { promisedId: id("2.B"), acceptedId: id("2.B"), acceptedValue: "y" });
  assertEquals(acceptor.receiveAccept(accept("1.A", "x")), nack("1.A", "2.B"), "the late accept must not overwrite y");
});

Deno.test("a promise reports the highest proposal that the acceptor has accepted, and so does every later one", () => {
  const acceptor = new Acceptor();
  acceptor.receiveAccept(accept("1.A", "x"));
  assertEquals(acceptor.receivePrepare(prepare("2.B")), promise("2.B", "1.A", "x"));
  acceptor.receiveAccept(accept("2.B", "y"));
  assertEquals(acceptor.receivePrepare(prepare("3.C")), promise("3.C", "2.B", "y"));
  assertEquals(acceptor.receivePrepare(prepare("4.A")), promise("4.A", "2.B", "y"));
});

Deno.test("an acceptor that is restored from what it saved answers as before", () => {
  const before = new Acceptor();
  before.receiveAccept(accept("2.B", "y"));
  before.receivePrepare(prepare("3.C"));
  const after = new Acceptor();
  after.restore(copy(before.save()));
  assertEquals(after.save(), before.save());
  for (const acceptor of [before, after]) {
    assertEquals(acceptor.receiveAccept(accept("2.B", "y")), nack("2.B", "3.C"));
    assertEquals(acceptor.receivePrepare(prepare("3.D")), promise("3.D", "2.B", "y"));
  }
});
