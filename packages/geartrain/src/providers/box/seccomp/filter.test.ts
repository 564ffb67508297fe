import assert from "node:assert/strict"
import { test } from "node:test"
import { seccompFilter } from "./filter.ts"
import { ociSeccomp } from "./oci-seccomp.ts"
import { DENIALS, ERRNO } from "./profile.ts"
import { ARCHITECTURES, type Architecture, SYSCALLS } from "./syscalls.ts"

const ALLOWED = "allowed"
const KILLED = "killed"

/** Runs a filter as the kernel does, on one call. @see Linux, Documentation/networking/filter.rst */
function run(program: Buffer, call: { number: number; audit: number; args?: readonly number[] }): string | number {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(call.number >>> 0, 0)
  data.writeUInt32LE(call.audit >>> 0, 4)
  for (const [index, value] of (call.args ?? []).entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * index)
  let accumulator = 0
  for (let at = 0; ; at += 1) {
    const code = program.readUInt16LE(at * 8)
    const [ifTrue, ifFalse] = [program[at * 8 + 2] as number, program[at * 8 + 3] as number]
    const value = program.readUInt32LE(at * 8 + 4)
    if (code === 0x06) {
      if (value === 0x7fff0000) return ALLOWED
      if (value === 0x80000000) return KILLED
      assert.equal(value & 0xffff0000, 0x00050000)
      return value & 0xffff
    }
    if (code === 0x20) accumulator = data.readUInt32LE(value)
    else {
      const holds =
        code === 0x15 ? accumulator === value : code === 0x35 ? accumulator >= value : (accumulator & value) !== 0
      at += holds ? ifTrue : ifFalse
    }
  }
}

for (const architecture of ["x86_64", "aarch64"] as const) {
  const { audit, column } = ARCHITECTURES[architecture]
  const program = seccompFilter(architecture)
  const call = (name: string, ...args: readonly number[]): string | number =>
    run(program, { number: SYSCALLS[name]?.[column] ?? Number.NaN, audit, args })

  test(`${architecture}: what is denied without a test is refused, and every other number is allowed`, () => {
    const denied = new Map(
      DENIALS.flatMap(({ calls, refusal, when }) =>
        calls.map((name) => [SYSCALLS[name]?.[column], when === undefined ? ERRNO[refusal] : "tested"] as const),
      ),
    )
    for (let number = 0; number < 600; number += 1) {
      const wanted = denied.get(number) ?? ALLOWED
      if (wanted !== "tested") assert.equal(run(program, { number, audit }), wanted, String(number))
    }
  })

  test(`${architecture}: sockets are Unix, IP and netlink ones, also with bits set above those that count`, () => {
    for (const family of [0, 1, 2, 10, 16]) assert.equal(call("socket", family), ALLOWED, String(family))
    for (const family of [3, 4, 9, 11, 15, 17, 38, 40, 45, 2 ** 31, 2 ** 32 - 1]) {
      assert.equal(call("socket", family), ERRNO.EAFNOSUPPORT, String(family))
    }
    assert.equal(call("socket", 2 ** 32 + 40), ERRNO.EAFNOSUPPORT)
  })

  test(`${architecture}: threads and processes can be made, and new namespaces cannot`, () => {
    assert.equal(call("clone", 0x003d_0f00), ALLOWED, "what a C library makes a thread with")
    assert.equal(call("clone", 17), ALLOWED, "what fork is")
    for (const flag of [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
      assert.equal(call("clone", flag | 17), ERRNO.EPERM, flag.toString(16))
      assert.equal(call("unshare", flag), ERRNO.EPERM, flag.toString(16))
    }
    assert.equal(call("unshare", 0x80), ERRNO.EPERM)
    assert.equal(call("unshare", 0x400), ALLOWED, "files of its own are its own matter")
    assert.equal(call("clone3"), ERRNO.ENOSYS)
  })

  test(`${architecture}: nothing can be typed into a terminal`, () => {
    assert.equal(call("ioctl", 0, 0x5412), ERRNO.EPERM)
    assert.equal(call("ioctl", 0, 0x541c), ERRNO.EPERM)
    assert.equal(call("ioctl", 0, 0x5413), ALLOWED)
    assert.equal(call("ioctl", 0x5412, 0), ALLOWED)
  })

  test(`${architecture}: programs of another architecture are killed at their first call`, () => {
    assert.equal(run(program, { number: 1, audit: 0x40000003 }), KILLED)
    const x32 = run(program, { number: 0x40000001, audit })
    assert.equal(x32, architecture === "x86_64" ? KILLED : ALLOWED)
    assert.equal(run(program, { number: 0xffffffff, audit }), ALLOWED, "a call that a tracer took away")
  })

  test(`${architecture}: the kernel takes the program, and every jump lands inside`, () => {
    assert.equal(program.length % 8, 0)
    assert.ok(program.length / 8 <= 4096)
    for (let at = 0; at < program.length / 8; at += 1) {
      const most = at + 1 + Math.max(program[at * 8 + 2] as number, program[at * 8 + 3] as number)
      assert.ok(most < program.length / 8 || program.readUInt16LE(at * 8) === 0x06)
    }
  })
}

/** What an OCI runtime answers for a call, by the rules that it is given. */
function ociAnswer(architecture: Architecture, name: string, args: readonly number[]): string | number {
  for (const rule of ociSeccomp(architecture).syscalls) {
    if (!rule.names.includes(name)) continue
    const holds = (rule.args ?? []).every(({ index, op, value, valueTwo = 0 }) => {
      const found = BigInt(args[index] ?? 0)
      return op === "SCMP_CMP_GE" ? found >= BigInt(value) : (found & BigInt(value)) === BigInt(valueTwo)
    })
    if (holds) return rule.errnoRet
  }
  return ALLOWED
}

test("the profile for runtimes answers as the filter does", () => {
  const { audit, column } = ARCHITECTURES.x86_64
  const program = seccompFilter("x86_64")
  const names = DENIALS.flatMap(({ calls }) => calls)
  const values = [
    0,
    1,
    2,
    3,
    15,
    16,
    17,
    40,
    0x80,
    0x400,
    0x5412,
    0x541c,
    0x0002_0000,
    0x1000_0011,
    0x7e02_0000,
    2 ** 31,
  ]
  for (const name of names) {
    for (const first of values) {
      for (const second of values) {
        const number = SYSCALLS[name]?.[column] ?? Number.NaN
        const wanted = run(program, { number, audit, args: [first, second] })
        assert.equal(ociAnswer("x86_64", name, [first, second]), wanted, `${name} ${first} ${second}`)
      }
    }
  }
})
