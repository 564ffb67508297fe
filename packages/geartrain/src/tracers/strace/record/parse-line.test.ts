import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { parseLine, type RecordLine } from "./parse-line.ts"

const LINES: readonly (readonly [string, RecordLine])[] = [
  ['7 chdir("\\x2f") = 0', { pid: 7, kind: "call", name: "chdir", words: '"\\x2f"', result: "0" }],
  [
    "7 close(3)     = -1 EBADF (Bad file descriptor)",
    { pid: 7, kind: "call", name: "close", words: "3", result: "-1 EBADF (Bad file descriptor)" },
  ],
  ["8 read(3, <unfinished ...>", { pid: 8, kind: "begun", name: "read", words: "3," }],
  ["8 futex(0x1, FUTEX_WAIT <detached ...>", { pid: 8, kind: "begun", name: "futex", words: "0x1, FUTEX_WAIT" }],
  ['8 <... read resumed>"\\x61", 1) = 1', { pid: 8, kind: "resumed", name: "read", words: '"\\x61", 1', result: "1" }],
  ["8 <... ??? resumed>) = ?", { pid: 8, kind: "resumed", name: "???", words: "", result: "?" }],
  ["8 +++ exited with 3 +++", { pid: 8, kind: "ended" }],
  ["8 +++ killed by SIGSEGV (core dumped) +++", { pid: 8, kind: "ended" }],
  ["8 +++ superseded by execve in pid 12 +++", { pid: 8, kind: "superseded", by: 12 }],
  ["8 --- SIGCHLD {si_signo=SIGCHLD} ---", { pid: 8, kind: "other" }],
  ["8 ??? <unfinished ...>", { pid: 8, kind: "other" }],
]

test("each kind of line is taken apart", () => {
  for (const [line, told] of LINES) assert.deepEqual(parseLine(line), told, line)
})

test("a line that strace does not write is none, and is not guessed at", () => {
  for (const line of [
    "",
    "chdir() = 0",
    "x chdir() = 0",
    "12345678901 chdir() = 0",
    "7 chdir(",
    "7 chdir() is 0",
    "7 +++ gone +++",
    "7 +++ exited with 3 +++ and more",
    "7 <... read resumed>",
    "7 <... read carried on>) = 0",
    "7 no call at all",
  ])
    assert.equal(parseLine(line), undefined, line)
})

test("of results that look like more than one, the first ends the call", () => {
  const line = parseLine("7 ioctl(3, X) = 0) = 1")
  assert.deepEqual(line, { pid: 7, kind: "call", name: "ioctl", words: "3, X", result: "0) = 1" })
})

test("no text makes it throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."7 +<>.()=?-read,umf"), maxLength: 30 }), (text) => {
      const line = parseLine(`7 ${text}`)
      assert.ok(line === undefined || line.pid === 7)
    }),
  )
})
