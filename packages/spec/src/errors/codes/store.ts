import type { Entry } from "../entry.ts"

/** Blobs, root filesystems, records and references. */
export const STORE_CODES = {
  BLOB_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "No blob with this digest is stored" },
  BLOB_DIGEST_MISMATCH: {
    fault: "backend",
    retry: "later",
    http: 502,
    title: "The bytes do not have the expected digest",
  },
  ROOT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "No root filesystem with this digest is stored" },
  ROOT_DIGEST_MISMATCH: {
    fault: "backend",
    retry: "later",
    http: 502,
    title: "The root filesystem is not the one that was expected",
  },
  ROOT_DAMAGED: { fault: "platform", retry: "never", http: 500, title: "A stored root filesystem is damaged" },
  FILE_NOT_REGULAR: {
    fault: "gear",
    retry: "never",
    http: 422,
    title: "Only a regular file can be taken over into the store",
  },
  FILE_TOO_LARGE: { fault: "gear", retry: "never", http: 413, title: "The file is longer than its limit" },
  FILE_CHANGED: { fault: "gear", retry: "later", http: 409, title: "The file changed while it was read" },
  JOB_EXISTS: { fault: "user", retry: "never", http: 409, title: "A job with this id is recorded already" },
  STORE_FULL: { fault: "platform", retry: "later", http: 507, title: "The disk of the store is full" },
  STORE_READ_ONLY: { fault: "platform", retry: "never", http: 403, title: "The store cannot be written to" },
  STORE_BUSY: { fault: "platform", retry: "later", http: 503, title: "Another process holds the store" },
  STORE_DAMAGED: { fault: "platform", retry: "never", http: 500, title: "The records of the store are damaged" },
  STORE_UNAVAILABLE: { fault: "backend", retry: "later", http: 503, title: "The service of the store does not answer" },
  STORE_REFUSED: {
    fault: "platform",
    retry: "never",
    http: 502,
    title: "The service of the store refuses what has to be done",
  },
  STORE_TOO_NEW: { fault: "user", retry: "never", http: 409, title: "A newer Geartrain has written this store" },
  STORE_FOREIGN: { fault: "user", retry: "never", http: 409, title: "The folder holds something else than a store" },
  STORE_FAILED: { fault: "platform", retry: "later", http: 500, title: "The disk of the store failed" },
  STORE_TOOL_MISSING: {
    fault: "platform",
    retry: "elsewhere",
    http: 501,
    title: "A program that the store needs is not installed or does not work",
  },
} as const satisfies Record<string, Entry>
