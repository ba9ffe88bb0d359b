// The README and the documents beside the code.

const root = new URL("../../", import.meta.url);

/** A document of the project. */
export interface Document {
  /** Its path from the root of the project. */
  readonly path: string;
  /** What it says, in Markdown. */
  readonly text: string;
}

/** A link of a document to a file of the project. */
export interface Link {
  /** The document that has it, by its path. */
  readonly from: string;
  /** Where it leads, by the path from the root of the project. */
  readonly target: string;
  /** The heading there, as it stands in the address; empty for the file as a whole. */
  readonly anchor: string;
}

/** The README first, then the documents in the order of their names. Needs permission to read. */
export function documents(): Document[] {
  const beside = [...Deno.readDirSync(new URL("src/docs/", root))].map(({ name }) => name).filter((name) =>
    name.endsWith(".md")
  );
  return ["README.md", ...beside.sort().map((name) => `src/docs/${name}`)].map(read);
}

/** The document at this path from the root of the project. */
export function read(path: string): Document {
  return { path, text: Deno.readTextFileSync(new URL(path, root)) };
}

/** Whether there is a file or a folder at this path from the root of the project. */
export function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, root)) !== null;
  } catch {
    return false;
  }
}

/** The links and pictures of a document that lead to files of the project. */
export function linksOf({ path, text }: Document): Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to]) => to!)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const url = new URL(to, `file:///${path}`);
      return { from: path, target: url.pathname.slice(1), anchor: url.hash.slice(1) };
    });
}

/** The headings of a document as they stand in addresses. */
export function anchorsOf({ text }: Document): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

/** The blocks of code of one language. */
export function blocksOf({ text }: Document, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter(([, of]) => of === language).map(([, , code]) =>
    code!
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}
