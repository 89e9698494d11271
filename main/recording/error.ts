/**
 * A recording that cannot be written, or that is refused when opened. The
 * message is meant for a person: what is wrong, and what to do about it.
 */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
}
