/** Whose bytes may be freed. A member that is absent lets all through. */
export interface FreeingPolicy {
  /** Bytes that no job of its own sake has made or read for so long. */
  readonly olderThanMs?: number
  /** Files of so many bytes or more. Default: `USUAL_LEAST_BYTES`. */
  readonly leastBytes?: number
  /** No more than it takes for the store to hold so little, what was not used for longest first. */
  readonly downToBytes?: number
  /** Outputs of this gear alone: its name, `name@version`, or its id. */
  readonly gear?: string
  /** Outputs of jobs for this place alone, by its id. */
  readonly destination?: string
  /** Also what was never verified. What came out otherwise when it was verified stays all the same. */
  readonly unverified?: boolean
}

/** Less is no room worth the time of making it again; and reports, tables and figures stay at hand. */
export const USUAL_LEAST_BYTES = 1024 * 1024
