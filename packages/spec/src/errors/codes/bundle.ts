import type { Entry } from "../entry.ts"

/** Paper bundles: what is wrong with one that somebody hands on. */
export const BUNDLE_CODES = {
  BUNDLE_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no bundle at this place" },
  BUNDLE_FORMAT_UNKNOWN: { fault: "user", retry: "never", http: 422, title: "The file is no paper bundle" },
  BUNDLE_TOO_NEW: { fault: "user", retry: "never", http: 422, title: "The bundle is of a newer version of the format" },
  BUNDLE_TRUNCATED: { fault: "user", retry: "never", http: 409, title: "The bundle does not end as it was packed" },
  BUNDLE_DAMAGED: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "Bytes of the bundle are not those that were packed",
  },
  BUNDLE_UNSAFE: { fault: "user", retry: "never", http: 409, title: "The bundle holds what no honest one does" },
  BUNDLE_TOO_LARGE: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "The bundle unpacks to more than an honest one",
  },
  BUNDLE_MEMBER_MISSING: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "The bundle lists a member that is not in it",
  },
  BUNDLE_MEMBER_UNLISTED: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "The bundle holds a member that it does not list",
  },
  BUNDLE_INCONSISTENT: { fault: "user", retry: "never", http: 409, title: "The parts of the bundle do not agree" },
} as const satisfies Record<string, Entry>
