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
  const path = given.text("password-file")
  if (path === undefined) return { password: randomHex(12), isMadeUp: true }
  const { password = "" } = await readSecrets({ password: path })
  return { password, isMadeUp: false }
}

/** What is handed to the user, who changes it. */
export function tellPassword({ reply }: Context, { password, isMadeUp }: NewPassword): { readonly password?: string } {
  if (!isMadeUp) return {}
  reply.print(`  password  ${password}   (shown this once)`)
  return { password }
}
