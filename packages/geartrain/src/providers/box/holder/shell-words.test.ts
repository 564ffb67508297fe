import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import fc from "fast-check"
import { firstMounts, holderCommand, holderScript, insideCommand, programBeside } from "./holder-script.ts"
import { shellWord, shellWords } from "./shell-words.ts"

test("a shell reads each word as it was, whatever is in it", () => {
  const word = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0"))
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const out = execFileSync("sh", ["-c", `printf '%s\\0' ${shellWords(words)}`]).toString()
      assert.equal(out, words.length === 0 ? "\0" : words.map((text) => `${text}\0`).join(""))
    }),
    { numRuns: 40 },
  )
  assert.equal(shellWord(""), "''")
})

const SET_UP = {
  folder: "/tmp/geartrain-boxes-1-2-abc",
  state: "/tmp/geartrain-boxes-1-2-abc/state",
  program: "/usr/bin/it's crun",
  cgroups: { places: ["/sys/fs/cgroup/a b"], name: "geartrain-1-2-abc" },
  countsCpu: true,
  hidden: ["/sys/fs/cgroup/unified"],
  readOnly: ["/sys/fs/cgroup"],
  slots: 3,
}

test("the holder's script is one that the shell can read, whatever the paths", () => {
  for (const countsCpu of [true, false]) {
    execFileSync("sh", ["-n", "-c", holderScript({ ...SET_UP, countsCpu })])
    execFileSync("bash", ["-n", "-c", holderScript({ ...SET_UP, countsCpu })])
  }
})

test("what the holder mounts first is listed as mount(8) reads it, whatever the paths", () => {
  assert.deepEqual(firstMounts(SET_UP).split("\n"), [
    "/usr/bin/it's\\040crun /tmp/geartrain-boxes-1-2-abc/it's\\040crun none bind,ro 0 0",
    "geartrain /tmp/geartrain-boxes-1-2-abc/state tmpfs mode=0700 0 0",
    "",
  ])
  assert.match(firstMounts({ ...SET_UP, program: "/a#b\\c\td" }), /^\/a\\043b\\134c\\011d /m)
})

test("an ordinary user becomes root of a user namespace first, and the holder dies with who started it", () => {
  assert.deepEqual(holderCommand("script", false).slice(-4), ["sh", "-c", "script", "gear-holder"])
  assert.ok(holderCommand("script", false).includes("--kill-child"))
  assert.ok(!holderCommand("script", false).includes("--user"))
  assert.deepEqual(holderCommand("script", true).slice(0, 3), ["unshare", "--user", "--map-root-user"])
  assert.equal(programBeside("/tmp/x/state", "/opt/runc"), "/tmp/x/runc")
})

test("a box on a terminal is started in its groups before anything of it runs", () => {
  const words = insideCommand(
    { pid: 7, userNamespace: true, state: "/state" },
    { groups: ["cgroups/0/a/box-1"], script: "boxes/1/it's.sh" },
  )
  assert.deepEqual(words.slice(0, 5), ["nsenter", "--target", "7", "--mount", "--pid"])
  assert.ok(words.includes("--preserve-credentials"))
  const script = words.at(-1) ?? ""
  execFileSync("sh", ["-n", "-c", script])
  assert.ok(script.indexOf("cgroup.procs") < script.indexOf("boxes/1/"))
})
