import type { BenchGear } from "./gears.ts"

/** One comparison, as the table shows it. */
export interface Row {
  readonly what: string
  /** Milliseconds, or bytes of memory; less is better. */
  readonly ours: number
  readonly against: string
  readonly theirs: number
  readonly unit: "ms" | "bytes"
  readonly ratio: number
  /** The ratio is to be at most this; absent: shown for comparison only. */
  readonly limit?: number
  /** Where the other figure does not come from this run. */
  readonly note?: string
}

/** Where a measurement works, and what it works with. */
export interface Bench {
  /** A folder of its own, on the disk that the checkout is on; removed afterwards. */
  readonly folder: string
  /** GEARTRAIN_HOME of all its commands. */
  readonly home: string
  /** Makes a gear, or answers with the one of that name that was made before. */
  readonly gear: (about: {
    readonly name: string
    readonly megabytes: number
    readonly script: string
  }) => Promise<BenchGear>
}

export interface Measurement {
  readonly name: string
  readonly measure: (bench: Bench) => Promise<readonly Row[]>
}
