import { openClient } from "@geartrain/sdk/client"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { loginTo } from "../../server/connect.ts"
import { type Login, openLoginFile } from "../../server/login-file.ts"

export const logoutCommand: Command = {
  name: "logout",
  arguments: [{ name: "URL", says: "Default: the server that was logged in to last", optional: true }],
  flags: {},
  examples: [{ command: "gear logout", says: "End the key of this machine, and forget it" }],
  notes: ["A key that was given with --key-file is forgotten and not ended: it was made for more than this."],
  exits: "answer",
  run: async (context, given) => {
    const settings = context.settings()
    const [url] = given.words
    const login = await loginTo(settings, url ?? settings.server)
    if (login === undefined) {
      throw new GeartrainError("LOGIN_NEEDED", `Nobody has logged in${url === undefined ? "" : ` to "${url}"`} here`, {
        hint: "See where: gear login",
      })
    }
    const ended = login.isOwn && (await endKey(login))
    await openLoginFile(settings.config).remove(login.url)
    context.reply.print(escapeText(`Logged out of ${login.url}`))
    if (login.isOwn && !ended) context.reply.warn("the server did not answer, so the key is good until it expires")
    return { data: { url: login.url, user: login.user, keyEnded: ended } }
  },
}

/** @returns whether the key can be used no more. */
async function endKey(login: Login): Promise<boolean> {
  try {
    const client = openClient({ url: login.url, token: login.token, patienceMs: 0 })
    await client.api.DELETE("/api/v1/keys/{id}", { params: { path: { id: login.key } } })
    return true
  } catch (error) {
    // It was ended before, by its user or by time.
    if (isGeartrainError(error, "NOT_AUTHENTICATED")) return true
    if (isGeartrainError(error, "SERVER_UNREACHABLE") || isGeartrainError(error, "SERVER_REPLY_UNREADABLE"))
      return false
    throw error
  }
}
