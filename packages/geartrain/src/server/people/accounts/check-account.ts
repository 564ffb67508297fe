import { GeartrainError } from "@geartrain/spec"
import { nameKey } from "./user.ts"

/** What a lazy person would try, and a lazy program too. @see NIST SP 800-63B, 5.1.1 */
const LEAST_LETTERS = 12

/** Longer ones cost time to hash, and are no better. */
const MOST_LETTERS = 256

/**
 * Refuses passwords that would be guessed: short ones, and those made of the user's own names. It asks for no digits or signs, which make passwords
 * worse.
 *
 * @throws {GeartrainError} PASSWORD_UNFIT
 */
export function checkNewPassword(password: string, names: readonly (string | undefined)[]): void {
  const key = nameKey(password)
  const letters = [...password].length
  const fault =
    letters < LEAST_LETTERS
      ? `it has fewer than ${LEAST_LETTERS} characters`
      : letters > MOST_LETTERS
        ? `it has more than ${MOST_LETTERS} characters`
        : new Set(key).size < 4
          ? "it is the same few characters again and again"
          : names.some((name) => name !== undefined && name !== "" && key === nameKey(name))
            ? "it is the user's own name"
            : undefined
  if (fault === undefined) return
  throw new GeartrainError("PASSWORD_UNFIT", `Cannot take this password: ${fault}`, {
    hint: "Take a few words that have nothing to do with each other",
  })
}
