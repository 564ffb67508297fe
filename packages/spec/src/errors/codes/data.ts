import type { Entry } from "../entry.ts"

/** The archive of a server: places, files, uploads, downloads. */
export const DATA_CODES = {
  ARCHIVE_FILE_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no file that you can see here" },
  COLLECTION_NOT_FOUND: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "There is no collection that you can see here",
  },
  NAME_UNFIT: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The text cannot be a name in an archive",
  },
  LABEL_TAKEN: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "Something of this name is there already",
  },
  PLACE_UNFIT: { fault: "user", retry: "never", http: 422, title: "This cannot be done with a place of this type" },
  METADATA_UNFIT: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The metadata has not the form or the size that is kept",
  },
  CURSOR_UNFIT: { fault: "user", retry: "never", http: 400, title: "The cursor did not come from this list" },
  ETAG_MISMATCH: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "Somebody has changed it since it was read",
  },
  UPLOAD_NOT_FOUND: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "There is no such upload, or it has expired",
  },
  UPLOAD_OFFSET_WRONG: {
    fault: "user",
    retry: "later",
    http: 409,
    title: "The bytes do not follow on those that were received",
  },
  UPLOAD_UNFIT: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "What was uploaded is not what was announced",
  },
  UPLOAD_CUT: { fault: "user", retry: "later", http: 400, title: "The connection was cut before the end of the bytes" },
  QUOTA_EXCEEDED: {
    fault: "user",
    retry: "never",
    http: 507,
    title: "The project has no room for this within its quota",
  },
  DOWNLOAD_NOT_FOUND: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "There is no such download, or it has expired",
  },
  RANGE_UNFIT: { fault: "user", retry: "never", http: 416, title: "The file has no such bytes" },
} as const satisfies Record<string, Entry>
