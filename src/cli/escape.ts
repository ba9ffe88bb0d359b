// What a terminal is told: never the control characters of a value, and colour only where it is wanted.

/**
 * The text with what steers a terminal written as JSON escapes it: control characters (C0, DEL, C1), line and paragraph
 * separators, bidirectional overrides and isolates, lone surrogates. The result is one line.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}

/** Each puts a text into a colour, or leaves it alone where colour is off. */
export interface Colours {
  /** For what is well. */
  green(text: string): string;
  /** For trouble. */
  red(text: string): string;
  /** For what matters less. */
  dim(text: string): string;
}

/** Colours on a terminal unless `NO_COLOR` (its value in the environment) is set to anything but the empty text. */
export function colours(isTerminal: boolean, noColor: string | undefined): Colours {
  const style = (code: number) => (text: string) => isTerminal && !noColor ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { green: style(32), red: style(31), dim: style(2) };
}
