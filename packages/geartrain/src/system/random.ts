import { closeSync, openSync, readSync } from "node:fs"

/** Lower-case hexadecimal digits that nobody can guess, two a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex")
}

/** A number from 0 up to 1: for waits that are not to fall together. */
export function randomFraction(): number {
  return Math.random()
}

/**
 * From the kernel, where `node:crypto` has them from in the end: to load that takes 5 ms, which nothing should wait for that is just starting.
 *
 * @see random(4): reads of up to 256 bytes are never cut short.
 */
function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count)
  if (count <= MOST_AT_ONCE && fillFromKernel(bytes)) return bytes
  return process.getBuiltinModule("node:crypto").randomBytes(count)
}

const MOST_AT_ONCE = 256

function fillFromKernel(bytes: Buffer): boolean {
  try {
    const device = openSync("/dev/urandom", "r")
    try {
      return readSync(device, bytes) === bytes.length
    } finally {
      closeSync(device)
    }
  } catch {
    // A system without that device, or a root filesystem without devices.
    return false
  }
}
