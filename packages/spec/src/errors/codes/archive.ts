import type { Entry } from "../entry.ts"

/** Hierarchies of projects, sessions and the like, and the metadata that jobs write about them. */
export const ARCHIVE_CODES = {
  HIERARCHY_INVALID: { fault: "user", retry: "never", http: 422, title: "The document of a hierarchy cannot be read" },
  HIERARCHY_CHANGED: {
    fault: "user",
    retry: "later",
    http: 409,
    title: "Somebody has changed the document of a hierarchy meanwhile",
  },
  UPLOAD_UNSORTABLE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The folder cannot be sorted for an upload",
  },
  UPLOAD_FILE_CHANGED: {
    fault: "user",
    retry: "later",
    http: 409,
    title: "A file was changed between the plan of an upload and the upload",
  },
  PLACE_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "The hierarchy has no such place" },
} as const satisfies Record<string, Entry>
