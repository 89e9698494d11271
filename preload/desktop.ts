/**
 * The few desktop powers a page may ask for: all that the window's page can
 * reach beyond what a browser tab can.
 */
export interface SmmDesktop {
  /** A one-use code (60 s) that the page trades for its bearer at `/session`. */
  sessionCode(): Promise<string>
}

/** The one IPC channel pages may call, named once for both sides. */
export const sessionCodeChannel = 'smm:session-code'
