/** What programs of patterns and of globs have in common. Targets are indexes into the program. */
export type Branching = Split | Jump

/** Goes on at both; of machines that prefer one, at `first`. */
interface Split {
  readonly op: "split"
  first: number
  second: number
}

interface Jump {
  readonly op: "jump"
  to: number
}

/** A program while it is written. */
export interface Writing {
  readonly length: () => number
  /** @throws where the program would be too long. */
  readonly push: <Kind extends Branching>(instruction: Kind) => Kind
}

/** Writes branches so that each may be the way, the first before the others. */
export function writeChoice<Node>(writing: Writing, branches: readonly Node[], write: (branch: Node) => void): void {
  const jumps: Jump[] = []
  for (const [index, branch] of branches.entries()) {
    if (index === branches.length - 1) write(branch)
    else {
      const split = writing.push<Split>({ op: "split", first: writing.length() + 1, second: 0 })
      write(branch)
      jumps.push(writing.push<Jump>({ op: "jump", to: 0 }))
      split.second = writing.length()
    }
  }
  for (const jump of jumps) jump.to = writing.length()
}

/** Writes a body that may come as often as it goes, or not at all. */
export function writeAnyNumber(writing: Writing, body: () => void): void {
  const start = writing.length()
  const split = writing.push<Split>({ op: "split", first: start + 1, second: 0 })
  body()
  writing.push<Jump>({ op: "jump", to: start })
  split.second = writing.length()
}

/** Writes a body that may be left out. @returns what has to be told where it ends for that. */
export function writeOptional(writing: Writing, body: () => void): Split {
  const split = writing.push<Split>({ op: "split", first: writing.length() + 1, second: 0 })
  body()
  split.second = writing.length()
  return split
}
