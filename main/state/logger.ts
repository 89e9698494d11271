import { pino, type Logger } from 'pino'

export type { Logger } from 'pino'

const secretFields = [
  'authorization',
  'Authorization',
  'token',
  'password',
  'secret',
  'cookie',
  'key',
  'cert',
  'kubeconfig',
]

/**
 * A logger for people who look into a problem: JSON lines to stderr (never
 * stdout, which belongs to answers) or to a file. Fields that may hold secrets
 * are redacted, and so is what looks like a bearer token or URL credentials in
 * a message.
 */
export function createLogger(options: { level?: string; file?: string } = {}): Logger {
  return pino(
    {
      level: options.level ?? 'warn',
      base: null,
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
      hooks: { streamWrite: withoutCredentials },
    },
    // At once, so that the last lines before a crash are not the ones that are missing.
    pino.destination({
      sync: true,
      ...(options.file ? { dest: options.file, mkdir: true, mode: 0o600 } : { fd: 2 }),
    }),
  )
}

/** Blanks bearer tokens, JSON web tokens and user:password@ in any text. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]')
    .replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[redacted]')
    .replace(/(\w+:\/\/)[^\s/@:"]+:[^\s/@"]+@/g, '$1[redacted]@')
}
