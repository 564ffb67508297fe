import type { RetryCause } from "./workflow.ts"

/** All that may be worth another try. */
export const RETRY_CAUSES: readonly RetryCause[] = ["memory", "time", "disk", "machine", "exit"]

/** What a step may be called: no dot, since sources have them, and neither `/` nor `[`, which keys of jobs have. */
export const STEP_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/

/** What parameters, inputs, outputs and items of a scatter may be called. */
export const PART_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/
