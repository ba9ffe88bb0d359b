import { decodeDatagram } from "../../src/wire/datagram.ts";
import { decodeSealed, encodeSealed } from "../../src/wire/sealed.ts";
import { assertEquals } from "../assert.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const TAG = "0123456789abcdef".repeat(2);

Deno.test("a wrapped datagram is text, and comes apart into what it was made of", () => {
  const sealed = encodeSealed("A", TAG, encode("propose  a b "));
  assertEquals(decode(sealed), `sealed A ${TAG} propose  a b `);
  const { sender, tag, payload } = decodeSealed(sealed)!;
  assertEquals([sender, decode(tag), decode(payload)], ["A", TAG, "propose  a b "]);
  assertEquals(decodeSealed(encodeSealed("x".repeat(64), TAG, new Uint8Array()))?.payload.length, 0);
});

Deno.test("what is cut off, or has no sender, no tag or one of another length, is no wrapped datagram", () => {
  const whole = encodeSealed("A", TAG, new Uint8Array());
  for (let length = 0; length < whole.length; length++) assertEquals(decodeSealed(whole.subarray(0, length)), null);
  for (
    const text of [
      `sealed  ${TAG} x`,
      `sealed A ${TAG}x`,
      `sealed A ${TAG}0 x`,
      `sealed A ${TAG.slice(1)} x`,
      `Sealed A ${TAG} x`,
      `sealed ${"x".repeat(65)} ${TAG} x`,
      `sealed ${"x".repeat(60_000)}`,
    ]
  ) assertEquals(decodeSealed(encode(text)), null, text);
  const notUtf8 = encodeSealed("A", TAG, encode("x"));
  notUtf8[7] = 0xff;
  assertEquals(decodeSealed(notUtf8), null);
});

Deno.test("a node without a secret says why it takes no wrapped datagram", () => {
  const reason = "a tag of a secret, which is not configured here";
  assertEquals(decodeDatagram(encodeSealed("A", TAG, encode("propose x"))), { kind: "bad", reason });
});
