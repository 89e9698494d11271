import { join, resolve } from 'node:path'

/** Where the program lies: this folder in a checkout, `out/backend` when built, are both two levels below it. */
const programFolder = resolve(import.meta.dirname, '../..')

/** The built pages. */
export const uiFolder = join(programFolder, 'out/renderer')

/** The recording that is the sample fleet. */
export const sampleFile = join(programFolder, 'resources/sample.smm-recording')
