import { builtInConfiguration } from "../runtime/configuration.ts";
import { osReason } from "../runtime/errors.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";

const FILE = "paxos.json";

/** `paxos init`: writes a configuration to edit. */
export const init: Command = {
  name: "init",
  summary: `write a ${FILE} to edit`,
  usage: "",
  help: [
    `Writes ${FILE} into the current directory: three nodes on this machine. A file that is there already stays as it is.`,
  ],
  run(args, terminal) {
    parseCommandLine(args, {});
    const nodes = Object.fromEntries(builtInConfiguration.nodes);
    try {
      Deno.writeTextFileSync(FILE, `${JSON.stringify({ nodes }, null, 2)}\n`, { createNew: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      const whatToDo = error instanceof Deno.errors.AlreadyExists
        ? "edit it, or move it away first"
        : "go to a directory in which you may write";
      terminal.note(`Cannot write ${FILE}: ${osReason(error)}: ${whatToDo}.`);
      return EXIT.no;
    }
    terminal.print(`wrote ${FILE}: give all nodes the same file, then run \`paxos serve <UID>\` for each of them`);
    return EXIT.done;
  },
};
