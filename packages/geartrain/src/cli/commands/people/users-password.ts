import { answered, type GearClient } from "@geartrain/sdk/client"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Command, Context, Given } from "../../command.ts"
import { askLine } from "../../output/ask-line.ts"
import { escapeText } from "../../output/escape-text.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { findUserThere } from "./find-user.ts"
import { type NewPassword, newPassword, PASSWORD_FLAG, readPasswords, tellPassword } from "./new-password.ts"

export const usersPasswordCommand: Command = {
  name: "users password",
  arguments: [{ name: "LOGIN", says: "Whose account, for admins of the site. Default: your own", optional: true }],
  flags: {
    ...PASSWORD_FLAG,
    "present-file": {
      type: "text",
      value: "PATH",
      says: "File with the present password, for one's own; - for standard input. Default: it is asked for",
      complete: "file",
    },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear users password ada", says: "Give Ada, who has lost hers, a password anew" },
    { command: "gear users password", says: "Change your own: the present one is asked for, and a new one" },
  ],
  notes: ["It ends all sessions of the account. Its keys go on: see gear users keys."],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [word] = given.words
    const { id, login } = word === undefined ? await whoAsks(client) : await findUserThere(client, word)
    const { made, present } =
      word === undefined ? await ownPasswords(context, given) : { made: await newPassword(given), present: undefined }
    const body = { password: made.password, ...(present === undefined ? {} : { present }) }
    try {
      await client.api.PUT("/api/v1/users/{id}/password", { params: { path: { id } }, body })
    } catch (error) {
      throw isGeartrainError(error, "LOGIN_FAILED") ? presentNeeded(error) : error
    }
    context.reply.print(escapeText(`${login} has a new password, and has to log in again everywhere`))
    return { data: { id, login, ...tellPassword(context, made) } }
  },
}

async function whoAsks(client: GearClient): Promise<{ readonly id: string; readonly login: string }> {
  const { user } = answered(await client.api.GET("/api/v1/me"))
  if (user !== undefined) return user
  throw new GeartrainError("USER_NOT_FOUND", "A runner's token is no user's: there is no password to change", {
    hint: "Log in as yourself: gear login URL",
  })
}

async function ownPasswords(
  { options, terminal }: Context,
  given: Given,
): Promise<{ readonly made: NewPassword; readonly present: string | undefined }> {
  const files = { present: given.text("present-file"), password: given.text("password-file") }
  const read = await readPasswords(files)
  const mayAsk = !options.noInput && terminal.canAsk()
  const present = read.present ?? (mayAsk ? await askLine("Present password: ", { hidden: true }) : undefined)
  const password = read.password ?? (mayAsk ? await askLine("New password: ", { hidden: true }) : undefined)
  return { present, made: password === undefined ? await newPassword(given) : { password, isMadeUp: false } }
}

function presentNeeded(cause: GeartrainError): GeartrainError {
  return new GeartrainError("LOGIN_FAILED", "Cannot change your own password: the present one is missing, or another", {
    hint: "Give it when it is asked for: gear users password; or in a file: --present-file PATH",
    cause,
  })
}
