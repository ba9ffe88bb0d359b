// The shared secret: who has it may speak, and nobody else. Datagrams are proved by it, not hidden.
import { decodeSealed, encodeSealed, TAG_DIGITS } from "../wire/sealed.ts";
import { ConfigurationError, osReason } from "./errors.ts";

/** The shortest secret, in bytes of its file, white space at the ends aside: 32 hexadecimal digits are 128 bits. */
export const MIN_SECRET_BYTES = 32;
/** The longest one, in bytes. */
export const MAX_SECRET_BYTES = 4096;

/** How secrets are read; `Deno` fits. */
export interface SecretFiles {
  /** The bytes of a file. */
  readFileSync(path: string): Uint8Array;
  /** What kind of file it is, its size in bytes, and its permission bits, where the system has such. */
  statSync(path: string): Pick<Deno.FileInfo, "mode" | "isFile" | "size">;
}

/** What arrived: whose it is and what was sealed, or why nothing may come of it. */
export type Opened = { readonly sender: string; readonly payload: Uint8Array } | {
  readonly refused: string;
  readonly hasTag: boolean;
};

/** A client's name begins so; no uid does. */
const CLIENT_MARK = "@";

/** Makes a client's name, which nobody else has. */
export function randomClientName(): string {
  return `${CLIENT_MARK}${crypto.randomUUID()}`;
}

/** Whether the sender is a client, by its name. */
export function isClientName(sender: string): boolean {
  return sender.startsWith(CLIENT_MARK);
}

/** A new secret, as the text of its file: 256 random bits. */
export function newSecret(): string {
  return `${crypto.getRandomValues(new Uint8Array(32)).toHex()}\n`;
}

/**
 * The secret in a file, white space at its ends aside. A `ConfigurationError` where the file cannot be read, is readable by
 * others than its owner, or holds too little.
 */
export function readSecret(
  path: string,
  files: SecretFiles = Deno,
  os: string = Deno.build.os,
): Uint8Array<ArrayBuffer> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new ConfigurationError(`Cannot use the secret file ${path}: ${why}.`, { cause });
  };
  let bytes: Uint8Array;
  try {
    const { mode, isFile, size } = files.statSync(path);
    if (!isFile || size > MAX_SECRET_BYTES) {
      return refuse(`a secret is a file of at most ${MAX_SECRET_BYTES} bytes; make one with: paxos init --secret`);
    }
    // Windows keeps no such bits.
    if (os !== "windows" && mode !== null && (mode & 0o077) !== 0) {
      const bits = (mode & 0o777).toString(8).padStart(4, "0");
      return refuse(
        `others than its owner may use it (mode ${bits}), and who has it may speak as a node; run: chmod 600 ${path}`,
      );
    }
    bytes = files.readFileSync(path);
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof Deno.errors.NotCapable) throw error;
    const whatToDo = "copy it from another node, or make one for all of them with: paxos init --secret";
    return refuse(`${osReason(error)}; ${whatToDo}`, error);
  }
  const secret = trim(bytes);
  if (secret.length >= MIN_SECRET_BYTES) return secret;
  return refuse(
    `it holds ${secret.length} bytes, and whoever guesses it may speak as a node; ` +
      `use ${MIN_SECRET_BYTES} random ones at least, or make it with: paxos init --secret`,
  );
}

/**
 * Seals and opens datagrams in one name. A tag is the HMAC-SHA256 of sender, receiver and payload under the secret, of which the
 * first 128 bits are sent (RFC 2104, section 5, on truncation).
 */
export class Seal {
  /** Whose datagrams it seals. */
  readonly name: string;
  readonly #tagOf: (sender: string, receiver: string, payload: Uint8Array) => string;
  readonly #isSame: (a: Uint8Array, b: Uint8Array) => boolean;
  readonly #expected: Uint8Array<ArrayBuffer> = new Uint8Array(TAG_DIGITS);
  readonly #encoder: TextEncoder = new TextEncoder();

  private constructor(name: string, secret: Uint8Array, crypto: typeof import("node:crypto")) {
    this.name = name;
    this.#tagOf = (sender, receiver, payload) =>
      // No name holds a space, so no two triples are one text.
      crypto.createHmac("sha256", secret).update(`${sender} ${receiver} `).update(payload).digest("hex")
        .slice(0, TAG_DIGITS);
    this.#isSame = crypto.timingSafeEqual;
  }

  /** For the name. The library is loaded late: most clusters are on one machine and have no secret. */
  static async create(name: string, secret: Uint8Array): Promise<Seal> {
    return new Seal(name, secret, await import("node:crypto"));
  }

  /** Seals a datagram for the receiver. */
  seal(receiver: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
    return encodeSealed(this.name, this.#tagOf(this.name, receiver, payload), payload);
  }

  /** Opens a datagram; what it is of is a view of the bytes. */
  open(bytes: Uint8Array): Opened {
    const sealed = decodeSealed(bytes);
    if (sealed === null) return { refused: "no tag of the secret", hasTag: false };
    const { sender, tag, payload } = sealed;
    // What was sent back to where it came from was made for somebody else, so its tag would be wrong as well.
    if (sender === this.name) return { refused: "a datagram in this node's own name", hasTag: true };
    this.#encoder.encodeInto(this.#tagOf(sender, this.name, payload), this.#expected);
    return this.#isSame(tag, this.#expected)
      ? { sender, payload }
      : { refused: "a wrong tag of the secret", hasTag: true };
  }
}

function trim(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isText = (byte: number): boolean => byte > 0x20;
  const [start, end] = [bytes.findIndex(isText), bytes.findLastIndex(isText) + 1];
  return start < 0 ? new Uint8Array() : bytes.slice(start, end) as Uint8Array<ArrayBuffer>;
}
