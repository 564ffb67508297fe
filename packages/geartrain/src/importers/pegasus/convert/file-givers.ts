import type { FileSource } from "@geartrain/spec/workflow"

/** A job that a file comes from. */
export interface Giver {
  /** Id of the job. */
  readonly job: string
  readonly source: FileSource
  /** The workflow's user wants the file. */
  readonly isWanted: boolean
}

/** Who writes what, in the order in which jobs can run. */
export class FileGivers {
  readonly #positions: ReadonlyMap<string, number>
  readonly #said = new Map<string, Giver[]>()
  readonly #inner = new Map<string, Giver[]>()

  /** @param order  Ids of all jobs, each after all that it waits for. */
  constructor(order: readonly string[]) {
    this.#positions = new Map(order.map((job, position) => [job, position]))
  }

  /**
   * Jobs are added in their order. @param how  `said`: the job says that it writes the file; `inner`: a job within a sub-workflow writes it, and
   * the sub-workflow's own job does not say so.
   */
  add(lfn: string, giver: Giver, how: "said" | "inner"): void {
    const all = how === "said" ? this.#said : this.#inner
    const known = all.get(lfn)
    if (known === undefined) all.set(lfn, [giver])
    else known.push(giver)
  }

  /** Who gives a file to a job: the last that writes it before. So a file that one job writes and another changes is read as the second left it. */
  before(job: string, lfn: string, how: "said" | "inner"): Giver | undefined {
    const givers = (how === "said" ? this.#said : this.#inner).get(lfn)
    if (givers === undefined) return undefined
    const position = this.#positionOf(job)
    let low = 0
    let high = givers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#positionOf((givers[middle] as Giver).job) < position) low = middle + 1
      else high = middle
    }
    return givers[low - 1]
  }

  /** What is there of each file in the end. Of sub-workflows, each its own. */
  *last(): Generator<readonly [string, Giver]> {
    for (const [lfn, givers] of this.#said) yield [lfn, givers.at(-1) as Giver]
    for (const [lfn, givers] of this.#inner) for (const giver of givers) yield [lfn, giver]
  }

  #positionOf(job: string): number {
    return this.#positions.get(job) ?? 0
  }
}
