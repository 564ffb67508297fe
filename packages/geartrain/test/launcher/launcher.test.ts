import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { after, before, test } from "node:test"

const LAUNCHER = join(import.meta.dirname, "../../bin/gear")
const SYSTEM_PATH = "/usr/bin:/bin"

let folder = ""
before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-launcher-")))
})
after(() => rmSync(folder, { recursive: true }))

/** An installed package with a program of ours in the place of the real one. */
function install(name: string, program: string): string {
  const home = join(folder, name, "node_modules/geartrain")
  mkdirSync(join(home, "bin"), { recursive: true })
  mkdirSync(join(home, "dist"))
  copyFileSync(LAUNCHER, join(home, "bin/gear"))
  writeFileSync(join(home, "dist/main.js"), program)
  return join(home, "bin/gear")
}

/** Something that answers to `--version` as a Node would, and otherwise says that it was started. */
function fakeNode(path: string, version: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else echo "${version} ran $*"; fi\n`)
  chmodSync(path, 0o755)
}

/** Only what the launcher itself needs is on the PATH, besides these folders. */
function start(command: string, args: readonly string[], folders: readonly string[] = []) {
  const bare = join(folder, "bare")
  mkdirSync(bare, { recursive: true })
  for (const tool of ["readlink"]) {
    try {
      symlinkSync(realpathSync(join("/usr/bin", tool)), join(bare, tool))
    } catch {
      // Made by an earlier test.
    }
  }
  return spawnSync(command, args, { encoding: "utf8", env: { PATH: [...folders, bare].join(":") } })
}

test("words with spaces and stars reach the program as they are, and its exit code comes back", () => {
  const gear = install("words", "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7")
  const { stdout, status } = start(gear, ["run", "a b", "*", ""], [dirname(process.execPath)])
  assert.deepEqual(JSON.parse(stdout), ["run", "a b", "*", ""])
  assert.equal(status, 7)
})

test("commands that take images in have one heap for all threads, unless the user has said how many", () => {
  const gear = install("heaps", "console.log(process.env['MALLOC_ARENA_MAX'] ?? 'none')")
  const heaps = (...args: readonly string[]): string => start(gear, args, [dirname(process.execPath)]).stdout
  assert.equal(heaps("import", "x.tar"), "1\n")
  assert.equal(heaps("run", "import"), "none\n")
  assert.equal(heaps(), "none\n")
  const command = `MALLOC_ARENA_MAX=3 exec "$0" import`
  const path = [dirname(process.execPath), SYSTEM_PATH].join(":")
  assert.equal(spawnSync("/bin/sh", ["-c", command, gear], { encoding: "utf8", env: { PATH: path } }).stdout, "3\n")
})

test("the program is found through a chain of links, from another folder", () => {
  const gear = install("links", 'console.log("found")')
  const bin = join(folder, "links/node_modules/.bin")
  mkdirSync(bin)
  symlinkSync("../geartrain/bin/gear", join(bin, "gear"))
  symlinkSync(join(bin, "gear"), join(folder, "my-gear"))
  assert.equal(start(join(folder, "my-gear"), [], [dirname(process.execPath)]).stdout, "found\n")
  assert.equal(start(gear, [], [dirname(process.execPath)]).stdout, "found\n")
})

test("as npm links it, in a project and for the whole machine, it is found without another program", () => {
  const node = dirname(process.execPath)
  const inProject = install("in-project", 'console.log("found")')
  const projectBin = join(folder, "in-project/node_modules/.bin")
  const inPrefix = install("prefix/lib", 'console.log("found")')
  const prefixBin = join(folder, "prefix/bin")
  for (const [bin, target] of [
    [projectBin, inProject],
    [prefixBin, inPrefix],
  ] as const) {
    mkdirSync(bin)
    symlinkSync(relative(bin, target), join(bin, "gear"))
    const { stdout, stderr } = spawnSync(join(bin, "gear"), { encoding: "utf8", env: { PATH: node } })
    assert.deepEqual({ stdout, stderr }, { stdout: "found\n", stderr: "" })
  }
})

test("another gear in the place where npm would have put it is not taken for this one", () => {
  const gear = install("mine", 'console.log("mine")')
  const other = install("theirs/lib", 'console.log("theirs")')
  assert.notEqual(gear, other)
  mkdirSync(join(folder, "theirs/bin"))
  symlinkSync(gear, join(folder, "theirs/bin/gear"))
  assert.equal(start(join(folder, "theirs/bin/gear"), [], [dirname(process.execPath)]).stdout, "mine\n")
})

test("the Node that is installed beside the package is taken before the one on PATH", () => {
  const gear = install("beside", "")
  fakeNode(join(folder, "beside/node_modules/node/bin/node"), "v24.0.0")
  fakeNode(join(folder, "newer/node"), "v25.1.0")
  assert.match(start(gear, ["x"], [join(folder, "newer")]).stdout, /^v24\.0\.0 ran .*\/dist\/main\.js x\n$/)
})

test("a Node beside the package that is too old is passed over", () => {
  const gear = install("old-beside", "")
  fakeNode(join(folder, "old-beside/node_modules/node/bin/node"), "v22.9.0")
  fakeNode(join(folder, "good/node"), "v24.3.0")
  assert.match(start(gear, [], [join(folder, "good")]).stdout, /^v24\.3\.0 ran /)
})

test("with no Node that is new enough it says which it found and what to do, and ends with 125", () => {
  const gear = install("too-old", "")
  fakeNode(join(folder, "old/node"), "v20.20.2")
  const { status, stderr } = start(gear, [], [join(folder, "old")])
  assert.equal(status, 125)
  assert.match(stderr, /Node 24 or later is needed, and node on PATH is v20\.20\.2\n.*npm install --global node@24/)
})

test("with no Node at all it says so", () => {
  const { status, stderr } = start(install("none", ""), [])
  assert.equal(status, 125)
  assert.match(stderr, /node on PATH is not there/)
})

test("a signal for the command reaches the program, for nothing stands in between", async () => {
  const gear = install(
    "signal",
    'process.on("SIGTERM", () => process.exit(9)); console.log("up"); setInterval(() => {}, 1000)',
  )
  const child = spawn(gear, [], { env: { PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}` } })
  const ended = new Promise((resolve) => child.on("exit", resolve))
  await new Promise((resolve) => child.stdout.once("data", resolve))
  child.kill("SIGTERM")
  assert.equal(await ended, 9)
})
