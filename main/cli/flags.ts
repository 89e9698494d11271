import { InvalidArgumentError, Option, type Command } from 'commander'
import { outputFormats, type OutputFormat } from './print/output.ts'

/** A Prometheus the user named: of one context, or (null) of the whole fleet. */
export interface PrometheusFlag {
  readonly context: string | null
  readonly url: string
}

/** Where data comes from, as the command line says it. */
export interface SourceFlags {
  readonly kubeconfig?: string
  readonly context: readonly string[]
  readonly recording?: string
  readonly sample?: true
  readonly prometheus: readonly PrometheusFlag[]
  readonly allowExec?: true
}

/** Flags every command takes. */
export interface GlobalFlags extends SourceFlags {
  readonly output: OutputFormat
}

const noStrings: readonly string[] = []
const noPrometheus: readonly PrometheusFlag[] = []

/** Adds the flags that say where data comes from. */
export function addSourceFlags(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig file (default: KUBECONFIG, else ~/.kube/config)')
    .addOption(
      new Option('--context <name>', 'context to show; repeatable')
        .argParser(collect)
        .default(noStrings, 'all, if at most 10 and none needs a program to log in'),
    )
    .option('--recording <file>', 'show a recording instead of clusters')
    .option('--sample', 'show the sample fleet instead of clusters')
    .addOption(
      new Option(
        '--prometheus <[context=]url>',
        'Prometheus of a context; without context: of the whole fleet; repeatable',
      )
        .argParser(parsePrometheus)
        .default(noPrometheus, 'found in each cluster'),
    )
    .option('--allow-exec', 'let kubeconfig run its exec plugins in this run')
}

/** Adds all flags that stand before or after any command. */
export function addGlobalFlags(command: Command): Command {
  return addSourceFlags(command).addOption(
    new Option('-o, --output <format>', 'how to print the answer')
      .choices(outputFormats)
      .default(outputFormats[0]),
  )
}

/** For repeatable options. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** `[CONTEXT=]URL`. Both may hold `=`: the first one that a scheme follows parts them. */
export function parsePrometheus(
  value: string,
  before: readonly PrometheusFlag[],
): readonly PrometheusFlag[] {
  const parts = /^(?:(?<context>.+?)=)?(?<url>https?:\/\/.+)$/s.exec(value)?.groups
  const url = parts?.['url'] === undefined ? null : URL.parse(parts['url'])
  if (url === null) {
    throw new InvalidArgumentError('Write it as http://host:9090 or CONTEXT=http://host:9090.')
  }
  return [...before, { context: parts?.['context'] ?? null, url: url.href }]
}

/** Seconds of `30s`, `5m`, `24h`, as a whole number from 10 seconds to 24 hours. */
export function parseWindow(value: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(value) ?? []
  const seconds = Number(amount) * { s: 1, m: 60, h: 3600 }[(unit ?? 's') as 's' | 'm' | 'h']
  if (!(seconds >= 10 && seconds <= 86_400)) {
    throw new InvalidArgumentError('Write it as 60s, 5m or 1h; from 10s to 24h.')
  }
  return seconds
}

/** A moment, as ISO 8601 in UTC. */
export function parseAt(value: string): string {
  const ms = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? Date.parse(value) : NaN
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError('Write it as 2026-01-31T09:30:00Z, with an offset.')
  }
  return new Date(ms).toISOString()
}
