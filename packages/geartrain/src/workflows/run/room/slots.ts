import type { Limits } from "@geartrain/spec"
import type { Demand, Fit } from "./ready-queue.ts"

/** What may be taken up at one time, over all jobs of a run. */
export interface Capacity {
  readonly jobs: number
  readonly cpus: number
  readonly memoryBytes: number
  /** How many jobs of a category; one that is not here has no limit. */
  readonly categories: Readonly<Record<string, number>>
}

/** Keeps count of what running jobs take up. */
export class Slots {
  readonly capacity: Capacity
  #jobs = 0
  #cpus = 0
  #memoryBytes = 0
  readonly #categories = new Map<string, number>()

  constructor(capacity: Capacity) {
    this.capacity = capacity
  }

  get jobs(): number {
    return this.#jobs
  }

  get isFull(): boolean {
    return this.#jobs >= this.capacity.jobs
  }

  fit({ cpus, memoryBytes, category }: Demand): Fit {
    if (category !== undefined && this.inCategory(category) >= this.placesOf(category)) return "later"
    if (this.isFull) return "room"
    // Halves and thirds do not add up to a whole exactly.
    const isRoom =
      this.#cpus + cpus <= this.capacity.cpus + 1e-9 && this.#memoryBytes + memoryBytes <= this.capacity.memoryBytes
    return isRoom ? "now" : "room"
  }

  inCategory(category: string): number {
    return this.#categories.get(category) ?? 0
  }

  placesOf(category: string): number {
    const { categories } = this.capacity
    return Object.hasOwn(categories, category) ? (categories[category] ?? 0) : Number.POSITIVE_INFINITY
  }

  take(demand: Demand): void {
    this.#change(demand, 1)
  }

  give(demand: Demand): void {
    this.#change(demand, -1)
  }

  #change({ cpus, memoryBytes, category }: Demand, by: 1 | -1): void {
    this.#jobs += by
    this.#cpus += by * cpus
    this.#memoryBytes += by * memoryBytes
    if (category !== undefined) this.#categories.set(category, this.inCategory(category) + by)
  }
}

/**
 * What a job with these limits takes up: one processor where it does not say, and never more than there is, so that a job which asks for more
 * than the machine has runs alone.
 */
export function demandOf(limits: Limits, category: string | undefined, capacity: Capacity): Demand {
  return {
    cpus: Math.min(limits.cpuCores ?? 1, capacity.cpus),
    memoryBytes: Math.min(limits.memoryBytes ?? 0, capacity.memoryBytes),
    ...(category === undefined ? {} : { category }),
  }
}
