import { expect, it, vi } from 'vitest'
import { runsInUtilityProcess } from './backend.ts'

// Plain Node has no Electron to give; the switch needs none of it.
vi.mock('electron', () => ({ utilityProcess: {} }))

it.each([
  ['16.17.1', false],
  ['22.18.0', false],
  ['22.19.0', true],
  ['24.0.0', true],
])('Electron with Node %s runs the backend in a utility process: %s', (version, expected) => {
  expect(runsInUtilityProcess(version)).toBe(expected)
})
