import { NumberColumn } from "./number-column.ts"

/** Orders two names; below 0 when the first comes first. */
export type Compare = (first: number, second: number) => number

/** What is in each folder: its names, each of which leads to the next. 0 is the root, which is in no folder, and stands for none. */
export class SiblingChains {
  readonly #first = new NumberColumn((length) => new Uint32Array(length))
  readonly #next = new NumberColumn((length) => new Uint32Array(length))

  /** The name is the folder's first from then on. */
  add(parent: number, name: number): void {
    this.#next.set(name, this.#first.get(parent))
    this.#first.set(parent, name)
  }

  first(parent: number): number {
    return this.#first.get(parent)
  }

  next(name: number): number {
    return this.#next.get(name)
  }

  /** Brings the names of one folder into their order, in place: a folder may have a million, and an array of them would be one table more. */
  sort(parent: number, compare: Compare): void {
    // As in binary counting: the list at `index` is made of 2 ** index runs, and there are never two of one kind.
    const lists: number[] = []
    for (let rest = this.#first.get(parent); rest !== 0; ) {
      const run = this.#takeRun(rest, compare)
      rest = run.rest
      let list = run.first
      let index = 0
      for (; (lists[index] ?? 0) !== 0; index++) {
        list = this.#merge(list, lists[index] as number, compare)
        lists[index] = 0
      }
      lists[index] = list
    }
    this.#first.set(
      parent,
      lists.reduce((all, list) => this.#merge(all, list, compare), 0),
    )
  }

  /** Turns round as many names as come in falling order: archives have most in rising order, and `add` puts each before the last. */
  #takeRun(start: number, compare: Compare): { readonly first: number; readonly rest: number } {
    let first = start
    let rest = this.#next.get(start)
    this.#next.set(start, 0)
    while (rest !== 0 && compare(rest, first) < 0) {
      const after = this.#next.get(rest)
      this.#next.set(rest, first)
      first = rest
      rest = after
    }
    return { first, rest }
  }

  #merge(one: number, other: number, compare: Compare): number {
    let left = one
    let right = other
    let first = 0
    let last = 0
    while (left !== 0 && right !== 0) {
      const isLeft = compare(left, right) < 0
      const name = isLeft ? left : right
      if (isLeft) left = this.#next.get(left)
      else right = this.#next.get(right)
      if (last === 0) first = name
      else this.#next.set(last, name)
      last = name
    }
    const rest = left === 0 ? right : left
    if (last === 0) return rest
    this.#next.set(last, rest)
    return first
  }
}
