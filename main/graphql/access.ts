import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may ask: one-use codes that are traded for bearer tokens. */
export interface Access {
  /** A code that can be traded once, within a minute. */
  issueCode(): string
  /**
   * A bearer token for a code, or null for a wrong, old or used one. A code that
   * comes twice was seen by somebody else: the token it gave is taken back.
   */
  trade(code: string): string | null
  /** True for a token this process gave and did not take back. */
  admits(token: string): boolean
  /** Calls the listener after a token was taken back: what it still holds open has to end. */
  onTakenBack(listener: () => void): void
}

/** How long a code can be traded, and how long its second use is noticed. */
const codeLifeMs = 60_000
/** The oldest codes and tokens make room for new ones. */
const mostCodes = 32
const mostTokens = 256

interface Issued {
  readonly digest: Buffer
  readonly untilMs: number
  token: Buffer | null
}

/** Keeps digests only, and compares them in constant time. */
export function createAccess(nowMs: () => number = Date.now): Access {
  let codes: Issued[] = []
  let tokens: Buffer[] = []
  const listeners: (() => void)[] = []

  return {
    issueCode() {
      const code = secret()
      codes = codes.filter(({ untilMs }) => untilMs > nowMs()).slice(1 - mostCodes)
      codes.push({ digest: digest(code), untilMs: nowMs() + codeLifeMs, token: null })
      return code
    },

    trade(code) {
      const wanted = digest(code)
      let found: Issued | undefined
      for (const issued of codes) if (timingSafeEqual(issued.digest, wanted)) found = issued
      if (found === undefined || found.untilMs <= nowMs()) return null
      if (found.token !== null) {
        const stolen = found.token
        tokens = tokens.filter((token) => token !== stolen)
        for (const listener of listeners) listener()
        return null
      }
      const token = secret()
      found.token = digest(token)
      tokens = [...tokens.slice(1 - mostTokens), found.token]
      return token
    },

    admits(token) {
      const wanted = digest(token)
      let admitted = false
      for (const known of tokens) if (timingSafeEqual(known, wanted)) admitted = true
      return admitted
    },

    onTakenBack(listener) {
      listeners.push(listener)
    },
  }
}

const secret = () => randomBytes(32).toString('base64url')
const digest = (text: string) => createHash('sha256').update(text).digest()
