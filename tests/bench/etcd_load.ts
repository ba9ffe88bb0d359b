// A load on etcd that is as cheap as the one on our nodes: gRPC written by hand over one connection, of which nothing is used but
// what two calls need. What is asked in one go leaves in one write.
import type { LoadOperation, LoadResult } from "../../src/client/load.ts";

const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE] = [0, 1, 3, 4, 6, 7, 8];
const [END_STREAM, END_HEADERS, ACK] = [1, 4, 1];
const [NO_TABLE, NO_PUSH, STREAM_WINDOW] = [1, 2, 4];
const FRAME_HEADER_BYTES = 9;
const LARGE_WINDOW = 2 ** 30;

const encoder = new TextEncoder();

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length << 8 | type);
  bytes[4] = flags;
  view.setUint32(5, stream);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

function numbers(...values: readonly (readonly [bytes: number, value: number])[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap(([bytes, value]) =>
      Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256)
    ),
  );
}

/** A text in HPACK, not compressed. */
function hpack(text: string): Uint8Array {
  return concat(numbers([1, text.length]), encoder.encode(text));
}

/** A field of protobuf that holds bytes. */
function field(number: number, text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const length = bytes.length < 128 ? [bytes.length] : [bytes.length & 127 | 128, bytes.length >> 7];
  return concat(Uint8Array.from([number << 3 | 2, ...length]), bytes);
}

/** Both frames of one call, but for the number of its stream. */
function call(method: string, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const headers = concat(
    // POST, http, the path, the authority, the content's type, te: trailers.
    Uint8Array.from([0x83, 0x86, 0x04]),
    hpack(`/etcdserverpb.KV/${method}`),
    Uint8Array.from([0x01]),
    hpack("localhost"),
    Uint8Array.from([0x0f, 0x10]),
    hpack("application/grpc"),
    Uint8Array.from([0x00]),
    hpack("te"),
    hpack("trailers"),
  );
  const body = concat(numbers([1, 0], [4, message.length]), message);
  return concat(frame(HEADERS, END_HEADERS, 0, headers), frame(DATA, END_STREAM, 0, body));
}

/** The calls that wait for their ends, by stream. */
interface Waiting {
  readonly beganMs: number;
  hasData: boolean;
}

/** Many clients on one connection. */
export class EtcdLoad {
  readonly #calls: Readonly<Record<LoadOperation, Uint8Array<ArrayBuffer>>>;
  readonly #waiting = new Map<number, Waiting>();
  #operation: LoadOperation = "write";
  #stream = 1;
  #running = false;
  #latenciesMs: number[] = [];
  #errors = 0;
  #outbox: Uint8Array[] = [];
  /** How many bytes of bodies etcd takes at present; calls for which there is no room wait. */
  #window = 65_535;
  #held = 0;
  #writing: Promise<unknown> = Promise.resolve();

