import { loadConfiguration } from "../runtime/configuration.ts";
import { UsageError } from "../runtime/errors.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { COMMAND_NAMES, loadCommands } from "./commands.ts";
import { bashScript, fishScript, zshScript } from "./completion_scripts.ts";
import { wordsOf } from "./completion_words.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `paxos completions`: prints a script that makes a shell complete command lines. */
export const completions: Command = {
  name: "completions",
  summary: "print a script that makes a shell complete command lines",
  usage: "<bash|zsh|fish>",
  help: [
    "Put the line of your shell into its startup file:",
    "",
    '  bash  eval "$(paxos completions bash)"',
    '  zsh   eval "$(paxos completions zsh)"       (after compinit)',
    "  fish  paxos completions fish | source",
    "",
    "`paxos completions uids` prints the names of the configured nodes, a line each: the scripts ask for them.",
  ],
  examples: [["paxos completions bash", "look at the script"]],
  async run(args, terminal) {
    const { positionals: { shell } } = parseCommandLine(args, { required: ["shell"] });
    if (shell === "uids") {
      const { nodes } = loadConfiguration({ configFile: undefined, env: (name) => terminal.env(name) });
      for (const uid of nodes.keys()) terminal.print(uid);
      return EXIT.done;
    }
    if (!Object.hasOwn(SCRIPTS, shell)) {
      throw new UsageError(`there is no script for ${JSON.stringify(shell)}: use bash, zsh or fish`);
    }
    const { BUGS } = await import("../sim/bugs/index.ts");
    const known = new Map([["--bug", BUGS.map(({ name }) => name)], ["help", COMMAND_NAMES]]);
    const words = (await loadCommands()).map((command) => wordsOf(command, known));
    terminal.print(SCRIPTS[shell as keyof typeof SCRIPTS](words).trimEnd());
    return EXIT.done;
  },
};
