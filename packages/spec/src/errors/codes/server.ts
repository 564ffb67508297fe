import type { Entry } from "../entry.ts"

/** The server: its database, and what is wrong with requests as such. */
export const SERVER_CODES = {
  DATABASE_UNAVAILABLE: {
    fault: "platform",
    retry: "later",
    http: 503,
    title: "The server's database does not answer",
  },
  DATABASE_FAILED: { fault: "platform", retry: "later", http: 500, title: "The server's database refused a statement" },
  DATABASE_TOO_NEW: { fault: "user", retry: "never", http: 409, title: "A newer server has changed this database" },
} as const satisfies Record<string, Entry>
