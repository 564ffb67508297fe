import { randomBytes } from "node:crypto"

/** Lower-case hexadecimal digits that nobody can guess, two a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex")
}
