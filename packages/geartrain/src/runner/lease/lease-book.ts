/** A lease, as the runner counts it: in time of its own that never goes back, from when it asked and not from when it was answered. */
interface Lease {
  readonly leaseMs: number
  /** Milliseconds of the same clock: the server gives the job away then, at the earliest. */
  readonly endsMs: number
}

/** How much of a lease is left for ending a job before the server gives it away: a gear is killed in milliseconds, a busy machine is slower. */
const MARGIN = 1 / 6

/**
 * Keeps account of the leases of a runner's attempts. It asks no clock and no server: it is told the time, and what was answered.
 *
 * An attempt whose lease is about to end has to be killed *before* the server gives it to somebody else, so it is `lost` a sixth of a lease
 * early. Renewed in thirds, a lease survives two lost heartbeats.
 */
export class LeaseBook {
  readonly #leases = new Map<string, Lease>()

  /**
   * A lease that was given, or renewed.
   *
   * @param askedMs  When the question was sent whose answer this is.
   */
  renew(key: string, leaseMs: number, askedMs: number): void {
    const endsMs = askedMs + leaseMs
    const known = this.#leases.get(key)
    // Answers may overtake each other.
    if (known !== undefined && known.endsMs > endsMs) return
    this.#leases.set(key, { leaseMs, endsMs })
  }

  /** The attempt has ended: its lease does not matter any more. */
  end(key: string): void {
    this.#leases.delete(key)
  }

  /** Whether the server may not have given the attempt to somebody else. */
  isHeld(key: string, nowMs: number): boolean {
    const lease = this.#leases.get(key)
    return lease !== undefined && nowMs < killTimeOf(lease)
  }

  /** Attempts that have to be killed now. */
  lost(nowMs: number): readonly string[] {
    return [...this.#leases].filter(([, lease]) => nowMs >= killTimeOf(lease)).map(([key]) => key)
  }
}

function killTimeOf({ endsMs, leaseMs }: Lease): number {
  return endsMs - leaseMs * MARGIN
}
