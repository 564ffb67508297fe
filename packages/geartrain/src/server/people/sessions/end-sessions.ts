import type { Write } from "../../database/database.ts"

/** Ends all sessions of a user, but one of theirs if it is named. */
export async function endSessions(
  write: Write,
  user: string,
  options: { readonly except?: string | undefined } = {},
): Promise<void> {
  let ended = write.sql.deleteFrom("sessions").where("user_id", "=", user)
  if (options.except !== undefined) ended = ended.where("id", "!=", options.except)
  await ended.execute()
}
