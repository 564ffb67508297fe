import { randomHex } from "../../../system/random.ts"
import type { Context, Given } from "../../command.ts"
import { readSecrets } from "../../run/read-secret.ts"

export const PASSWORD_FLAG = {
  "password-file": {
    type: "text",
    value: "PATH",
    says: "File with the password; - for standard input. Default: one is made up, and shown this once",
    complete: "file",
  },
} as const

/** A password to be set; `isMadeUp` when somebody has to be told of it. */
export interface NewPassword {
  readonly password: string
  readonly isMadeUp: boolean
}

/** @throws {GeartrainError} SECRET_UNREADABLE */
export async function newPassword(given: Given): Promise<NewPassword> {
  const { password } = await readPasswords({ password: given.text("password-file") })
  return password === undefined ? { password: randomHex(12), isMadeUp: true } : { password, isMadeUp: false }
}

/** Reads those that are given. @throws {GeartrainError} SECRET_UNREADABLE */
export async function readPasswords<Name extends keyof typeof WORDS>(
  files: Readonly<Record<Name, string | undefined>>,
): Promise<{ readonly [Each in Name]?: string }> {
  const named = Object.entries<string | undefined>(files).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return (await readSecrets(Object.fromEntries(named), (name) => WORDS[name as Name])) as {
    readonly [Each in Name]?: string
  }
}

const WORDS = {
  password: { is: "the password", flag: "--password-file PATH" },
  present: { is: "the present password", flag: "--present-file PATH" },
} as const

/** What is handed to the user, who changes it. */
export function tellPassword({ reply }: Context, { password, isMadeUp }: NewPassword): { readonly password?: string } {
  if (!isMadeUp) return {}
  reply.print(`  password  ${password}   (shown this once)`)
  return { password }
}
