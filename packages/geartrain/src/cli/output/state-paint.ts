import type { JobState } from "@geartrain/spec"
import type { Paint } from "./paint.ts"

/** How each state of a job looks. */
export const STATE_PAINT: Readonly<Record<JobState, (paint: Paint) => (text: string) => string>> = {
  pending: (paint) => paint.dim,
  running: (paint) => paint.cyan,
  complete: (paint) => paint.green,
  failed: (paint) => paint.red,
  cancelled: (paint) => paint.yellow,
}
