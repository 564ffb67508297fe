import type { Entry } from "../entry.ts"

/** Gear manifests, invocations and the files of a run that are written down as JSON. */
export const MANIFEST_CODES = {
  MANIFEST_INVALID: { fault: "user", retry: "never", http: 422, title: "The gear manifest breaks the specification" },
  LINT_FILE_UNUSABLE: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "A file to be looked through is not there, or may not be read or changed",
  },
  INVOCATION_INVALID: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Config or inputs do not match the gear manifest",
  },
  METADATA_INVALID: {
    fault: "gear",
    retry: "never",
    http: 422,
    title: "What a gear says of its results cannot be kept",
  },
  OUTPUT_NAME_INVALID: { fault: "gear", retry: "never", http: 422, title: "A result has a name that it may not have" },
} as const satisfies Record<string, Entry>
