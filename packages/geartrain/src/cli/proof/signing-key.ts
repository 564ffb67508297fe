import { isGeartrainError } from "@geartrain/spec"
import type { SigningKey } from "../../publishing/signing/key-pair.ts"
import type { Context, Flag } from "../command.ts"

/** The key that signs where none is named, if there is one of this name. */
const DEFAULT_KEY = "default"

/** The flag of commands that sign. */
export const SIGNING_FLAG = {
  key: {
    type: "text",
    value: "NAME",
    says: "Sign with this key of your own. Default: the one called default, if there is one",
  },
} as const satisfies Readonly<Record<string, Flag>>

/**
 * Finds the key of the user's own to sign with.
 *
 * @returns undefined where none was named and there is no default one: nobody has to sign.
 * @throws {GeartrainError} KEY_NOT_FOUND, KEY_INVALID
 */
export async function findSigningKey(context: Context, name: string | undefined): Promise<SigningKey | undefined> {
  const { openKeys } = await import("../../compose/catalogue/open-catalogue.ts")
  try {
    return await openKeys(context.settings()).open(name ?? DEFAULT_KEY)
  } catch (error) {
    if (name === undefined && isGeartrainError(error, "KEY_NOT_FOUND")) return undefined
    throw error
  }
}
