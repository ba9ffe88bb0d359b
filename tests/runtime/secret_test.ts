import { ConfigurationError } from "../../src/runtime/errors.ts";
import {
  isClientName,
  MAX_SECRET_BYTES,
  MIN_SECRET_BYTES,
  newSecret,
  type Opened,
  randomClientName,
  readSecret,
  Seal,
  type SecretFiles,
} from "../../src/runtime/secret.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const SECRET = encode("0123456789abcdef0123456789abcdef");

function said(opened: Opened): string {
  return "refused" in opened ? `refused: ${opened.refused}` : `${opened.sender}: ${decode(opened.payload)}`;
}

Deno.test("a tag is the first half of the HMAC-SHA256 of sender, receiver and payload", async () => {
  const a = await Seal.create("A", encode("k".repeat(32)));
  const key = await crypto.subtle.importKey("raw", encode("k".repeat(32)), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const tag = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode("A B propose hello"))).toHex().slice(0, 32);
  assertEquals(decode(a.seal("B", encode("propose hello"))), `sealed A ${tag} propose hello`);
});

Deno.test("a sealed datagram opens at its receiver alone, and names its sender", async () => {
  const [a, b, c] = await Promise.all(["A", "B", "C"].map((uid) => Seal.create(uid, SECRET)));
  const datagram = a!.seal("B", encode("nack {}"));
  assertEquals(said(b!.open(datagram)), "A: nack {}");
  assertEquals(said(c!.open(datagram)), "refused: a wrong tag of the secret");
  assertEquals(said(a!.open(datagram)), "refused: a datagram in this node's own name", "it was sent back");
  assertEquals(said(b!.open(encode("nack {}"))), "refused: no tag of the secret");
  const stranger = await Seal.create("A", encode("f".repeat(32)));
  assertEquals(said(b!.open(stranger.seal("B", encode("nack {}")))), "refused: a wrong tag of the secret");
});

Deno.test("no byte of a sealed datagram may be another, and none may be missing", async () => {
  const [a, b] = [await Seal.create("A", SECRET), await Seal.create("B", SECRET)];
  const datagram = a.seal("B", encode('sync_request {"instance_number":4}'));
  for (let at = 0; at < datagram.length; at++) {
    for (const flip of [0x01, 0x20, 0x80]) {
      const changed = datagram.slice();
      changed[at]! ^= flip;
      assert("refused" in b.open(changed), `byte ${at}`);
    }
    assert("refused" in b.open(datagram.subarray(0, at)), `cut off at byte ${at}`);
  }
  assertEquals(said(b.open(datagram)), 'A: sync_request {"instance_number":4}');
});

Deno.test("sender, receiver and payload do not run into one another", async () => {
  const [b, aa] = [await Seal.create("B", SECRET), await Seal.create("AA", SECRET)];
  const datagram = decode(aa.seal("B", encode("x")));
  assertEquals(said(b.open(encode(datagram.replace("AA", "A")))), "refused: a wrong tag of the secret");
});

Deno.test("a client has a name that no other client and no node has", () => {
  const [one, other] = [randomClientName(), randomClientName()];
  assert(one !== other && isClientName(one) && !isClientName("A") && one.length <= 64 && !one.includes(" "));
});

Deno.test("a secret is read without the white space around it, and a new one is long and never twice the same", () => {
  assertEquals(
    decode(readSecret("s", file(" 0123456789abcdef 0123456789abcdef\r\n"))),
    "0123456789abcdef 0123456789abcdef",
  );
  assert(newSecret() !== newSecret());
  assertEquals(readSecret("s", file(newSecret())).length, 64);
});

Deno.test("a secret file that is missing, short, long, no file, or readable by others is refused with what to do", () => {
  const refusals: [SecretFiles, says: string][] = [
    [file("0".repeat(MIN_SECRET_BYTES - 1)), "it holds 31 bytes, and whoever guesses it"],
    [file(" \n"), "it holds 0 bytes"],
    [file("0".repeat(MAX_SECRET_BYTES + 1)), "a secret is a file of at most 4096 bytes"],
    [file(newSecret(), { isFile: false }), "a secret is a file of at most 4096 bytes"],
    [file(newSecret(), { mode: 0o100640 }), "(mode 0640), and who has it may speak as a node; run: chmod 600 /etc/s"],
    [file(newSecret(), { mode: 0o100602 }), "(mode 0602)"],
    [absent, "ENOENT, No such file; copy it from another node, or make one for all of them with: paxos init --secret"],
  ];
  for (const [files, says] of refusals) {
    const error = assertThrows(() => readSecret("/etc/s", files, "linux"), ConfigurationError, says);
    assertStringIncludes(error.message, "Cannot use the secret file /etc/s: ");
  }
  assertEquals(readSecret("s", file(newSecret(), { mode: 0o100400 }), "linux").length, 64);
  assertEquals(readSecret("s", file(newSecret(), { mode: 0o100666 }), "windows").length, 64, "there are no such bits");
  assertEquals(readSecret("s", file(newSecret(), { mode: null }), "linux").length, 64);
});

function file(text: string, info: Partial<Deno.FileInfo> = {}): SecretFiles {
  const bytes = encode(text);
  return { readFileSync: () => bytes, statSync: () => ({ mode: 0o100600, isFile: true, size: bytes.length, ...info }) };
}

const absent: SecretFiles = {
  readFileSync: () => new Uint8Array(),
  statSync: () => {
    throw Object.assign(new Deno.errors.NotFound("No such file (os error 2): stat 's'"), { code: "ENOENT" });
  },
};
