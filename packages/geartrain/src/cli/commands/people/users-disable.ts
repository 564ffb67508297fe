import { answered } from "@geartrain/sdk/client"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { findUserThere } from "./find-user.ts"

export const usersDisableCommand: Command = {
  name: "users disable",
  arguments: [{ name: "LOGIN", says: "Whose account" }],
  flags: { undo: { type: "switch", says: "Let them in again" }, ...SERVER_FLAG },
  examples: [
    { command: "gear users disable ada", says: "Nothing of Ada's is let in from now on" },
    { command: "gear users disable ada --undo", says: "And is again; their keys count again too" },
  ],
  notes: ["Sessions, keys and the tokens of running jobs are refused from the next request on. What they made stays."],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const found = await findUserThere(client, given.words[0] ?? "")
    const disabled = !given.has("undo")
    const params = { path: { id: found.id } }
    const user = answered(await client.api.PATCH("/api/v1/users/{id}", { params, body: { disabled } }))
    context.reply.print(escapeText(`${user.login} is ${user.disabled ? "disabled" : "let in again"}`))
    return { data: { id: user.id, login: user.login, disabled: user.disabled } }
  },
}
