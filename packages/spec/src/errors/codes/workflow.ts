import type { Entry } from "../entry.ts"

/** Workflows: the document, plans of it, runs, and pipelines. */
export const WORKFLOW_CODES = {
  WORKFLOW_INVALID: { fault: "user", retry: "never", http: 422, title: "The workflow cannot be followed" },
} as const satisfies Record<string, Entry>
