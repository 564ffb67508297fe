import { GeartrainError } from "@geartrain/spec"
import { hostFacts } from "../../../system/host.ts"
import type { Command, Context, Given } from "../../command.ts"
import { askLine } from "../../output/ask-line.ts"
import { escapeText } from "../../output/escape-text.ts"
import { readSecrets } from "../../run/read-secret.ts"
import { logInWithKey, logInWithPassword } from "../../server/log-in.ts"
import { type Login, openLoginFile } from "../../server/login-file.ts"

export const loginCommand: Command = {
  name: "login",
  arguments: [{ name: "URL", says: "Address of the server, such as https://gears.lab.example", optional: true }],
  flags: {
    user: { type: "text", short: "u", value: "LOGIN", says: "Who you are there. Default: it is asked for" },
    "key-file": {
      type: "text",
      value: "PATH",
      says: "File with an API key that was made on the server; - for standard input",
      complete: "file",
    },
  },
  examples: [
    {
      command: "gear login https://gears.lab.example",
      says: "Ask for login and password, and make a key for this machine",
    },
    { command: "gear login https://gears.lab.example --key-file -", says: "Take a key from standard input" },
    { command: "gear login", says: "List the servers that were logged in to; the first one is asked by default" },
  ],
  notes: [
    "The password is kept nowhere. The key lies in servers.json in your settings, readable for you alone, is good for 90 days, and ends with gear logout.",
    "In a script, set GEARTRAIN_SERVER and GEARTRAIN_TOKEN instead.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const file = openLoginFile(context.settings().config)
    const [url] = given.words
    if (url === undefined) return listLogins(context, await file.read())
    const login = await logIn(url, context, given)
    await file.keep(login)
    context.reply.print(escapeText(`Logged in to ${login.url} as ${login.user}`))
    return { data: { url: login.url, user: login.user } }
  },
}

function listLogins(
  context: Context,
  logins: readonly Login[],
): { readonly data: readonly { url: string; user: string }[] } {
  for (const { url, user } of logins) context.reply.print(escapeText(`${url}  ${user}`))
  if (logins.length === 0) context.reply.say("Nobody has logged in to a server here\n→ gear login URL")
  return { data: logins.map(({ url, user }) => ({ url, user })) }
}

async function logIn(url: string, context: Context, given: Given): Promise<Login> {
  const path = given.text("key-file")
  if (path !== undefined) {
    const { key = "" } = await readSecrets({ key: path }, () => ({ is: "the key", flag: "--key-file PATH" }))
    return logInWithKey(url, key)
  }
  if (context.options.noInput || !context.terminal.canAsk()) {
    throw new GeartrainError("TERMINAL_NEEDED", "Cannot ask for a password: nobody sits at a terminal here", {
      hint: `Make an API key on the server, and give it: gear login ${url} --key-file PATH`,
    })
  }
  const login = given.text("user") ?? (await askLine("Login: "))
  const password = await askLine("Password: ", { hidden: true })
  return logInWithPassword(url, { login, password }, hostFacts().name)
}
