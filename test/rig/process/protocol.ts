/** What the rig tells its supervisor over the IPC channel. */
export type Order =
  | {
      readonly type: 'start'
      readonly id: number
      readonly command: string
      readonly args: readonly string[]
      readonly cwd: string
      readonly env: Readonly<Record<string, string>>
      readonly logFile: string
      /** Ended only when all others are gone. */
      readonly endsLast: boolean
    }
  | { readonly type: 'signal'; readonly id: number; readonly signal: NodeJS.Signals }
  /** A folder to remove once the rig is gone and all processes with it. */
  | { readonly type: 'own'; readonly folder: string }

/** What the supervisor answers. */
export type Event =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  | {
      readonly type: 'exited'
      readonly id: number
      readonly code: number | null
      readonly signal: NodeJS.Signals | null
    }
