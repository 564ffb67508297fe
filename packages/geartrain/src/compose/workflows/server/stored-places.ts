import type { Digest, JobId } from "@geartrain/spec"

/** Where a server has bytes, as an order names it: `job:ID/PATH` or `file:ID`. */
export type StoredPlace = `job:${string}` | `file:${string}`

/** Where the bytes lie that a run has met, by their digest. */
export class StoredPlaces {
  readonly #places = new Map<Digest, StoredPlace>()
  readonly #jobs = new Set<JobId>()

  noteOutputs(job: JobId, outputs: readonly { readonly path: string; readonly digest: Digest }[]): void {
    this.#jobs.add(job)
    for (const { path, digest } of outputs) this.#places.set(digest, `job:${job}/${path}`)
  }

  /** What it gave is known. */
  knows(job: JobId): boolean {
    return this.#jobs.has(job)
  }

  noteFile(digest: Digest, file: string): void {
    this.#places.set(digest, `file:${file}`)
  }

  find(digest: Digest): StoredPlace | undefined {
    return this.#places.get(digest)
  }

  /** They are there no more. */
  forget(digest: Digest): void {
    this.#places.delete(digest)
  }
}
