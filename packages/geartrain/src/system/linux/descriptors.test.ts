import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { test } from "node:test"

const MODULE = new URL("./descriptors.ts", import.meta.url).href

/** Starts a program as a process of ours does, below a shell that leaves files open, and answers with what that program has open. */
function openIn(shell: string, stdio: string): readonly string[] {
  const program = `
    const { cleanStdio } = await import(${JSON.stringify(MODULE)})
    const { spawnSync } = await import("node:child_process")
    const { stdio, close } = ${stdio}
    const done = spawnSync("sh", ["-c", "for fd in /proc/self/fd/*; do echo $fd $(readlink $fd); done"], { stdio: [...stdio] })
    close()
    process.stdout.write(done.stdout)`
  const done = spawnSync(
    "bash",
    ["-c", `${shell}; exec "$0" --input-type=module --eval "$1"`, process.execPath, program],
    {
      encoding: "utf8",
    },
  )
  assert.equal(done.status, 0, done.stderr)
  return done.stdout.trim().split("\n")
}

/** Node marks the lowest files by itself when it starts, so that these are not passed on. */
const leak = "exec 100</etc/passwd 200</etc/passwd"

test("what our caller left open would be passed on", () => {
  const plain = openIn(leak, "{ stdio: ['pipe', 'pipe', 'pipe'], close() {} }")
  assert.ok(plain.some((line) => line.endsWith("/etc/passwd")))
})

test("a program that is started clean has nothing of what our caller left open", () => {
  const clean = openIn(leak, 'cleanStdio("pipe")')
  assert.deepEqual(
    clean.filter((line) => line.includes("/etc/passwd")),
    [],
  )
  assert.ok(clean.some((line) => line === "/proc/self/fd/200 /dev/null"))
})

test("a program that is started clean has what it is given besides, by the number that it knows", () => {
  const given = openIn(leak, 'cleanStdio("pipe", new Map([[4, 200]]))')
  assert.ok(given.includes("/proc/self/fd/4 /etc/passwd"))
  assert.deepEqual(
    given.filter((line) => line.includes("/etc/passwd")),
    ["/proc/self/fd/4 /etc/passwd"],
  )
})
