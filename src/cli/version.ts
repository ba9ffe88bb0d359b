import { VERSION } from "../version.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";

/** `paxos version`: what this program is. */
export const version: Command = {
  name: "version",
  summary: "print the version",
  usage: "",
  help: ["Prints the version, the commit that it was built from, the platform, and the version of Deno in it."],
  examples: [
    ["paxos --version", "for a report of a bug"],
  ],
  run(args, terminal) {
    parseCommandLine(args, {});
    terminal.print(versionLine(VERSION, Deno.build.standalone ? builtFrom() : null));
    return EXIT.done;
  },
};

/** `paxos 1.2.3 (commit 0123456789ab, x86_64-unknown-linux-gnu, Deno 2.9.6)`; without a commit it runs from source. */
export function versionLine(version: string, commit: string | null): string {
  const origin = commit === null ? "from source" : `commit ${commit}`;
  return `paxos ${version} (${origin}, ${Deno.build.target}, Deno ${Deno.version.deno})`;
}

/** The build has left it beside the program. */
function builtFrom(): string {
  return JSON.parse(Deno.readTextFileSync(new URL("../../dist/build.json", import.meta.url))).commit;
}
