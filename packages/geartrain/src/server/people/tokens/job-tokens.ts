import type { Write } from "../../database/database.ts"
import type { Right } from "../caller.ts"
import { makeToken } from "./secret-token.ts"

/**
 * Makes the token of an attempt, in the transaction that starts it. It acts with the rights of one user, held to one right in one project, and
 * counts until `endJobTokens`.
 *
 * @returns the token, which is kept nowhere.
 */
export async function issueJobToken(
  write: Write,
  attempt: {
    readonly job: string
    readonly attempt: number
    readonly user: string
    readonly project: string
    readonly right: Right
    readonly nowMs: number
  },
): Promise<string> {
  const { id, text, secretDigest } = makeToken("job")
  await write.sql
    .insertInto("job_tokens")
    .values({
      id,
      secret_digest: secretDigest,
      job: attempt.job,
      attempt: attempt.attempt,
      user_id: attempt.user,
      project: attempt.project,
      access_right: attempt.right,
      created_ms: attempt.nowMs,
    })
    .execute()
  return text
}

/** Ends the tokens of an attempt, or of all attempts of a job, with the transaction. */
export async function endJobTokens(
  write: Write,
  { job, attempt }: { readonly job: string; readonly attempt?: number },
): Promise<void> {
  let ended = write.sql.deleteFrom("job_tokens").where("job", "=", job)
  if (attempt !== undefined) ended = ended.where("attempt", "=", attempt)
  await ended.execute()
}
