import type { Entry } from "../entry.ts"

/** Providers, boxes, inputs, outputs and limits of a job. */
export const EXECUTION_CODES = {
  PROVIDER_UNAVAILABLE: {
    fault: "platform",
    retry: "elsewhere",
    http: 503,
    title: "The provider does not work on this machine",
  },
  PROVIDER_FAILED: {
    fault: "platform",
    retry: "later",
    http: 502,
    title: "The provider could not make the box, or lost it",
  },
  CAPABILITY_MISSING: {
    fault: "user",
    retry: "elsewhere",
    http: 412,
    title: "The gear needs a capability that is not offered or not granted",
  },
  TRACER_UNAVAILABLE: {
    fault: "platform",
    retry: "elsewhere",
    http: 503,
    title: "The tracer does not work on this machine",
  },
  TRACE_UNREADABLE: {
    fault: "backend",
    retry: "never",
    http: 502,
    title: "The record of what a job did is missing or damaged",
  },
} as const satisfies Record<string, Entry>
