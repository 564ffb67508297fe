import type { Entry } from "../entry.ts"

/** Who asks the server, and what they may do. */
export const PEOPLE_CODES = {
  PROJECT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no project that you can see here" },
  NOT_PERMITTED: { fault: "user", retry: "never", http: 403, title: "You may not do this" },
  NOT_AUTHENTICATED: { fault: "user", retry: "never", http: 401, title: "The server does not know who asks" },
  CSRF_REFUSED: { fault: "user", retry: "never", http: 403, title: "The request may come from another site" },
  LOGIN_FAILED: { fault: "user", retry: "never", http: 401, title: "This log-in and password do not belong together" },
  LOGIN_REFUSED: {
    fault: "user",
    retry: "never",
    http: 403,
    title: "Whoever logs people in for this server sent somebody it does not take",
  },
  PASSWORD_UNFIT: { fault: "user", retry: "never", http: 400, title: "This password would be too easy to guess" },
  USER_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no such user" },
  USER_EXISTS: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "Another user has this name to log in with, or this address",
  },
  LAST_ADMIN: { fault: "user", retry: "never", http: 409, title: "The site would be left without an admin" },
  TOKEN_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no such key, token or session" },
  OIDC_NOT_CONFIGURED: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "Nobody else logs people in for this server",
  },
  OIDC_FAILED: {
    fault: "backend",
    retry: "later",
    http: 502,
    title: "Whoever logs people in for this server does not do it as agreed",
  },
  LOGIN_NEEDED: { fault: "user", retry: "never", http: 401, title: "Nobody has logged in to the server here" },
  LOGIN_FILE_INVALID: { fault: "user", retry: "never", http: 422, title: "The file of logins cannot be read" },
} as const satisfies Record<string, Entry>
