import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that remembers what was said, and has this on standard input and in its environment. */
export class FakeTerminal implements Terminal {
  /** Nobody looks. */
  readonly isInteractive = false;
  /** Lines on standard output. */
  readonly printed: string[] = [];
  /** Lines on standard error. */
  readonly noted: string[] = [];
  /** Whether somebody reads standard output. */
  isRead = true;

  /** What stands on standard input and in the environment. */
  constructor(
    readonly input: Uint8Array = new Uint8Array(),
    readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  env(name: string): string | undefined {
    return this.environment[name];
  }

  print(line: string): boolean {
    this.printed.push(line);
    return this.isRead;
  }

  note(line: string): void {
    this.noted.push(line);
  }

  readInput(): Promise<Uint8Array> {
    return Promise.resolve(this.input);
  }
}
