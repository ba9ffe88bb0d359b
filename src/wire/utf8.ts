// Text to bytes and back, by what every JavaScript runtime offers. It is asked for by hand, so that this layer needs the types of
// none of them.
interface TextRuntime {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
  readonly TextDecoder: new (
    label: "utf-8",
    options: { fatal: boolean; ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array): string };
}

const { TextEncoder, TextDecoder } = globalThis as unknown as TextRuntime;
const encoder = new TextEncoder();
// A byte order mark is a character of the value like any other.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text, or `null` if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
