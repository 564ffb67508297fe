import type { Entry } from "../entry.ts"

/** Who asks the server, and what they may do. */
export const PEOPLE_CODES = {
  PROJECT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no project that you can see here" },
  NOT_PERMITTED: { fault: "user", retry: "never", http: 403, title: "You may not do this" },
} as const satisfies Record<string, Entry>
