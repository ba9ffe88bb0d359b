// What a command sees of the world that started it.

/** Standard streams and environment: injected, so that tests read what a command says. */
export interface Terminal {
  /** Whether a person reads standard output. */
  readonly isInteractive: boolean;
  /** Looks an environment variable up. */
  env(name: string): string | undefined;
  /** Writes a line to standard output at once, for results; `false` if nobody reads it any more. */
  print(line: string): boolean;
  /** Writes a line to standard error at once, for notes and errors. */
  note(line: string): void;
  /** Standard input to its end, or its first bytes if there are more than the limit: then one more than that at least. */
  readInput(limitBytes: number): Promise<Uint8Array>;
}

/** The terminal or the pipes of this process. */
export const systemTerminal: Terminal = {
  isInteractive: Deno.stdout.isTerminal(),
  env: (name) => Deno.env.get(name),
  print: (line) => write(Deno.stdout, line),
  note: (line) => void write(Deno.stderr, line),
  async readInput(limitBytes) {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of Deno.stdin.readable) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limitBytes) break;
    }
    return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  },
};

const encoder = new TextEncoder();

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): boolean {
  const bytes = encoder.encode(`${line}\n`);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
