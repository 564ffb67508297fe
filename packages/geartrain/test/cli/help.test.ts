import assert from "node:assert/strict"
import { test } from "node:test"
import { Ajv2020 } from "ajv/dist/2020.js"
import packageJson from "../../package.json" with { type: "json" }
import { GLOBAL_FLAGS } from "../../src/cli/arguments/global-flags.ts"
import type { Flag } from "../../src/cli/command.ts"
import { allRows, COMMAND_GROUPS, findRow, HIDDEN_ROWS } from "../../src/cli/command-table.ts"
import { SCHEMAS } from "../../src/cli/help/schemas/schema-list.ts"
import { FOREIGN_WORDS } from "../../src/cli/table/foreign-words.ts"
import { VERSION } from "../../src/settings/version.ts"
import { codeOf, gear, replyOf } from "./gear-process.ts"

const ESC = "\u001b"

test("without words, with --help and with help, the commands are listed on stdout", async () => {
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    const result = await gear(args)
    assert.equal(result.code, 0)
    assert.equal(result.err, "")
    assert.ok(!result.out.includes(ESC))
    for (const row of allRows()) assert.ok(result.out.includes(`  ${row.name}`), row.name)
  }
})

test("the first word of several commands has help, too, by a flag as by the command", async () => {
  const wanted = await gear(["help", "store"])
  assert.match(wanted.out, /^ {2}store gc /m)
  for (const args of [
    ["store", "--help"],
    ["store", "-h"],
    ["--help", "store"],
    ["store", "--no-color", "--help"],
  ]) {
    const { code, out, err } = await gear(args)
    assert.deepEqual([code, err, out], [0, "", wanted.out], args.join(" "))
  }
  assert.equal((await gear(["store", "nothing", "--help"])).code, 2)
})

test("every command has help, examples first, in one form", async () => {
  for (const { name, summary, load } of allRows()) {
    const command = await load()
    assert.equal(command.name, name)
    assert.doesNotMatch(summary, /\.$/, `${name}: no full stop in a summary`)
    assert.ok(command.examples.length > 0, `${name}: an example`)
    for (const { command: typed } of command.examples) {
      assert.match(typed, new RegExp(`\\bgear ${name.split(" ")[0]}\\b`), `${name}: an example of itself`)
    }
    for (const [flag, { says, short, type, value }] of Object.entries(command.flags)) {
      assert.match(flag, /^[a-z]+(-[a-z]+)*$/, `${name} --${flag}: a long form`)
      assert.notEqual(says, "", `${name} --${flag}: what it is for`)
      // Of a truth that may have another value than yes and no, that one has a name.
      if (type !== "truth") assert.equal(type === "text", value !== undefined, `${name} --${flag}: a value has a name`)
      assert.ok(!Object.hasOwn(GLOBAL_FLAGS, flag), `${name} --${flag}: not one of all commands`)
      const shorts = Object.values<Flag>({ ...GLOBAL_FLAGS, ...command.flags }).map((each) => each.short)
      assert.equal(
        shorts.filter((each) => each !== undefined && each === short).length <= 1,
        true,
        `${name} -${short}: once`,
      )
    }
  }
})

test("--help after any command prints its help and does nothing", async () => {
  for (const { name } of allRows()) {
    const result = await gear([...name.split(" "), "--help"], { env: { GEARTRAIN_HOME: "/nowhere/at/all" } })
    assert.equal(result.code, 0, `${name}: ${result.err}`)
    assert.ok(result.out.startsWith(`gear ${name}: `), name)
    assert.ok(result.out.indexOf("  gear ") < result.out.indexOf("Usage"), `${name}: examples first`)
  }
})

test("help explains commands, topics, error codes and reasons", async () => {
  for (const [word, pattern] of [
    ["run", /^gear run: /],
    ["store", /gear store\n {2}store fsck/],
    ["exit-codes", /125 +the gear was not run/],
    ["environment", /GEARTRAIN_HOME +Folder/],
    ["GEAR_NOT_FOUND", /As an error/],
    ["out_of_memory", /As the reason of a failed job/],
    ["BUG", /report it/],
  ] as const) {
    const result = await gear(["help", word])
    assert.equal(result.code, 0, word)
    assert.match(result.out, pattern)
  }
})

