/** SQLite's `application_id` of a recording: the letters SMMR. */
export const APPLICATION_ID = 0x534d4d52

/** SQLite's `user_version` of a recording: the version of the format, see docs/recording-format.md. */
export const FORMAT_VERSION = 1

/**
 * The tables of a recording, each statement exactly as SQLite keeps it in the
 * file: a file whose schema differs in one character is refused.
 */
export const SCHEMA: Readonly<Record<string, string>> = {
  meta: `CREATE TABLE meta (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
  step: `CREATE TABLE step (
  id INTEGER PRIMARY KEY NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT`,
  cluster: `CREATE TABLE cluster (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL
) STRICT`,
  cluster_state: `CREATE TABLE cluster_state (
  id INTEGER PRIMARY KEY NOT NULL,
  cluster INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  last_step INTEGER,
  state TEXT NOT NULL
) STRICT`,
  telemetry_time: `CREATE TABLE telemetry_time (
  step INTEGER NOT NULL,
  cluster INTEGER NOT NULL,
  answered_ms INTEGER NOT NULL,
  PRIMARY KEY (step, cluster)
) STRICT, WITHOUT ROWID`,
  object_pack: `CREATE TABLE object_pack (
  id INTEGER PRIMARY KEY NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT`,
  object: `CREATE TABLE object (
  id INTEGER PRIMARY KEY NOT NULL,
  cluster INTEGER NOT NULL,
  kind TEXT NOT NULL,
  first_step INTEGER NOT NULL,
  last_step INTEGER,
  pack INTEGER NOT NULL,
  item INTEGER NOT NULL
) STRICT`,
  endpoint: `CREATE TABLE endpoint (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL
) STRICT`,
  answer: `CREATE TABLE answer (
  step INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  clusters TEXT NOT NULL,
  age_seconds REAL NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  reason TEXT,
  remedy TEXT,
  PRIMARY KEY (step, endpoint)
) STRICT, WITHOUT ROWID`,
  series_pack: `CREATE TABLE series_pack (
  id INTEGER PRIMARY KEY NOT NULL,
  step INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  metric TEXT NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT`,
  chunk: `CREATE TABLE chunk (
  id INTEGER PRIMARY KEY NOT NULL,
  step INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  metric TEXT NOT NULL,
  is_key INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT`,
}

/** How large a recording and its parts may be; a larger one is refused when opened. */
export const LIMITS = {
  fileBytes: 2 * 1024 ** 3,
  /** One compressed part in the file. */
  blobBytes: 64 * 1024 ** 2,
  /** One part once unpacked. */
  unpackedBytes: 256 * 1024 ** 2,
  textBytes: 1024 ** 2,
  steps: 100_000,
  clusters: 1_000,
  endpoints: 2_000,
  /** Versions of objects over the whole time. */
  objects: 5_000_000,
  /** All contents of objects together, once unpacked. */
  objectBytes: 1024 ** 3,
  seriesPerMetric: 2_000_000,
  labels: 40,
  samplesPerChunk: 20_000_000,
  chunks: 10_000_000,
} as const
