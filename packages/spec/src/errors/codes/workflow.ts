import type { Entry } from "../entry.ts"

/** Workflows: the document, plans of it, runs, and pipelines. */
export const WORKFLOW_CODES = {
  WORKFLOW_INVALID: { fault: "user", retry: "never", http: 422, title: "The workflow cannot be followed" },
  GLOB_INVALID: { fault: "user", retry: "never", http: 422, title: "The pattern of paths is none" },
  GLOB_TOO_COSTLY: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Matching the pattern of paths takes more than is allowed",
  },
} as const satisfies Record<string, Entry>
