import { z } from 'zod'

// Names and tokens may look like numbers to YAML.
const text = z.coerce.string()
const optionalText = z.preprocess((value) => value ?? undefined, text.optional())

function holdsCredentials(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && (url.username !== '' || url.password !== '')
}

/** A program to log in with. */
export const execSchema = z.object({
  command: text.min(1, 'exec names no command'),
  args: z.array(text).nullish(),
  env: z.array(z.object({ name: text, value: text })).nullish(),
  apiVersion: optionalText,
})

/** Where a cluster is and how it proves itself. */
export const clusterSchema = z.object({
  // An address is shown and logged, so it must hold no secret.
  server: z
    .url({ protocol: /^https?$/, error: 'server is missing or no http(s) address' })
    .refine((server) => !holdsCredentials(server), {
      error: 'holds a user name or password: put it into the user entry',
    }),
  'certificate-authority': optionalText,
  'certificate-authority-data': optionalText,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': optionalText,
  'proxy-url': optionalText,
})

/** How a user proves who they are. */
export const userSchema = z.object({
  'client-certificate': optionalText,
  'client-certificate-data': optionalText,
  'client-key': optionalText,
  'client-key-data': optionalText,
  token: optionalText,
  tokenFile: optionalText,
  username: optionalText,
  password: optionalText,
  as: optionalText,
  exec: execSchema.nullish(),
  'auth-provider': z.object({ name: text }).nullish(),
})

/** Which cluster, as which user. */
export const contextSchema = z.object({
  cluster: text.min(1, 'names no cluster'),
  user: text.nullish(),
  namespace: optionalText,
})

/** An entry of one of the lists: a name beside a field. */
export const named = (field: string) =>
  z.object({ name: text.min(1), [field]: z.unknown().optional() })
/** A whole file; its entries are looked at one by one. */
export const fileSchema = z.object({
  clusters: z.array(z.unknown()).nullish(),
  users: z.array(z.unknown()).nullish(),
  contexts: z.array(z.unknown()).nullish(),
  'current-context': optionalText,
})
