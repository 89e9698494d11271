import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import { rmSync } from 'node:fs'

/** What a rig that is up can be asked. */
export type Request = 'status' | 'down'

/**
 * Answers requests on a Unix socket: one word in, one line of JSON out. A
 * socket rather than a file with a process id: it cannot speak for a rig that
 * is gone, nor end a process that only inherited the number.
 */
export async function serveControl(
  path: string,
  answer: (request: Request) => Promise<unknown>,
): Promise<() => Promise<void>> {
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.setEncoding('utf8')
    socket.once('data', (text: string) => {
      const request = text.trim()
      if (request === 'status' || request === 'down')
        answer(request).then(
          (value) => socket.end(`${JSON.stringify(value)}\n`),
          () => socket.destroy(),
        )
      else socket.destroy()
    })
  })
  server.listen(path)
  await once(server, 'listening')
  return () => new Promise((closed) => server.close(() => closed()))
}

/** The answer of the rig that listens at `path`, or null where none does. */
export function askControl(path: string, request: Request): Promise<unknown> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(path, () => socket.write(`${request}\n`))
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => resolve(null))
    socket.on('close', () => resolve(text === '' ? null : (JSON.parse(text) as unknown)))
  })
}
