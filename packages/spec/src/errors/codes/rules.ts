import type { Entry } from "../entry.ts"

/** Rules, which start jobs by themselves, and batches, which start many. */
export const RULES_CODES = {
  RULE_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no such rule" },
  RULE_INVALID: { fault: "user", retry: "never", http: 422, title: "The rule is not as a rule has to be" },
  RULE_TOO_COSTLY: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Evaluating the rule takes more than is allowed",
  },
  BATCH_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no batch that you can see here" },
  BATCH_INVALID: { fault: "user", retry: "never", http: 422, title: "The batch cannot be run as it is asked for" },
  BATCH_STATE: { fault: "user", retry: "never", http: 409, title: "The batch is in another state" },
  BATCH_CHANGED: { fault: "user", retry: "never", http: 409, title: "What was proposed is not what there is now" },
  RULE_FILE_INVALID: { fault: "user", retry: "never", http: 422, title: "The file is not JSON that could be a rule" },
} as const satisfies Record<string, Entry>
