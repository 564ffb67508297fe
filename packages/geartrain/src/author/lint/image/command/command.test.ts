import assert from "node:assert/strict"
import { test } from "node:test"
import { firstProgram } from "./command-words.ts"
import { readShebang } from "./shebang.ts"

test("the first program of a command is told where it can be", () => {
  assert.deepEqual(firstProgram("  python run.py --all; echo"), { program: "python", words: ["run.py", "--all"] })
  assert.deepEqual(firstProgram(`A=1 B='x y' exec "/opt/my tool" a|b`), { program: "/opt/my tool", words: ["a"] })
  assert.deepEqual(firstProgram("./run > log 2>&1"), { program: "./run", words: [] })
})

test("what only bash can tell is left to it", () => {
  for (const command of [
    "",
    "   ",
    "A=1",
    "if x; then y; fi",
    "cd /x && y",
    "$TOOL a",
    "(a)",
    "`a`",
    "a*",
    ". ./env.sh",
    "{ a; }",
    "~/x",
    '"$A"',
  ]) {
    assert.equal(firstProgram(command), undefined, command)
  }
})

test("a first line is taken apart as the kernel does", () => {
  const read = (text: string) => readShebang(new TextEncoder().encode(text))
  assert.deepEqual(read("#! /usr/bin/perl -w\n"), { interpreter: "/usr/bin/perl", crlf: false, mark: false })
  assert.deepEqual(read("#!/usr/bin/env -S A=1 python3 -u"), {
    interpreter: "/usr/bin/env",
    program: "python3",
    crlf: false,
    mark: false,
  })
  assert.deepEqual(read("\ufeff#!/bin/sh\r\n"), { interpreter: "/bin/sh", crlf: true, mark: true })
  for (const none of ["", "echo", " #!/bin/sh", "# !/bin/sh"]) assert.equal(read(none), undefined)
})
