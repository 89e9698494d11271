/**
 * What vis-network calls and Chromium before 110 (an older Electron) lacks.
 * Pages themselves are written without these.
 */
import 'core-js/actual/array/to-reversed.js'
import 'core-js/actual/array/to-sorted.js'
