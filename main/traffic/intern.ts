/*
 * Classes, unlike elsewhere: many short-lived ones are made for each graph, and
 * the engine optimizes methods once, but closures anew for each that is made.
 */

/** Numbers strings: equal strings get the same number. */
export class Names {
  private readonly codes = new Map<string, number>()
  private readonly texts: string[] = []

  code(text: string): number {
    let code = this.codes.get(text)
    if (code === undefined) {
      code = this.texts.length
      this.codes.set(text, code)
      this.texts.push(text)
    }
    return code
  }

  text(code: number): string {
    return this.texts[code] ?? ''
  }
}

/**
 * Numbers tuples of up to four small integers: equal tuples get the same
 * number, counted from 0. An open-addressing table in flat arrays, without an
 * object or a string per tuple.
 */
export class Tuples {
  size = 0
  private slots: Int32Array
  private parts: Int32Array

  /** `expected` is a guess at how many there will be. */
  constructor(expected = 256) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(256, expected)))
    this.slots = new Int32Array(places * 2)
    this.parts = new Int32Array(places * 4)
  }

  /** The tuple's number, a new one if it has none. */
  intern(a: number, b = 0, c = 0, d = 0): number {
    const slot = this.slotOf(a, b, c, d)
    const found = this.slots[slot] ?? 0
    if (found !== 0) return found - 1
    const tuple = this.size++
    const at = tuple * 4
    this.parts[at] = a
    this.parts[at + 1] = b
    this.parts[at + 2] = c
    this.parts[at + 3] = d
    this.slots[slot] = tuple + 1
    if (this.size * 2 > this.slots.length - 2) this.grow()
    return tuple
  }

  /** The tuple's number, -1 if it has none. */
  find(a: number, b = 0, c = 0, d = 0): number {
    return (this.slots[this.slotOf(a, b, c, d)] ?? 0) - 1
  }

  /** What stands at a position (0 to 3) of a tuple. */
  at(tuple: number, position: number): number {
    return this.parts[tuple * 4 + position] ?? 0
  }

  /** Where a tuple stands in the table, or where it would. */
  private slotOf(a: number, b: number, c: number, d: number): number {
    const { slots, parts } = this
    const mask = slots.length - 1
    let slot = hash(a, b, c, d) & mask
    for (let found = slots[slot] ?? 0; found !== 0; found = slots[slot] ?? 0) {
      const at = (found - 1) * 4
      const isHit =
        parts[at] === a && parts[at + 1] === b && parts[at + 2] === c && parts[at + 3] === d
      if (isHit) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  private grow(): void {
    this.parts = longer(this.parts)
    this.slots = new Int32Array(this.slots.length * 2)
    for (let tuple = 0; tuple < this.size; tuple++) {
      const [a, b, c, d] = [
        this.at(tuple, 0),
        this.at(tuple, 1),
        this.at(tuple, 2),
        this.at(tuple, 3),
      ]
      this.slots[this.slotOf(a, b, c, d)] = tuple + 1
    }
  }
}

/**
 * Short lists of distinct numbers, by number: mostly of one element, so that
 * walking them is quicker than any table. Values stand at places, counted from
 * 0 in the order they were added.
 */
export class Lists {
  size = 0
  private readonly heads: Int32Array
  private nexts: Int32Array
  private values: Int32Array
  private owners: Int32Array

  /** Lists 0 to `listCount` - 1, with room for `expected` values that grows when needed. */
  constructor(listCount: number, expected: number) {
    this.heads = new Int32Array(listCount).fill(-1)
    this.nexts = new Int32Array(expected)
    this.values = new Int32Array(expected)
    this.owners = new Int32Array(expected)
  }

  /** Adds a value to a list, unless it is there, and gives its place. */
  add(list: number, value: number): number {
    const head = this.heads[list] ?? -1
    for (let place = head; place !== -1; place = this.nexts[place] ?? -1) {
      if (this.values[place] === value) return place
    }
    const place = this.size++
    if (place === this.values.length) {
      this.nexts = longer(this.nexts)
      this.values = longer(this.values)
      this.owners = longer(this.owners)
    }
    this.nexts[place] = head
    this.values[place] = value
    this.owners[place] = list
    this.heads[list] = place
    return place
  }

  /** Place of a list's latest value, -1 for an empty list. */
  first(list: number): number {
    return this.heads[list] ?? -1
  }

  /** The place after a place; -1 at the end. */
  next(place: number): number {
    return this.nexts[place] ?? -1
  }

  value(place: number): number {
    return this.values[place] ?? 0
  }

  list(place: number): number {
    return this.owners[place] ?? 0
  }
}

function longer(array: Int32Array): Int32Array {
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
