/// <reference lib="dom" />
// A run as the fragment of an address: its text, packed, in the letters that addresses allow.
import { scriptFromText, scriptToText, type Shared } from "../model/share.ts";

/** The fragment of an address that shows the run, without `#`. */
export async function encodeShare(shared: Shared): Promise<string> {
  const bytes = await pump(new TextEncoder().encode(scriptToText(shared)), new CompressionStream("deflate-raw"));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads such a fragment. Rejects with a `SyntaxError` for any other text. */
export async function decodeShare(fragment: string): Promise<Shared> {
  let text: string;
  try {
    const binary = atob(fragment.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    text = new TextDecoder().decode(await pump(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    throw new SyntaxError("the link is damaged: copy it once more, all of it");
  }
  return scriptFromText(text);
}

async function pump(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) {
  const packed = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
