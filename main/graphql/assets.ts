import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

/** The builder puts a hash of the content into these files' names. */
const hashedFolder = '/assets/'

/**
 * Serves the built pages from one folder, and `index.html` for every path that
 * names no file, so that a page's address can be opened directly.
 */
export function createAssets(folder: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodedPath(request.url ?? '/')
    const isFile = path !== null && extname(path) !== ''
    const file = path === null ? null : await fileIn(folder, isFile ? path : '/index.html')
    if (file === null) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(isFile ? 'Not found.\n' : 'The pages were not built: run `npm run build`.\n')
      return
    }
    response.writeHead(200, {
      'content-type': types[extname(file.path)] ?? 'application/octet-stream',
      'content-length': file.size,
      'cache-control': path?.startsWith(hashedFolder)
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    })
    if (request.method === 'HEAD') response.end()
    else await pipeline(createReadStream(file.path), response)
  }
}

function decodedPath(url: string): string | null {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/')
    return path.includes('\0') ? null : path
  } catch {
    return null
  }
}

/** A regular file inside the folder, links followed; null for anything else. */
async function fileIn(folder: string, path: string) {
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, path))
    if (!file.startsWith(root + sep)) return null
    const about = await stat(file)
    return about.isFile() ? { path: file, size: about.size } : null
  } catch {
    return null
  }
}
