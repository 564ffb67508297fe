import type { Entry } from "../entry.ts"

/** Who asks the server, and what they may do. */
export const PEOPLE_CODES = {
  PROJECT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no project that you can see here" },
  NOT_PERMITTED: { fault: "user", retry: "never", http: 403, title: "You may not do this" },
  NOT_AUTHENTICATED: { fault: "user", retry: "never", http: 401, title: "The server does not know who asks" },
  CSRF_REFUSED: { fault: "user", retry: "never", http: 403, title: "The request may come from another site" },
} as const satisfies Record<string, Entry>
