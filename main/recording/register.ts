import type { StatementSync } from 'node:sqlite'

/** The number of a name; a name seen for the first time is written to the file. */
export type Register = (name: string) => number

/** A {@link Register} that numbers names from 1; `insert` takes number and name. */
export function register(insert: StatementSync): Register {
  const known = new Map<string, number>()
  return (name) => {
    let id = known.get(name)
    if (id === undefined) {
      id = known.size + 1
      insert.run(id, name)
      known.set(name, id)
    }
    return id
  }
}
