import { formatAddress, isLoopback, resolveNodes } from "../../src/runtime/addresses.ts";
import { ConfigurationError } from "../../src/runtime/errors.ts";
import { assertEquals, assertRejects } from "../assert.ts";

const names: Readonly<Record<string, readonly string[]>> = {
  localhost: ["::1", "127.0.0.1"],
  six: ["2001:db8::6"],
  both: ["2001:db8::b", "192.0.2.2"],
};

function lookup(host: string): Promise<readonly string[]> {
  const found = names[host];
  return found ? Promise.resolve(found) : Promise.reject(new Error("getaddrinfo ENOTFOUND"));
}

async function resolve(...hosts: string[]): Promise<string[]> {
  const nodes = hosts.map((
    host,
    index,
  ): [string, { host: string; port: number }] => [`N${index}`, { host, port: 1 + index }]);
  return [...(await resolveNodes(nodes, lookup)).values()].map(formatAddress);
}

Deno.test("IP addresses are taken in the form in which sockets report them, and are not looked up", async () => {
  assertEquals(await resolve("127.0.0.1", "192.0.2.255"), ["127.0.0.1:1", "192.0.2.255:2"]);
  assertEquals(await resolve("0:0:0:0:0:0:0:1", "2001:DB8::1"), ["[::1]:1", "[2001:db8::1]:2"]);
});

Deno.test("host names get addresses of one family: IPv4 where every node has such an address", async () => {
  assertEquals(await resolve("localhost", "both"), ["127.0.0.1:1", "192.0.2.2:2"]);
  assertEquals(await resolve("localhost", "six", "both"), ["[::1]:1", "[2001:db8::6]:2", "[2001:db8::b]:3"]);
  await assertRejects(
    () => resolve("127.0.0.1", "six"),
    ConfigurationError,
    'Node N0, host "127.0.0.1", has no IPv6 address',
  );
});

Deno.test("a name that leads nowhere is an error that names the node, the name and what to do", async () => {
  // Not an IP address for sockets, though some resolvers take it for one.
  for (const host of ["nowhere", "127.1", "256.0.0.1", "127.0.0.1."]) {
    const says = `Cannot find the address of node N1, host "${host}": getaddrinfo ENOTFOUND. Mend the name`;
    await assertRejects(() => resolve("127.0.0.1", host), ConfigurationError, says);
  }
});

Deno.test("two names of one address are an error", async () => {
  const nodes = [["A", { host: "localhost", port: 9 }], ["B", { host: "127.0.0.1", port: 9 }]] as const;
  await assertRejects(() => resolveNodes(nodes, lookup), ConfigurationError, "Nodes A and B are both at 127.0.0.1:9");
});

Deno.test("loopback is 127.0.0.0/8 and ::1, and nothing else", () => {
  assertEquals(["127.0.0.1", "127.8.8.8", "::1"].map(isLoopback), [true, true, true]);
  assertEquals(["12.7.0.1", "192.0.2.1", "::", "::127.0.0.1", "fe80::1"].map(isLoopback), [
    false,
    false,
    false,
    false,
    false,
  ]);
});
