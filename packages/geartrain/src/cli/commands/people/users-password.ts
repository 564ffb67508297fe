import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { findUserThere } from "./find-user.ts"
import { newPassword, PASSWORD_FLAG, tellPassword } from "./new-password.ts"

export const usersPasswordCommand: Command = {
  name: "users password",
  arguments: [{ name: "LOGIN", says: "Whose account: somebody else's" }],
  flags: { ...PASSWORD_FLAG, ...SERVER_FLAG },
  examples: [{ command: "gear users password ada", says: "Give Ada, who has lost hers, a password anew" }],
  notes: ["It ends all their sessions. Their keys go on: see gear users keys."],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const { id, login } = await findUserThere(client, given.words[0] ?? "")
    const made = await newPassword(given)
    const body = { password: made.password }
    await client.api.PUT("/api/v1/users/{id}/password", { params: { path: { id } }, body })
    context.reply.print(escapeText(`${login} has a new password, and has to log in again everywhere`))
    return { data: { id, login, ...tellPassword(context, made) } }
  },
}
