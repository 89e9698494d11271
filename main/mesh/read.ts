import type { KubeObject } from '../kube/index.ts'

/** A JSON object of unknown shape. */
export type Fields = Readonly<Record<string, unknown>>

/** The object at a path of field names; empty where there is none. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  let at: unknown = value
  for (const name of path) at = isFields(at) ? at[name] : undefined
  return isFields(at) ? at : {}
}

/** The objects of the array at a path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  const list = valueAt(value, path)
  return Array.isArray(list) ? list.filter(isFields) : []
}

/** The strings of the array at a path; empty where there is none. */
export function stringsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const list = valueAt(value, path)
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : []
}

/** The text at a path; null where there is none or it is empty. */
export function stringAt(value: unknown, ...path: readonly string[]): string | null {
  const text = valueAt(value, path)
  return typeof text === 'string' && text !== '' ? text : null
}

/** The number at a path; null where there is none. */
export function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const number = valueAt(value, path)
  return typeof number === 'number' ? number : null
}

/** Labels of the pods a workload makes, or of a pod itself. */
export function podLabels(object: KubeObject): Readonly<Record<string, string>> {
  if (object.kind === 'Pod') return object.metadata.labels ?? {}
  return textMap(fieldsAt(object, 'spec', 'template', 'metadata', 'labels'))
}

/** Annotations of the pods a workload makes, or of a pod itself. */
export function podAnnotations(object: KubeObject): Readonly<Record<string, string>> {
  if (object.kind === 'Pod') return object.metadata.annotations ?? {}
  return textMap(fieldsAt(object, 'spec', 'template', 'metadata', 'annotations'))
}

/** True when every label of the selector is there; an empty selector selects nothing here. */
export function selects(selector: Fields, labels: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(selector)
  return entries.length > 0 && entries.every(([name, value]) => labels[name] === value)
}

function textMap(fields: Fields): Readonly<Record<string, string>> {
  for (const name in fields) {
    if (typeof fields[name] !== 'string') return onlyTexts(fields)
  }
  return fields as Readonly<Record<string, string>>
}

function onlyTexts(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at: unknown = value
  for (const name of path) at = isFields(at) ? at[name] : undefined
  return at
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
