/** Numbers strings: equal strings get the same number. */
export interface Names {
  code(text: string): number
  text(code: number): string
}

export function names(): Names {
  const codes = new Map<string, number>()
  const texts: string[] = []
  return {
    code(text) {
      let code = codes.get(text)
      if (code === undefined) {
        code = texts.length
        codes.set(text, code)
        texts.push(text)
      }
      return code
    },
    text: (code) => texts[code] ?? '',
  }
}

/** Numbers tuples of up to four small integers: equal tuples get the same number, counted from 0. */
export interface Tuples {
  readonly size: number
  /** The tuple's number, a new one if it has none. */
  intern(a: number, b?: number, c?: number, d?: number): number
  /** The tuple's number, -1 if it has none. */
  find(a: number, b?: number, c?: number, d?: number): number
  /** What stands at a position (0 to 3) of a tuple. */
  at(tuple: number, position: number): number
}

/**
 * An open-addressing table in flat arrays: no object and no string per tuple.
 * `expected` is a guess at how many there will be.
 */
export function tuples(expected = 256): Tuples {
  let size = 0
  const places = 2 ** Math.ceil(Math.log2(Math.max(256, expected)))
  let slots = new Int32Array(places * 2)
  let parts = new Int32Array(places * 4)

  const matches = (tuple: number, a: number, b: number, c: number, d: number): boolean => {
    const at = tuple * 4
    return parts[at] === a && parts[at + 1] === b && parts[at + 2] === c && parts[at + 3] === d
  }

  function grow(): void {
    const wider = new Int32Array(slots.length * 2)
    const mask = wider.length - 1
    for (let tuple = 0; tuple < size; tuple++) {
      const at = tuple * 4
      let slot =
        hash(parts[at] ?? 0, parts[at + 1] ?? 0, parts[at + 2] ?? 0, parts[at + 3] ?? 0) & mask
      while (wider[slot] !== 0) slot = (slot + 1) & mask
      wider[slot] = tuple + 1
    }
    slots = wider
    parts = longer(parts)
  }

  return {
    get size() {
      return size
    },
    intern(a, b = 0, c = 0, d = 0) {
      const mask = slots.length - 1
      let slot = hash(a, b, c, d) & mask
      for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
        if (matches(found - 1, a, b, c, d)) return found - 1
        slot = (slot + 1) & mask
      }
      const tuple = size++
      const at = tuple * 4
      parts[at] = a
      parts[at + 1] = b
      parts[at + 2] = c
      parts[at + 3] = d
      slots[slot] = tuple + 1
      if (size * 2 > slots.length - 2) grow()
      return tuple
    },
    find(a, b = 0, c = 0, d = 0) {
      const mask = slots.length - 1
      let slot = hash(a, b, c, d) & mask
      for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
        if (matches(found - 1, a, b, c, d)) return found - 1
        slot = (slot + 1) & mask
      }
      return -1
    },
    at: (tuple, position) => parts[tuple * 4 + position] ?? 0,
  }
}

/**
 * Short lists of distinct numbers, by number: mostly of one element, so that
 * walking them is quicker than any table. Values stand at places, counted from
 * 0 in the order they were added.
 */
export interface Lists {
  /** Adds a value to a list, unless it is there, and gives its place. */
  add(list: number, value: number): number
  /** Place of a list's latest value, -1 for an empty list. */
  first(list: number): number
  /** The place after a place; -1 at the end. */
  next(place: number): number
  value(place: number): number
  list(place: number): number
  readonly size: number
}

/** Lists 0 to `listCount` - 1, with room for `expected` values that grows when needed. */
export function lists(listCount: number, expected: number): Lists {
  const heads = new Int32Array(listCount).fill(-1)
  let nexts = new Int32Array(expected)
  let values = new Int32Array(expected)
  let owners = new Int32Array(expected)
  let size = 0
  return {
    add(list, value) {
      const head = heads[list] ?? -1
      for (let place = head; place !== -1; place = nexts[place] ?? -1) {
        if (values[place] === value) return place
      }
      if (size === values.length) {
        nexts = longer(nexts)
        values = longer(values)
        owners = longer(owners)
      }
      nexts[size] = head
      values[size] = value
      owners[size] = list
      heads[list] = size
      return size++
    },
    first: (list) => heads[list] ?? -1,
    next: (place) => nexts[place] ?? -1,
    value: (place) => values[place] ?? 0,
    list: (place) => owners[place] ?? 0,
    get size() {
      return size
    },
  }
}

function longer(array: Int32Array): Int32Array<ArrayBuffer> {
  const next = new Int32Array(Math.max(16, array.length * 2))
  next.set(array)
  return next
}

function hash(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ b, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ c, 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 16) ^ d, 0x27d4eb2f)
  return mixed ^ (mixed >>> 15)
}
