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
  REQUEST_INVALID: { fault: "user", retry: "never", http: 400, title: "The request is not as it should be" },
  ROUTE_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "The server has nothing at this address" },
  REQUEST_TIMED_OUT: { fault: "user", retry: "later", http: 408, title: "The request did not arrive in time" },
  REQUEST_TOO_LARGE: { fault: "user", retry: "never", http: 413, title: "The request is too large" },
  MEDIA_TYPE_UNSUPPORTED: {
    fault: "user",
    retry: "never",
    http: 415,
    title: "The server does not take this type of body",
  },
  TOO_MANY_REQUESTS: { fault: "user", retry: "later", http: 429, title: "Too many requests in too short a time" },
  SERVER_NOT_READY: {
    fault: "platform",
    retry: "later",
    http: 503,
    title: "The server cannot do its work at the moment",
  },
  ADDRESS_UNUSABLE: { fault: "user", retry: "later", http: 409, title: "The server cannot listen at this address" },
  FOLDER_IN_USE: { fault: "user", retry: "later", http: 409, title: "Another process uses this folder" },
  DATABASE_NOT_EMPTY: { fault: "user", retry: "never", http: 409, title: "The database to fill has rows already" },
  SERVER_DATA_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "The folder holds no server" },
  BACKUP_DAMAGED: { fault: "platform", retry: "never", http: 500, title: "The backup is not whole" },
  BACKUP_INCOMPLETE: {
    fault: "platform",
    retry: "never",
    http: 500,
    title: "Bytes that have to be in a backup are damaged or gone",
  },
  SERVER_ADDRESS_INVALID: { fault: "user", retry: "never", http: 400, title: "The text is no address of a server" },
  SERVER_UNREACHABLE: { fault: "platform", retry: "later", http: 503, title: "The server cannot be reached" },
  SERVER_REFUSED: { fault: "user", retry: "never", http: 400, title: "The server refused for a reason that is new" },
  SERVER_REPLY_UNREADABLE: {
    fault: "backend",
    retry: "later",
    http: 502,
    title: "The answer is no answer of a server",
  },
} as const satisfies Record<string, Entry>
