/**
 * Architectures in the words of the OCI image specification (those of Go), by their number in this list; 0 stands for "no executable".
 *
 * @see elf(5), e_machine; Go, `go tool dist list`
 */
const ARCHITECTURES = [
  { name: undefined, machine: 0, bigEndian: false },
  { name: "amd64", machine: 62, bigEndian: false },
  { name: "arm64", machine: 183, bigEndian: false },
  { name: "386", machine: 3, bigEndian: false },
  { name: "arm", machine: 40, bigEndian: false },
  { name: "riscv64", machine: 243, bigEndian: false },
  { name: "ppc64le", machine: 21, bigEndian: false },
  { name: "ppc64", machine: 21, bigEndian: true },
  { name: "s390x", machine: 22, bigEndian: true },
  { name: "loong64", machine: 258, bigEndian: false },
] as const

const MAGIC = 0x7f454c46
/** The machine stands at byte 18, in two bytes. */
const NEEDED_BYTES = 20

/** Reads for which machine a program is. @returns 0 when the bytes are no ELF file, or one for a machine that is not in the list. */
export function elfArchitecture(start: Buffer): number {
  if (start.length < NEEDED_BYTES || start.readUInt32BE(0) !== MAGIC) return 0
  const bigEndian = start[5] === 2
  const machine = bigEndian ? start.readUInt16BE(18) : start.readUInt16LE(18)
  return Math.max(
    0,
    ARCHITECTURES.findIndex((known) => known.machine === machine && known.bigEndian === bigEndian),
  )
}

export function architectureName(number: number): string | undefined {
  return ARCHITECTURES[number]?.name
}
