export type TransferKind = "stage-in" | "stage-out"

/** A transfer job while files are given to it. */
export interface TransferJob {
  readonly name: string
  readonly kind: TransferKind
  readonly site: string
  readonly registerName: string
  readonly files: Set<string>
  readonly registers: Set<string>
}

/**
 * Transfer jobs of one level of a workflow, to or from one site: files go to each in turn, so that all have about as many.
 */
export class TransferLanes {
  readonly jobs: TransferJob[] = []
  readonly #of: LaneOf
  #next = 0

  constructor(of: LaneOf) {
    this.#of = of
  }

  /** The job whose turn it is. */
  take(): TransferJob {
    const { kind, local, site, level, most, prefix } = this.#of
    const index = this.#next
    this.#next = (index + 1) % Math.max(most, 1)
    const found = this.jobs[index]
    if (found !== undefined) return found
    const words = kind === "stage-in" ? "stage_in" : "stage_out"
    const place = `${prefix}${site}_${level}_${index}`
    const made: TransferJob = {
      name: `${words}_${local ? "local" : "remote"}_${place}`,
      kind,
      site,
      registerName: `register_${place}`,
      files: new Set(),
      registers: new Set(),
    }
    this.jobs.push(made)
    return made
  }
}

export interface LaneOf {
  readonly kind: TransferKind
  /** It runs on the machine of the planner, and not on the site. */
  readonly local: boolean
  readonly site: string
  readonly level: number
  /** Jobs at most. */
  readonly most: number
  readonly prefix: string
}

/** Compute jobs for which one transfer job is enough. */
const COMPUTE_JOBS_PER_TRANSFER = 10

/** How many transfer jobs a level has at most: a tenth of its jobs, but what the site or the properties say. */
export function lanesFor(jobsOnLevel: number, asked: readonly (string | undefined)[]): number {
  for (const text of asked) {
    const number = Number(text)
    if (text !== undefined && Number.isInteger(number) && number > 0) return number
  }
  return Math.max(1, Math.ceil(jobsOnLevel / COMPUTE_JOBS_PER_TRANSFER))
}
