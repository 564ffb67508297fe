/**
 * What the kernel opens by itself when a program is executed, which no tracer of system calls sees: the interpreter of a script, the loader of a
 * program with shared libraries.
 *
 * @param head  How the file begins.
 * @returns its absolute path; undefined where there is none.
 * @example
 *   programNeeds(new TextEncoder().encode("#! /usr/bin/env python3\n")) // => "/usr/bin/env"
 * @see execve(2), "Interpreter scripts"; elf(5), PT_INTERP
 */
export function programNeeds(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  const path = bytes.subarray(0, 2).toString("latin1") === "#!" ? interpreterOf(bytes) : loaderOf(bytes)
  return path?.startsWith("/") === true ? path : undefined
}

/** The kernel reads no more of a script's first line. @see linux/binfmts.h, BINPRM_BUF_SIZE */
const MOST_LINE_BYTES = 256

function interpreterOf(bytes: Buffer): string | undefined {
  const line = bytes.subarray(2, MOST_LINE_BYTES).toString("utf8").split("\n", 1)[0] ?? ""
  return /^[ \t]*([^ \t]+)/.exec(line)?.[1]
}

const PT_INTERP = 3

/** Little-endian programs of 64 bits, which are all that Geartrain runs. */
function loaderOf(bytes: Buffer): string | undefined {
  const isFit = bytes.length >= 64 && bytes.subarray(0, 6).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]))
  if (!isFit) return undefined
  const table = Number(bytes.readBigUInt64LE(0x20))
  const [size, count] = [bytes.readUInt16LE(0x36), bytes.readUInt16LE(0x38)]
  for (let at = table, left = count; left > 0 && size >= 56 && at + 56 <= bytes.length; at += size, left -= 1) {
    if (bytes.readUInt32LE(at) !== PT_INTERP) continue
    const start = Number(bytes.readBigUInt64LE(at + 8))
    const end = start + Number(bytes.readBigUInt64LE(at + 32))
    return end > bytes.length ? undefined : bytes.subarray(start, end).toString("utf8").split("\0", 1)[0]
  }
  return undefined
}
