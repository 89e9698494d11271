import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { takePorts } from './ports.ts'

test('concurrent callers of two blocks never get the same port', async () => {
  const blocks = await Promise.all([takePorts(), takePorts()])
  const ports = await Promise.all(blocks.flatMap((block) => Array.from({ length: 40 }, block.next)))
  expect(new Set(ports).size).toBe(80)
  await Promise.all(blocks.map((block) => block.release()))
})

test('a port that someone listens on is passed over', async () => {
  const block = await takePorts()
  const port = await block.next()
  const server = createServer()
  await new Promise<void>((started) => server.listen(port + 1, '127.0.0.1', started))
  expect(await block.next()).toBeGreaterThan(port + 1)
  server.close()
  await block.release()
})
