import { randomBytes } from "node:crypto"

/** Lower-case hexadecimal digits that nobody can guess, two a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex")
}

/** A number from 0 up to 1: for waits that are not to fall together. */
export function randomFraction(): number {
  return Math.random()
}
