import type { Entry } from "../entry.ts"

/** rules */
export const RULES_CODES = {} as const satisfies Record<string, Entry>
