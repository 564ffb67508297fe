import { endJobTokens, issueJobToken } from "../../people/tokens/job-tokens.ts"
import type { JobTokens } from "../job-tokens.ts"

/** The server's own tokens, as jobs get them. */
export function tokensForJobs(now: () => number): JobTokens {
  return {
    issue: (write, attempt) => issueJobToken(write, { ...attempt, nowMs: now() }),
    end: endJobTokens,
  }
}
