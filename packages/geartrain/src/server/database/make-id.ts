import { nowMs } from "../../system/clock.ts"
import { randomHex } from "../../system/random.ts"

/**
 * A new id: 24 hexadecimal digits, which begin with the second of their making, so that rows that are made together lie together. Nobody can
 * guess one, and nothing is protected by that.
 *
 * @see https://www.mongodb.com/docs/manual/reference/method/ObjectId/ for the form, which Flywheel's users know
 */
export function makeId(): string {
  return `${Math.floor(nowMs() / 1000)
    .toString(16)
    .padStart(8, "0")}${randomHex(8)}`
}
