import type { Database } from "../../database/database.ts"
import { makeToken, type NewToken } from "./secret-token.ts"

/**
 * Gives the server's own runner of a place a token: each time another secret, which is kept nowhere, and always the same id, so that the runner
 * is the same one to the queue.
 *
 * @param label  Of a kind with the machine and the folder: two servers on one database have a runner each.
 * @returns the token itself.
 */
export async function renewRunnerToken(
  { database, now }: { readonly database: Database; readonly now: () => number },
  label: string,
): Promise<string> {
  return await database.write(async (write) => {
    const known = await write.sql
      .selectFrom("runner_tokens")
      .select("id")
      .where("label", "=", label)
      .where("created_by", "=", "system")
      .where("revoked_ms", "is", null)
      .executeTakeFirst()
    const made = makeToken("runner")
    if (known === undefined) {
      await write.sql
        .insertInto("runner_tokens")
        .values({ ...rowOf(made, label), created_ms: now() })
        .execute()
      return made.text
    }
    await write.sql
      .updateTable("runner_tokens")
      .set({ secret_digest: made.secretDigest })
      .where("id", "=", known.id)
      .execute()
    return made.text.replace(made.id, known.id)
  })
}

function rowOf({ id, secretDigest }: NewToken, label: string) {
  return {
    ...{ id, secret_digest: secretDigest, label, runner_labels: null, created_by: "system" },
    ...{ expires_ms: null, seen_ms: null, seen_address: null, revoked_ms: null },
  }
}
