// TypeScript as its tokens: for checks that must not stumble over what stands in comments and texts.

/** A name, a text (with its quotes), or one character of punctuation; and its line, counted from 1. */
export interface Token {
  readonly text: string;
  readonly line: number;
}

/** What may stand before a regular expression; after anything else a slash divides. */
const BEFORE_REGEX = /^(?:[(,=:[!&|?{};+\-*%~^<>]|return|typeof|case|in|of|void|delete|throw)$/;

const PATTERN = new RegExp(
  [
    /(?<space>\s+|\/\/[^\n]*|\/\*[^]*?\*\/)/,
    /(?<name>[A-Za-z_$#][\w$]*|\d[\w.]*)/,
    /(?<text>"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')/,
    /(?<regex>\/(?![*\/])(?:[^\/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)/,
    /(?<other>[^])/,
  ].map((part) => part.source).join("|"),
  "gy",
);

/** The tokens of a source file, without its comments. What stands in `${}` of a template is code. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each template that is open: how many braces are open in its `${}`. */
  const templates: number[] = [];
  let line = 1;
  let at = 0;

  function push(text: string): void {
    tokens.push({ text, line });
  }

  function take(text: string): void {
    at += text.length;
    line += text.split("\n").length - 1;
  }

  /** Reads a template up to its end or its next `${`. */
  function template(): void {
    const [text] = /^(?:[^`\\$]|\\[^]|\$(?!\{))*/.exec(source.slice(at))!;
    take(text);
    if (source[at] === "`") {
      templates.pop();
      take("`");
    } else take("${");
  }

  while (at < source.length) {
    PATTERN.lastIndex = at;
    const { space, name, text, regex } = PATTERN.exec(source)!.groups!;
    const character = source[at]!;
    if (space !== undefined) take(space);
    else if (name !== undefined || text !== undefined) {
      push(name ?? text!);
      take(name ?? text!);
    } else if (regex !== undefined && BEFORE_REGEX.test(tokens.at(-1)?.text ?? "(")) {
      push("/regex/");
      take(regex);
    } else if (character === "`") {
      push("`");
      take("`");
      templates.push(0);
      template();
    } else if (character === "}" && templates.at(-1) === 0) {
      take("}");
      template();
    } else {
      if (templates.length > 0 && character === "{") templates[templates.length - 1]!++;
      if (templates.length > 0 && character === "}") templates[templates.length - 1]!--;
      push(character);
      take(character);
    }
  }
  return tokens;
}

/** The specifiers that a file imports or exports from, each with its line. */
export function importsOf(tokens: readonly Token[]): Token[] {
  return tokens.flatMap(({ text, line }, i) => {
    const before = tokens[i - 1]?.text;
    const imports = before === "from" || before === "import" || (before === "(" && tokens[i - 2]?.text === "import");
    return imports && /^["']/.test(text) ? [{ text: text.slice(1, -1), line }] : [];
  });
}
