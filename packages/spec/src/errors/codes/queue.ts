import type { Entry } from "../entry.ts"

/** queue */
export const QUEUE_CODES = {} as const satisfies Record<string, Entry>
