import { builtInConfiguration } from "../runtime/configuration.ts";
import { osReason } from "../runtime/errors.ts";
import { newSecret } from "../runtime/secret.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import type { Terminal } from "./terminal.ts";

const FILE = "paxos.json";
const SECRET_FILE = "paxos.secret";

/** `paxos init`: writes a configuration to edit. */
export const init: Command = {
  name: "init",
  summary: `write a ${FILE} to edit, and a shared secret`,
  usage: "[--secret]",
  help: [
    `Writes ${FILE} into the current directory: three nodes on this machine. A file that is there already stays as it is.`,
    "",
    `  --secret  write ${SECRET_FILE} too: 256 random bits that prove who sends a datagram`,
  ],
  examples: [
    ["paxos init --secret", "a configuration to edit, and a secret that proves who speaks"],
  ],
  run(args, terminal) {
    const { flags } = parseCommandLine(args, { flags: ["secret"] });
    const nodes = Object.fromEntries(builtInConfiguration.nodes);
    if (flags.secret) {
      if (!write(terminal, SECRET_FILE, newSecret(), 0o600)) return EXIT.no;
      terminal.print(`wrote ${SECRET_FILE}: copy it to all nodes and clients, and let nobody else read it (mode 0600)`);
      if (exists(FILE)) {
        terminal.print(`${FILE} is there already: add "secretFile": "${SECRET_FILE}" to it, on all nodes and clients`);
        return EXIT.done;
      }
    }
    const configuration = { nodes, ...(flags.secret && { secretFile: SECRET_FILE }) };
    if (!write(terminal, FILE, `${JSON.stringify(configuration, null, 2)}\n`)) return EXIT.no;
    terminal.print(`wrote ${FILE}: give all nodes the same file, then run \`paxos serve <UID>\` for each of them`);
    return EXIT.done;
  },
};

/** Writes a file that is not there yet; says why if it cannot. */
function write(terminal: Terminal, path: string, text: string, mode?: number): boolean {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true, ...(mode !== undefined && { mode }) });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const whatToDo = error instanceof Deno.errors.AlreadyExists
      ? "edit it, or move it away first"
      : "go to a directory in which you may write";
    terminal.note(`Cannot write ${path}: ${osReason(error)}: ${whatToDo}.`);
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
