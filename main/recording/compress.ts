import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { RecordingError } from './error.ts'

/** Bytes as the file keeps them: compressed, with the size they unpack to. */
export interface Packed {
  readonly size: number
  readonly data: Uint8Array
}

/** Packs bytes with Brotli, which every Node and browser that may read a recording has built in. */
export function pack(bytes: Uint8Array): Packed {
  return {
    size: bytes.length,
    data: brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 7,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  }
}

/** Unpacks to exactly the announced size; a bomb or a damaged blob throws a {@link RecordingError}. */
export function unpack(packed: Packed, largestBytes: number): Uint8Array {
  if (packed.size > largestBytes)
    throw new RecordingError(
      `The recording is refused: a part of it unpacks to ${packed.size} bytes, more than the ${largestBytes} allowed.`,
    )
  let bytes: Uint8Array
  try {
    bytes = brotliDecompressSync(packed.data, { maxOutputLength: Math.max(1, packed.size) })
  } catch (cause) {
    throw new RecordingError('The recording is damaged: a part of it cannot be unpacked.', {
      cause,
    })
  }
  if (bytes.length !== packed.size)
    throw new RecordingError('The recording is damaged: a part of it has the wrong size.')
  return bytes
}
