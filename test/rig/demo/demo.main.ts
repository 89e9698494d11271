/**
 * The demo application: one small server that says who it is and calls others.
 *
 *   GET /                 {"app","version","pod"}
 *   GET /call?url=URL     calls URL and answers {"status","body"} of that, or {"error"}
 *   GET /status/CODE      answers CODE
 *   GET /tcp?host=&port=  sends a line to a TCP server and answers what came back
 *
 * PORT (8080) is HTTP; TCP_PORT, when set, a line echo. With CALLS (URLs
 * separated by spaces) it calls each every CALL_EVERY_MS (1000).
 */
import { createServer, get, type ServerResponse } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'

const { APP = 'demo', VERSION = 'v1', HOSTNAME = '', PORT = '8080', TCP_PORT } = process.env
const { CALLS = '', CALL_EVERY_MS = '1000' } = process.env

interface Answered {
  readonly status: number
  readonly body: string
}

function call(url: string, timeoutMs = 5000): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: timeoutMs, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    request.on('timeout', () => request.destroy(new Error('timed out')))
    request.on('error', reject)
  })
}

function tellTcp(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 5000 }, () => socket.write('hello\n'))
    socket.on('data', (bytes) => {
      resolve(bytes.toString().trim())
      socket.end()
    })
    socket.on('timeout', () => socket.destroy(new Error('timed out')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed without an answer')))
  })
}

async function answer(url: URL): Promise<Answered> {
  const ok = (value: unknown): Answered => ({ status: 200, body: JSON.stringify(value) })
  const status = /^\/status\/(\d{3})$/.exec(url.pathname)
  if (status !== null) return { status: Number(status[1]), body: '' }
  try {
    if (url.pathname === '/call') return ok(await call(url.searchParams.get('url') ?? ''))
    if (url.pathname === '/tcp') {
      const { host = '', port = '0' } = Object.fromEntries(url.searchParams)
      return ok({ answer: await tellTcp(host, Number(port)) })
    }
  } catch (error) {
    return { status: 502, body: JSON.stringify({ error: String(error) }) }
  }
  return ok({ app: APP, version: VERSION, pod: HOSTNAME })
}

async function respond(path: string, response: ServerResponse): Promise<void> {
  const { status, body } = await answer(new URL(path, 'http://demo'))
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body)
}

const server = createServer((request, response) => {
  request.resume()
  void respond(request.url ?? '/', response)
})
server.listen(Number(PORT))
if (TCP_PORT !== undefined)
  createTcpServer((socket) => socket.pipe(socket)).listen(Number(TCP_PORT))
for (const url of CALLS.split(' ').filter(Boolean))
  setInterval(() => void call(url).catch(() => {}), Number(CALL_EVERY_MS))
process.on('SIGTERM', () => process.exit(0))
console.log(`${APP} ${VERSION} serves on ${PORT}`)
