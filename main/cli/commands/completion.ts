import { Argument, type Command, type Option } from 'commander'
import { print } from '../print/output.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

/** `smm completion`: a script for the user's shell. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(smm completion bash)
  smm completion zsh > "\${fpath[1]}/_smm"
  smm completion fish > ~/.config/fish/completions/smm.fish`,
    )
    .action((shell: Shell) => print(scripts[shell](program)))
}

const scripts: Readonly<Record<Shell, (program: Command) => string>> = {
  bash: (program) => `_smm() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names(program).join('|')}) command=$word; break ;; esac
  done
  case $previous in
${choices(program)
  .map(({ flags, values }) => `    ${flags.join('|')}) words='${values.join(' ')}' ;;`)
  .join('\n')}
    ${fileFlags.join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    *) case $command in
${program.commands
  .map((command) => `      ${command.name()}) words='${words(program, command).join(' ')}' ;;`)
  .join('\n')}
      *) words='${[...names(program), ...flagsOf(program.options)].join(' ')}' ;;
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _smm smm
`,
  // zsh runs bash's completion functions.
  zsh: (program) => `#compdef smm
autoload -U +X bashcompinit && bashcompinit
${scripts.bash(program)}`,
  fish: (program) =>
    [
      'complete -c smm -f',
      ...program.commands.map(
        (command) =>
          `complete -c smm -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.summary())}`,
      ),
      ...program.options.map((option) => fishOption(option, '')),
      ...program.commands.flatMap((command) =>
        command.options.map((option) =>
          fishOption(option, ` -n '__fish_seen_subcommand_from ${command.name()}'`),
        ),
      ),
      '',
    ].join('\n'),
}

const fileFlags = ['--kubeconfig', '--recording']

function names(program: Command): string[] {
  return program.commands.map((command) => command.name())
}

function flagsOf(options: readonly Option[]): string[] {
  return options.flatMap(({ long }) => long ?? [])
}

function words(program: Command, command: Command): string[] {
  return [
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ...flagsOf(command.options),
    ...flagsOf(program.options),
  ]
}

function choices(program: Command) {
  return [program, ...program.commands]
    .flatMap(({ options }) => options)
    .flatMap(({ short, long, argChoices }) =>
      argChoices === undefined
        ? []
        : [{ flags: [short, long].filter((flag) => flag !== undefined), values: argChoices }],
    )
}

function fishOption(option: Option, condition: string): string {
  const { short, long, description, argChoices } = option
  return [
    `complete -c smm${condition}`,
    short && `-s ${short.slice(1)}`,
    long && `-l ${long.slice(2)}`,
    option.required && (fileFlags.includes(long ?? '') ? '-rF' : '-x'),
    argChoices && `-a ${quoted(argChoices.join(' '))}`,
    `-d ${quoted(description)}`,
  ]
    .filter(Boolean)
    .join(' ')
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