  /** Connects to the port on this machine; `value` is what is written, under one key. */
  static async connect(port: number, clients: number, value: string): Promise<EtcdLoad> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new EtcdLoad(connection, clients, value);
  }

  private constructor(readonly connection: Deno.TcpConn, readonly clients: number, value: string) {
    this.#calls = {
      write: call("Put", concat(field(1, "key"), field(2, value))),
      read: call("Range", field(1, "key")),
    };
    const settings = numbers([2, NO_TABLE], [4, 0], [2, NO_PUSH], [4, 0], [2, STREAM_WINDOW], [4, LARGE_WINDOW]);
    this.#outbox.push(
      encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      frame(SETTINGS, 0, 0, settings),
      frame(WINDOW_UPDATE, 0, 0, numbers([4, LARGE_WINDOW])),
    );
    this.#flush();
    this.#readAll().catch((error) => {
      if (this.#running) console.error("the connection to etcd has failed:", error);
    });
  }

  /** Lets all clients do this, one call after the other, for so long. */
  async run(operation: LoadOperation, forMs: number): Promise<LoadResult> {
    this.#operation = operation;
    this.#latenciesMs = [];
    this.#errors = 0;
    this.#running = true;
    const beganMs = performance.now();
    for (let i = this.#waiting.size + this.#held; i < this.clients; i++) this.#next();
    this.#flush();
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const elapsedMs = performance.now() - beganMs;
    this.#running = false;
    // What is under way comes to its end, so that nothing of it counts the next time.
    while (this.#waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return { elapsedMs, latenciesMs: Float64Array.from(this.#latenciesMs).sort(), errors: this.#errors };
  }

  close(): void {
    this.#running = false;
    this.connection.close();
  }

  #next(): void {
    const template = this.#calls[this.#operation];
    const headersLength = new DataView(template.buffer).getUint32(0) >>> 8;
    const bodyBytes = template.length - 2 * FRAME_HEADER_BYTES - headersLength;
    if (this.#window < bodyBytes) return void this.#held++;
    this.#window -= bodyBytes;
    const bytes = template.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(5, this.#stream);
    view.setUint32(FRAME_HEADER_BYTES + headersLength + 5, this.#stream);
    this.#waiting.set(this.#stream, { beganMs: performance.now(), hasData: false });
    this.#stream += 2;
    this.#outbox.push(bytes);
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const bytes = concat(...this.#outbox);
    this.#outbox = [];
    this.#writing = this.#writing.then(async () => {
      for (let written = 0; written < bytes.length;) written += await this.connection.write(bytes.subarray(written));
    });
    // The reader sees the same end.
    this.#writing.catch(() => {});
  }

  async #readAll(): Promise<void> {
    let buffer = new Uint8Array(2 ** 17);
    let length = 0;
    while (true) {
      const read = await this.connection.read(buffer.subarray(length));
      if (read === null) throw new Error("etcd has closed it");
      length += read;
      let at = 0;
      while (length - at >= FRAME_HEADER_BYTES) {
        const size = buffer[at]! << 16 | buffer[at + 1]! << 8 | buffer[at + 2]!;
        if (length - at < FRAME_HEADER_BYTES + size) break;
        this.#take(buffer.subarray(at, at + FRAME_HEADER_BYTES + size));
        at += FRAME_HEADER_BYTES + size;
      }
      buffer.copyWithin(0, at, length);
      length -= at;
      if (length === buffer.length) buffer = concat(buffer, new Uint8Array(buffer.length));
      this.#flush();
    }
  }

  #take(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [type, flags, stream] = [bytes[3]!, bytes[4]!, view.getUint32(5)];
    const payload = bytes.subarray(FRAME_HEADER_BYTES);
    const isAck = (flags & ACK) !== 0;
    const waiting = this.#waiting.get(stream);
    if (type === SETTINGS && !isAck) this.#outbox.push(frame(SETTINGS, ACK, 0, new Uint8Array()));
    if (type === PING && !isAck) this.#outbox.push(frame(PING, ACK, 0, payload));
    if (type === GOAWAY) throw new Error(`etcd says goodbye: ${new TextDecoder().decode(payload.subarray(8))}`);
    if (type === WINDOW_UPDATE && stream === 0) this.#widen(view.getUint32(FRAME_HEADER_BYTES));
    if (type === DATA && waiting !== undefined) waiting.hasData = true;
    const isEnd = type === RST_STREAM || ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0);
    if (isEnd && waiting !== undefined) this.#ended(stream, waiting);
  }

  #widen(bytes: number): void {
    this.#window += bytes;
    for (let held = this.#held; held > 0; held--) {
      this.#held--;
      this.#next();
    }
  }

  #ended(stream: number, { beganMs, hasData }: Waiting): void {
    this.#waiting.delete(stream);
    if (hasData) this.#latenciesMs.push(performance.now() - beganMs);
    else this.#errors++;
    if (this.#running) this.#next();
  }
}