test("a word that help does not know is told with the nearest one", async () => {
  const result = await gear(["help", "exit-code"])
  assert.equal(result.code, 3)
  assert.match(result.err, /\n→ Did you mean: gear help exit-codes\n$/)
  assert.equal(codeOf(await gear(["help", "exit-code", "--json"])), "TOPIC_NOT_FOUND")
})

test("the version is that of the package", async () => {
  assert.equal(VERSION, packageJson.version)
  for (const args of [["version"], ["--version"]]) assert.equal((await gear(args)).out, `gear ${packageJson.version}\n`)
  assert.match((await gear(["version", "-v"])).out, /node 2\d\./)
})

test("a wrong command is not run, and the right one is named last", async () => {
  const result = await gear(["imprt", "x.tar"])
  assert.equal(result.code, 2)
  assert.equal(result.out, "")
  assert.equal(
    result.err,
    'error USAGE: Cannot run gear "imprt": there is no such command\n→ Did you mean: gear import\n',
  )
  assert.match((await gear(["zzzzzz"])).err, /→ List the commands: gear help\n$/)
})

test("a command of two words needs both", async () => {
  assert.match(
    (await gear(["store"])).err,
    /it needs a second word; there are fsck, gc, du\n→ Read what each is for: gear help store\n$/,
  )
  assert.match((await gear(["store", "fsk"])).err, /it does not know "fsk"; .*\n→ Did you mean: gear store fsck\n$/)
})

test("words of other systems work, with what they are called here", async () => {
  const result = await gear(["images", "--help"])
  assert.equal(result.code, 0)
  assert.equal(result.err, "gear images is called gear ls here\n")
  for (const [word, name] of Object.entries(FOREIGN_WORDS)) {
    assert.ok(findRow(name) !== undefined, `${word} is ${name}`)
    assert.equal(findRow(word), undefined, `${word} is no command of ours`)
  }
})

test("mistakes in flags are errors of usage, before anything is done", async () => {
  const result = await gear(["jobs", "--sate", "failed"], { env: { GEARTRAIN_HOME: "/nowhere/at/all" } })
  assert.equal(result.code, 2)
  assert.match(result.err, /did you mean --state\?\n→ Read how it is used: gear jobs --help\n$/)
})

test("mistakes in gear run are 125, since 2 could be the gear's own", async () => {
  assert.equal((await gear(["run"])).code, 125)
  assert.equal((await gear(["run", "--no-such"])).code, 125)
  assert.equal((await gear(["replay"])).code, 125)
})

test("a setting that cannot be used is an error, and help works all the same", async () => {
  const env = { GEARTRAIN_HOME: "relative" }
  assert.equal((await gear(["help"], { env })).code, 0)
  const result = await gear(["ls"], { env })
  assert.equal(result.code, 2)
  assert.match(result.err, /^error SETTINGS_INVALID: Cannot use GEARTRAIN_HOME "relative"/)
})

test("with --json every answer and every error is one object of the published schema", async () => {
  const schema = await SCHEMAS["reply"]?.load()
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema ?? false)
  for (const args of [
    ["version"],
    ["help"],
    ["schema"],
    ["schema", "reply"],
    ["completion", "bash"],
    ["nosuch"],
    ["help", "nosuch"],
    ["ls", "--nosuch"],
  ]) {
    const result = await gear([...args, "--json"])
    assert.equal(result.err, "", args.join(" "))
    const reply = replyOf(result)
    assert.ok(validate(reply), `${args.join(" ")}: ${JSON.stringify(validate.errors)}`)
    assert.equal(reply.ok, result.code === 0)
    assert.equal(reply["error"] === null, reply.ok)
  }
})

test("flags of every command may stand before it", async () => {
  assert.equal(replyOf(await gear(["--json", "version"])).ok, true)
})

test("every schema is printed, and is one", async () => {
  for (const name of Object.keys(SCHEMAS)) {
    const result = await gear(["schema", name])
    assert.equal(result.code, 0, name)
    assert.equal(typeof JSON.parse(result.out), "object", name)
  }
  const unknown = await gear(["schema", "replly"])
  assert.equal(unknown.code, 3)
  assert.match(unknown.err, /→ Did you mean: gear schema reply\n$/)
})

test("the tables have each name once", () => {
  const names = [...COMMAND_GROUPS.flatMap((group) => group.rows), ...HIDDEN_ROWS].map((row) => row.name)
  assert.equal(new Set(names).size, names.length)
})
