import { datagramBytes, jsonBytes, MAX_DATAGRAM_BYTES, tooLarge } from "../../src/replica/limits.ts";
import { encodeLink } from "../../src/replica/link.ts";
import type { PeerMessage } from "../../src/replica/messages.ts";
import { Register, type RegisterState } from "../../src/replica/register.ts";
import { encodePeerMessage } from "../../src/wire/datagram.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";

const KINDS = ["a", '"', "\\", "\n", "\u0001", "h\u00e9", "\u20ac", "\u{1f600}", "\ud800", "\u007f"];

/** The longest repetition of the text that is not too large. */
function longest(kind: string): string {
  let [fits, over] = [0, 60_001];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    if (tooLarge({ value: kind.repeat(middle) }) === null) fits = middle;
    else over = middle;
  }
  return kind.repeat(fits);
}

/** A register whose session table can hold no more. */
function fullRegister(): RegisterState {
  const register = new Register();
  for (let sequence = 1; sequence < 600; sequence++) {
    const session = { openedAt: 2 ** 51, id: `${"\u0001".repeat(12)}${sequence}`, sequence: 2 ** 52 };
    register.apply({ grantedTo: null, updates: [{ value: "", session }] }, 2 ** 51 + sequence);
  }
  return register.save();
}

Deno.test("the length of a JSON text is counted in bytes of UTF-8, whatever the characters", () => {
  for (const kind of KINDS) {
    const value = `${kind}x${kind}`;
    assertEquals(jsonBytes(value), new TextEncoder().encode(JSON.stringify(value)).length, JSON.stringify(kind));
  }
});

Deno.test("the largest value of every kind fits every datagram that may have to carry it, in either mode", () => {
  const uid = "\u0001".repeat(8);
  const proposalId = { number: 2 ** 52, uid };
  const register = fullRegister();
  const instanceNumber = 2 ** 52;
  for (const kind of KINDS) {
    const value = longest(kind);
    const session = { openedAt: instanceNumber, id: "\u0001".repeat(16), sequence: 2 ** 52 };
    const condition = { kind: "instance", instanceNumber } as const;
    const plain = encodeLink([{ value, session, condition }]);
    for (const link of [plain, JSON.stringify([null, plain])]) {
      const messages: PeerMessage[] = [
        { type: "accept", instanceNumber, proposalId, value: link },
        { type: "promise", instanceNumber, proposalId, lastAcceptedId: proposalId, lastAcceptedValue: link },
        {
          type: "snapshot",
          instanceNumber,
          register: { ...register, value },
          lease: null,
          configurationDigest: "01234567",
        },
      ];
      for (const message of messages) {
        const { length } = encodePeerMessage(message);
        assert(length <= MAX_DATAGRAM_BYTES, `${JSON.stringify(kind)}: a ${message.type} of ${length} bytes`);
      }
    }
  }
});

Deno.test("quotes count eightfold and control characters more, so the refusal names the encoded size and the limit", () => {
  assert(longest("a").length > 38_000);
  assert(longest('"').length < longest("a").length / 4);
  const message = tooLarge({ value: "\u0001".repeat(20_000) });
  assertMatch(message ?? "", /a datagram of \d{6} bytes, and 60000 is the limit/);
  assertEquals(tooLarge({ value: "" }), null);
  assert(datagramBytes({ value: "a".repeat(100) }) > datagramBytes({ value: "" }));
});
