import { answered } from "@geartrain/sdk/client"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { inWordsOf } from "./in-words-of.ts"
import { newPassword, PASSWORD_FLAG, tellPassword } from "./new-password.ts"

export const usersAddCommand: Command = {
  name: "users add",
  arguments: [{ name: "LOGIN", says: "What they log in with" }],
  flags: {
    name: { type: "text", value: "NAME", says: "What they are called. Default: the login" },
    email: { type: "text", value: "ADDRESS", says: "Their address, by which a log-in elsewhere finds the account" },
    admin: { type: "switch", says: "An admin of the site, who may do everything" },
    elsewhere: { type: "switch", says: "Without a password: they log in by OpenID Connect" },
    ...PASSWORD_FLAG,
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear users add ada --name 'Ada Lovelace'", says: "Make an account, and show its first password" },
    { command: "gear users add grace --email grace@lab.example --elsewhere", says: "One for who logs in elsewhere" },
  ],
  notes: ["A new account sees no project: give it rights with gear users grant."],
  exits: "answer",
  run: async (context, given) => {
    if (given.has("elsewhere") && given.has("password-file"))
      throw usage(usersAddCommand, "Cannot give a password to one who logs in elsewhere", {
        hint: "Leave --elsewhere or --password-file away",
      })
    const client = await connectServer(context.settings(), given)
    const [login = ""] = given.words
    const email = given.text("email")
    const made = given.has("elsewhere") ? undefined : await newPassword(given)
    const body = {
      ...{ login, name: given.text("name") ?? login, siteAdmin: given.has("admin") },
      ...(email === undefined ? {} : { email }),
      ...(made === undefined ? {} : { password: made.password }),
    }
    const user = await client.api
      .POST("/api/v1/users", { body })
      .then(answered)
      .catch((error: unknown) => {
        const words = { login: ["LOGIN", login], name: ["--name", body.name], email: ["--email", email ?? ""] } as const
        throw inWordsOf(error, usersAddCommand.name, words)
      })
    context.reply.print(escapeText(`Made the account of ${user.login}`))
    const shown = made === undefined ? {} : tellPassword(context, made)
    context.reply.say(`→ gear users grant ${shellWord(user.login)} GROUP/PROJECT run`)
    return { data: { id: user.id, login: user.login, ...shown } }
  },
}
