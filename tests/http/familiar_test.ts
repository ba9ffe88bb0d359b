import { isFamiliar } from "../../src/http/http_service.ts";
import { parseHttpAddress } from "../../src/cli/http_address.ts";
import { UsageError } from "../../src/runtime/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";

Deno.test("an IP address, localhost and the host that was given are familiar, any other name is not", () => {
  const familiar = ["127.0.0.1:9090", "[::1]:9090", "localhost:9090", "LOCALHOST", "192.0.2.7:80", "node-a.lan:9090"];
  const foreign = [
    null,
    "",
    "evil.example",
    "evil.example:9090",
    "127.0.0.1.evil.example",
    "a@127.0.0.1",
    "127.1:9090",
  ];
  assertEquals(familiar.filter((host) => !isFamiliar(host, "node-a.lan")), []);
  assertEquals(foreign.filter((host) => isFamiliar(host, "node-a.lan")), []);
  assertEquals(isFamiliar("node-a.lan", "127.0.0.1"), false);
});

Deno.test("--http takes a port, or a host and a port, and a port alone is one of this machine's own", () => {
  assertEquals(parseHttpAddress("9090"), { host: "127.0.0.1", port: 9090 });
  assertEquals(parseHttpAddress("0.0.0.0:0"), { host: "0.0.0.0", port: 0 });
  assertEquals(parseHttpAddress("[::1]:9090"), { host: "::1", port: 9090 });
  assertEquals(parseHttpAddress("node-a.lan:9090"), { host: "node-a.lan", port: 9090 });
  for (const bad of ["", "x", ":9090", "65536", "127.0.0.1", "::1:9090", "http://127.0.0.1:9090", "9090/", "-1"]) {
    assertThrows(() => parseHttpAddress(bad), UsageError, "use a port, or HOST:PORT");
  }
});
