import { z } from 'zod'

/** A Prometheus named by the user: for one context, or (null) for the whole fleet. Never with credentials. */
const prometheusUrlSchema = z.object({
  context: z.string().nullable(),
  url: z.url({ protocol: /^https?$/ }),
})

const settingsSchema = z.object({
  /** Contexts the user chose for the fleet; null as long as no choice was made. */
  contexts: z.array(z.string()).nullable(),
  /** By cluster UID: the context that reads go through where several lead to one cluster. */
  primaryContexts: z.record(z.string(), z.string()),
  /** Kubeconfig files added in the app, beside `KUBECONFIG` or the default file. */
  kubeconfigs: z.array(z.string()),
  prometheus: z.array(prometheusUrlSchema),
})

/** What the user set. Every field has a default, so a fresh home needs no file. */
export type Settings = z.infer<typeof settingsSchema>

/** A fresh home's settings. */
export const defaultSettings: Settings = {
  contexts: null,
  primaryContexts: {},
  kubeconfigs: [],
  prometheus: [],
}

/**
 * Reads one stored setting. A value that does not fit (an older or newer
 * version wrote it) gives the reason instead, so that the caller can keep the default.
 */
export function parseSetting(
  name: keyof Settings,
  json: string,
): { ok: true; setting: Partial<Settings> } | { ok: false; reason: string } {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return { ok: false, reason: 'is not JSON' }
  }
  const parsed = settingsSchema.partial().safeParse({ [name]: value })
  if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error) }
  // Without undefined fields, which `exactOptionalPropertyTypes` tells from absent ones.
  return { ok: true, setting: parsed.data as Partial<Settings> }
}

/** Checks settings before they are stored; throws with every problem named. */
export function checkSettings(changes: Partial<Settings>): Partial<Settings> {
  const parsed = settingsSchema.partial().strict().safeParse(changes)
  if (!parsed.success) throw new Error(`settings were not saved: ${z.prettifyError(parsed.error)}`)
  return changes
}
