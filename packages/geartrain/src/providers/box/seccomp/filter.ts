import { type ArgumentTest, DENIALS, type Denial, ERRNO } from "./profile.ts"
import { ARCHITECTURES, type Architecture, SYSCALLS } from "./syscalls.ts"

/** One instruction of the kernel's packet filter: struct sock_filter, 8 bytes. */
interface Instruction {
  readonly code: number
  readonly ifTrue: number
  readonly ifFalse: number
  readonly value: number
}

/** Codes that are used here. @see linux/bpf_common.h */
const LOAD = 0x20 // BPF_LD | BPF_W | BPF_ABS
const JUMP_EQUAL = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_AT_LEAST = 0x35 // BPF_JMP | BPF_JGE | BPF_K
const JUMP_BITS = 0x45 // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06 // BPF_RET | BPF_K

/** Offsets in struct seccomp_data. @see linux/seccomp.h */
const NUMBER = 0
const ARCHITECTURE = 4
const ARGUMENTS = 16

const ALLOW = 0x7fff_0000
const REFUSE_WITH = 0x0005_0000
const KILL_PROCESS = 0x8000_0000

/** Calls of the x32 interface of x86_64 have this bit; -1 is what a tracer leaves of a call that it took away. @see asm/unistd.h */
const X32_BIT = 0x4000_0000
const NO_CALL = 0xffff_ffff

/**
 * The profile as a program for seccomp(2), little-endian: what bubblewrap's `--seccomp` reads, and crun's annotation `run.oci.seccomp_bpf_data`
 * in base64.
 *
 *   load architecture; another one: kill
 *   load number;       x32: kill
 *   for each denied call:  number is this? ─▶ refuse, or test its arguments ─▶ refuse or allow
 *   allow
 *
 * The kernel remembers for which numbers a filter always allows, so its length costs nothing where it counts (Linux 5.11).
 */
export function seccompFilter(architecture: Architecture): Buffer {
  const facts = ARCHITECTURES[architecture]
  const program: Instruction[] = [
    load(ARCHITECTURE),
    jump(JUMP_EQUAL, facts.audit, { ifTrue: 1 }),
    give(KILL_PROCESS),
    load(NUMBER),
  ]
  if (architecture === "x86_64")
    program.push(
      jump(JUMP_AT_LEAST, X32_BIT, { ifFalse: 2 }),
      jump(JUMP_EQUAL, NO_CALL, { ifTrue: 1 }),
      give(KILL_PROCESS),
    )
  for (const denial of DENIALS) {
    for (const call of denial.calls) {
      const number = SYSCALLS[call]?.[facts.column]
      if (number !== undefined) program.push(...denialOf(number, denial))
    }
  }
  program.push(give(ALLOW))
  return assemble(program)
}

/** Falls through to the next denial when the number is another. */
function denialOf(number: number, denial: Denial): readonly Instruction[] {
  const refuse = give(REFUSE_WITH | ERRNO[denial.refusal])
  const body = denial.when === undefined ? [refuse] : [...testsOf(denial.when), give(ALLOW), refuse]
  return [jump(JUMP_EQUAL, number, { ifFalse: body.length }), ...body]
}

/** Each test jumps to the refusal behind the `allow` that follows the last of them. */
function testsOf(tests: readonly ArgumentTest[]): readonly Instruction[] {
  return tests.flatMap((test, index) => {
    const rest = (tests.length - 1 - index) * 2 + 1
    return [load(ARGUMENTS + 8 * test.argument), testOf(test, rest)]
  })
}

function testOf(test: ArgumentTest, ifTrue: number): Instruction {
  if ("equals" in test) return jump(JUMP_EQUAL, test.equals, { ifTrue })
  if ("atLeast" in test) return jump(JUMP_AT_LEAST, test.atLeast, { ifTrue })
  return jump(JUMP_BITS, test.hasAnyOf, { ifTrue })
}

function load(offset: number): Instruction {
  return { code: LOAD, ifTrue: 0, ifFalse: 0, value: offset }
}

function give(value: number): Instruction {
  return { code: RETURN, ifTrue: 0, ifFalse: 0, value }
}

/** Jumps are over so many instructions; at most 255. */
function jump(code: number, value: number, over: { readonly ifTrue?: number; readonly ifFalse?: number }): Instruction {
  return { code, ifTrue: over.ifTrue ?? 0, ifFalse: over.ifFalse ?? 0, value }
}

function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  program.forEach(({ code, ifTrue, ifFalse, value }, index) => {
    const at = index * 8
    bytes.writeUInt16LE(code, at)
    bytes.writeUInt8(ifTrue, at + 2)
    bytes.writeUInt8(ifFalse, at + 3)
    bytes.writeUInt32LE(value >>> 0, at + 4)
  })
  return bytes
}
