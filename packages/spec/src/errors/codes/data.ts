import type { Entry } from "../entry.ts"

/** data */
export const DATA_CODES = {} as const satisfies Record<string, Entry>
