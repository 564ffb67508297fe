import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { allRows } from "../../src/cli/command-table.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { COMPILED, replyOf } from "./gear-process.ts"

const PROGRAM = join(import.meta.dirname, "../../src/cli/program.ts")

let home: CliHome
before(async () => {
  home = await openCliHome()
  await home.write("file", "no folder")
  symlinkSync("loop", join(home.folder, "loop"))
})
after(() => home.close())

/** Words that somebody's script may make by mistake: each is the path of nothing. */
const WORDS: Readonly<Record<string, string>> = {
  "a name that is longer than disks allow": "a".repeat(300),
  "a path that is longer than the kernel allows": "./a".repeat(3000),
  "a link to itself": "./loop",
  "a file in the place of a folder": "./file/manifest.json",
  "an empty text": "",
  "a line break": "a\nb",
  "a device": "/dev/null",
}

for (const [what, word] of Object.entries(WORDS)) {
  test(`no command takes ${what} for a bug of its own`, () => {
    const answers = answersOf(word)
    assert.deepEqual(
      [...answers.keys()],
      allRows().map((row) => row.name),
    )
    for (const [name, answer] of answers) assert.doesNotMatch(answer, /"code": ?"BUG"/, name)
  })
}

test("the newest job of a store without jobs is none, and how to get one is said", async () => {
  const { error } = replyOf(await home.gear(["show", "latest", "--json"]))
  assert.match(JSON.stringify(error), /Cannot find job \\"latest\\": no job was run yet/)
  assert.match(JSON.stringify(error), /gear run GEAR/)
})

/** What each command answers when it is given a word, all of them in one process. */
function answersOf(word: string): ReadonlyMap<string, string> {
  const script = join(home.folder, "carry-out.mjs")
  const names = allRows().map((row) => row.name)
  writeFileSync(
    script,
    `const { runProgram } = await import(${JSON.stringify(PROGRAM)})
     for (const name of ${JSON.stringify(names)}) {
       process.stdout.write("\\0" + name + "\\0")
       await runProgram([...name.split(" "), ${JSON.stringify(word)}, "--json"])
     }`,
  )
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
    cwd: home.folder,
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: COMPILED, ...home.env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  })
  assert.equal(status, 0, stderr)
  const parts = stdout.split("\0").slice(1)
  return new Map(names.map((name, index) => [parts[2 * index] ?? name, parts[2 * index + 1] ?? ""]))
}
