import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { runScript } from "./run-script.ts"

let top = ""
before(async () => {
  top = await mkdtemp(join(tmpdir(), "geartrain-run-script-"))
})
after(() => rm(top, { recursive: true }))

interface Ran {
  readonly status: number | null
  readonly err: string
  readonly folder: string
}

/** Runs the script in a folder as a gear's, with files that are given to it. */
async function run(program: string, files: readonly string[], config: Readonly<Record<string, string>>): Promise<Ran> {
  const gear = await mkdtemp(join(top, "gear-"))
  await mkdir(join(gear, "input/files"), { recursive: true })
  await mkdir(join(gear, "output"))
  for (const name of files) await writeFile(join(gear, "input/files", name), `in ${name}\n`)
  await writeFile(join(gear, "program"), `#!/bin/sh\n${program}\n`)
  await chmod(join(gear, "program"), 0o755)
  await writeFile(join(gear, "run"), runScript(join(gear, "program")))
  const env = Object.fromEntries(Object.entries(config).map(([name, value]) => [`FW_CONFIG_${name}`, value]))
  const { status, stderr } = spawnSync("sh", [join(gear, "run")], {
    cwd: gear,
    env: { PATH: "/usr/bin:/bin", ...env },
    encoding: "utf8",
  })
  return { status, err: stderr, folder: join(gear, "output") }
}

test("inputs have their logical names, and are none of the results", async () => {
  const { status, folder, err } = await run('cat deep/a "b c" > "$1"; echo more >> "b c"', ["x", "y"], {
    FILES: "x\tdeep/a\ny\tb c\tcopy",
    ARGUMENTS: "out put",
    OUTPUTS: "out put",
  })
  assert.equal(status, 0, err)
  assert.equal(await readFile(join(folder, "out put"), "utf8"), "in x\nin y\n")
  assert.equal(await readFile(join(folder, "b c"), "utf8"), "in y\nmore\n")
  assert.deepEqual((await readdir(folder)).toSorted(), ["b c", "deep", "out put"])
})

test("a file that was given under another name is found, where it is the only one", async () => {
  const one = await run("cat a b > c", ["other", "b"], { FILES: "a\ta\nb\tb", OUTPUTS: "c" })
  assert.equal(one.status, 0, one.err)
  assert.equal(await readFile(join(one.folder, "c"), "utf8"), "in other\nin b\n")
  const two = await run("cat a b > c", ["other", "more"], { FILES: "a\ta\nb\tb" })
  assert.equal(two.status, 1)
  assert.match(two.err, /files are missing, or called otherwise; they are looked for under these names:\na\nb\n/)
  const none = await run("true", ["b"], { FILES: "a\ta\nb\tb" })
  assert.equal(none.status, 1)
})

test("files without a line keep their names, and are none of the results", async () => {
  const { status, folder, err } = await run("cat * > out", ["a", "b [1]"], { FILES: "a\tz", OUTPUTS: "out" })
  assert.equal(status, 0, err)
  assert.equal(await readFile(join(folder, "out"), "utf8"), "in b [1]\nin a\n")
  assert.deepEqual(await readdir(folder), ["out"])
  const without = await run("cat a > out", ["a"], {})
  assert.equal(without.status, 0, without.err)
  assert.deepEqual(await readdir(without.folder), ["out"])
})

test("what was to be written and is not there is told; a program's own exit code goes first", async () => {
  const lost = await run("true", [], { OUTPUTS: "o" })
  assert.deepEqual([lost.status, lost.err], [1, "the program did not write o\n"])
  assert.equal((await run("exit 7", [], { OUTPUTS: "o" })).status, 7)
})

test("streams are files, and variables are the program's", async () => {
  const { status, folder, err } = await run('cat; echo "$A" >&2', ["in"], {
    FILES: "in\tin",
    STDIN: "in",
    STDOUT: "o",
    STDERR: "e",
    ENVIRONMENT: "A=b c=d",
  })
  assert.equal(status, 0, err)
  assert.deepEqual(
    [await readFile(join(folder, "o"), "utf8"), await readFile(join(folder, "e"), "utf8")],
    ["in in\n", "b c=d\n"],
  )
})

test("arguments are as they were given, empty ones, patterns and blanks too", async () => {
  const given = async (text: string): Promise<string> => {
    const { folder } = await run('for word in "$@"; do echo "<$word>"; done > out', [], { ARGUMENTS: text })
    return (await readFile(join(folder, "out"), "utf8")).trim().replaceAll("\n", " ")
  }
  assert.equal(await given("a b\n*\n$HOME"), "<a b> <*> <$HOME>")
  assert.equal(await given("\na\n\n\n*\n"), "<> <a> <> <> <*>")
  assert.equal(await given("\n"), "<>")
  assert.equal(await given(""), "")
})

test("the script is one that a shell of POSIX reads", async () => {
  const file = join(top, "run")
  await writeFile(file, runScript("/bin/true"))
  assert.equal(execFileSync("sh", ["-n", file], { encoding: "utf8" }), "")
})
