/** The process that started this one. */
export interface ParentPort {
  post(message: object): void
  onMessage(listener: (message: unknown) => void): void
  /** Called when the parent has gone. */
  onEnd(listener: () => void): void
}

/** The part of Electron's `process.parentPort` used here; absent under plain Node. */
interface UtilityPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** Speaks to the parent as Electron's utility process or as Node's forked child. Throws when it is neither. */
export function parentPort(): ParentPort {
  const port = (process as unknown as { readonly parentPort?: UtilityPort }).parentPort
  if (port !== undefined) {
    return {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
      // Electron ends its utility processes with itself.
      onEnd: () => undefined,
    }
  }
  const send = process.send?.bind(process)
  if (send === undefined) throw new Error('The backend is started by the app; use `smm dashboard`.')
  return {
    post: (message) => send(message),
    onMessage: (listener) => process.on('message', listener),
    onEnd: (listener) => process.once('disconnect', listener),
  }
}
