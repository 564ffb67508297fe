import type { Write } from "../database/database.ts"
import type { Right } from "../people/caller.ts"

/** What a running job shows who it is with. */
export interface JobTokens {
  /** Makes the token of an attempt, in the transaction that starts it. It lives until `end`. */
  issue(write: Write, attempt: TokenRequest): Promise<string>
  /** Takes the tokens of an attempt back, or of all attempts of the job. */
  end(write: Write, attempt: { readonly job: string; readonly attempt?: number }): Promise<void>
}

export interface TokenRequest {
  readonly job: string
  readonly attempt: number
  /** Whose rights it acts with. */
  readonly user: string
  readonly project: string
  /** What the gear's code may do with it in the project: `write`, or `read` when it asks for a key to read only, or for none. */
  readonly right: Right
}
