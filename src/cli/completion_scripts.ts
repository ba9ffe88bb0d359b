// The scripts that make shells complete `paxos` command lines. The uids of the nodes are asked for when they are wanted.
import type { CommandWords, OptionWord, Word } from "./completion_words.ts";

/** How a script lists the nodes of the configured cluster. */
const ASK_UIDS = "paxos completions uids 2>/dev/null";

/** For bash. */
export function bashScript(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ name: option, value }) =>
      value === null ? [] : [`    "${name} ${option}") ${bashReply(value)}; return ;;`]
    )
  );
  const options = commands.map(({ name, options }) =>
    `    "${name} -"*) COMPREPLY=($(compgen -W "${
      [...options.map(({ name }) => name), "--help"].join(" ")
    }" -- "$cur")) ;;`
  );
  const positionals = commands.flatMap(({ name, positional }) =>
    positional === null ? [] : [`    "${name} "*) ${bashReply(positional)} ;;`]
  );
  return `# bash completion for paxos: eval "$(paxos completions bash)"
_paxos() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...commands.map(({ name }) => name), "--help", "--version"].join(" ")}" -- "$cur"))
    return
  fi
  case "$command $prev" in
${values.join("\n")}
  esac
  case "$command $cur" in
${[...options, ...positionals].join("\n")}
  esac
}
complete -F _paxos paxos
`;
}

function bashReply(word: Word): string {
  switch (word) {
    case "uid":
      return `COMPREPLY=($(compgen -W "$(${ASK_UIDS})" -- "$cur"))`;
    case "file":
      return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))';
    case "directory":
      return 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))';
    case "text":
      return ":";
    default:
      return `COMPREPLY=($(compgen -W "${word.join(" ")}" -- "$cur"))`;
  }
}

/** For zsh. */
export function zshScript(commands: readonly CommandWords[]): string {
  const list = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`);
  const cases = commands.map(({ name, options, positional }) => {
    const specs = [
      ...options.map(({ name, value }) => quote(`${name}${value === null ? "" : `:value:${zshAction(value)}`}`)),
      "'--help'",
      ...(positional === null ? [] : [quote(`*:argument:${zshAction(positional)}`)]),
    ];
    return `    ${name}) _arguments ${specs.join(" ")} ;;`;
  });
  return `#compdef paxos
# zsh completion for paxos: eval "$(paxos completions zsh)" after compinit
_paxos_uids() {
  local -a uids=(\${(f)"$(${ASK_UIDS})"})
  compadd -a uids
}
_paxos() {
  local -a commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _paxos paxos
`;
}

function zshAction(word: Word): string {
  switch (word) {
    case "uid":
      return "_paxos_uids";
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "text":
      return " ";
    default:
      return `(${word.join(" ")})`;
  }
}

/** For fish. */
export function fishScript(commands: readonly CommandWords[]): string {
  const lines = ["# fish completion for paxos: paxos completions fish | source", "complete -c paxos -f"];
  for (const { name, summary, options, positional } of commands) {
    lines.push(`complete -c paxos -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
    const within = `complete -c paxos -n '__fish_seen_subcommand_from ${name}'`;
    if (positional !== null) lines.push(`${within}${fishArguments(positional)}`);
    for (const option of options) lines.push(`${within} -l ${option.name.slice(2)}${fishValue(option)}`);
  }
  return `${lines.join("\n")}\n`;
}

function fishValue({ value }: OptionWord): string {
  if (value === null) return "";
  return `${value === "file" ? " -r" : " -x"}${fishArguments(value)}`;
}

function fishArguments(word: Word): string {
  switch (word) {
    case "uid":
      return ` -a '(${ASK_UIDS})'`;
    case "file":
      return " -F";
    case "directory":
      return " -a '(__fish_complete_directories)'";
    case "text":
      return "";
    default:
      return ` -a ${quote(word.join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
