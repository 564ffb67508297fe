import assert from "node:assert/strict"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { contextOf, givenOf, told } from "../../../../test/cli/told.ts"
import { SERVER_SETTINGS } from "../../../settings/server-settings.ts"
import { readServerFlags, serverSettingFlags } from "../../server/server-settings-flags.ts"
import { readToken } from "./read-token.ts"
import { runnerCommand } from "./runner.ts"
import { serveCommand } from "./serve.ts"
import { PLACE_FLAGS, serverBackupCommand } from "./server-backup.ts"
import { serverRestoreCommand } from "./server-restore.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-server-commands-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test("a token is a line of a file, and no refusal has a piece of it", async (context) => {
  const path = join(folder(context), "token")
  writeFileSync(path, "  gtr_secret\n")
  assert.deepEqual(await readToken(path), { token: "gtr_secret" })
  writeFileSync(path, `${"x".repeat(4095)}\n`)
  assert.equal((await readToken(path)).token.length, 4095)
  const refused: readonly (readonly [string | Uint8Array, RegExp])[] = [
    ["", /: it is empty$/],
    [" \n", /: it is empty$/],
    ["s".repeat(4097), /4097 bytes, and 4096 are the most$/],
    [Buffer.from("secret\xff", "latin1"), /: it is not text in UTF-8$/],
  ]
  for (const [text, message] of refused) {
    writeFileSync(path, text)
    await assert.rejects(readToken(path), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, "SECRET_UNREADABLE")
      assert.match(error.message, message)
      assert.ok(!error.message.includes("secret") && !error.message.includes("sss"))
      return true
    })
  }
  await assert.rejects(readToken(`${path}.none`), { code: "SECRET_UNREADABLE", message: /there is no such file$/ })
})

const RUNNER = ["--server", "https://gear.example", "--token-file", "/nonexistent"]

test("a runner is told where it belongs, and what is missing is named with how to give it", async () => {
  await assert.rejects(told(runnerCommand, []), { code: "USAGE", hint: /--server https:\/\/HOST/ } as object)
  await assert.rejects(told(runnerCommand, ["--server", "https://x"]), {
    code: "USAGE",
    hint: /--token-file PATH/,
  } as object)
  for (const server of ["gear.example", "ftp://gear.example", ""])
    await assert.rejects(told(runnerCommand, [`--server=${server}`]), { code: "USAGE" }, server)
})

test("what a runner is to keep, run and say of itself is read before its token is", async () => {
  const wrong = ["--slots=0", "--slots=1.5", "--cache=lots", "--gear-cache=", "--idle-exit=soon"]
  const labels = ["--label=gpu", "--label==a", "--label=a b=c", `--label=a=${"x".repeat(257)}`, "--label=a=b\nc"]
  for (const flag of [...wrong, ...labels])
    await assert.rejects(told(runnerCommand, [...RUNNER, flag]), { code: "USAGE" }, flag)
  const good = ["--slots=4", "--cache=1g", "--idle-exit=10m", "--label=gpu=a100", "--label=x/y=", "--once"]
  await assert.rejects(told(runnerCommand, [...RUNNER, ...good]), { code: "SECRET_UNREADABLE" })
})

const FLAGS = serverSettingFlags({ port: "PORT", host: "ADDRESS", data: "DIR", slots: "N" })

test("each setting is a flag with what it says, and what it is by default", () => {
  assert.deepEqual(Object.keys(FLAGS), ["port", "host", "data", "slots", "settings"])
  assert.equal(FLAGS["port"]?.says, `${SERVER_SETTINGS["port"]?.says}. Default: ${SERVER_SETTINGS["port"]?.initial}`)
  assert.equal(FLAGS["slots"]?.says, SERVER_SETTINGS["slots"]?.says)
  assert.equal(serveCommand.flags["port"]?.value, "PORT")
})

test("a flag counts more than the settings file, and what neither says is as always", async (context) => {
  const home = folder(context)
  const file = join(home, "server.yaml")
  writeFileSync(file, `port: 9000\nhost: 0.0.0.0\ndata: ${home}/data\n`)
  const { context: with_ } = contextOf({ env: { GEARTRAIN_HOME: join(home, "gears") } })
  const read = (...args: readonly string[]) =>
    readServerFlags(with_, givenOf(FLAGS, args), Object.keys(FLAGS).slice(0, 4))
  const bare = await read()
  assert.deepEqual(
    [bare.port, bare.host, bare.data, bare.slots],
    [8080, "127.0.0.1", join(home, "gears/server"), undefined],
  )
  const both = await read("--settings", file, "--port=0")
  assert.deepEqual([both.port, both.host, both.data], [0, "0.0.0.0", join(home, "data")])
})

test("all that is wrong with settings is told at once, each by what its source calls it", async (context) => {
  const home = folder(context)
  const file = join(home, "server.yaml")
  writeFileSync(file, "host: 0.0.0.0\nslots: many\nprot: 1\n")
  const { context: with_ } = contextOf({ env: { GEARTRAIN_HOME: join(home, "gears") } })
  const given = givenOf(FLAGS, ["--port=65536", "--settings", file])
  await assert.rejects(readServerFlags(with_, given, ["port"]), (error: Error & { readonly code?: string }) => {
    assert.equal(error.code, "SETTINGS_INVALID")
    for (const word of ["--port", "slots", "prot"]) assert.ok(error.message.includes(word), error.message)
    return true
  })
  const none = givenOf(FLAGS, ["--settings", join(home, "none.yaml")])
  await assert.rejects(readServerFlags(with_, none, []), { code: "SETTINGS_INVALID" })
})

test("a server, a backup and what is restored of it are refused by their settings before anything is made", async (context) => {
  const home = folder(context)
  const env = { GEARTRAIN_HOME: join(home, "gears") }
  for (const [command, args] of [
    [serveCommand, ["--on-stop=wait"]],
    [serverBackupCommand, [join(home, "backup"), "--database=mysql://x"]],
    [serverRestoreCommand, [join(home, "b.json"), "--database=mysql://x"]],
  ] as const)
    await assert.rejects(told(command, args, { env }), { code: "SETTINGS_INVALID" }, command.name)
  assert.deepEqual([existsSync(join(home, "backup")), existsSync(join(home, "gears"))], [false, false])
  assert.deepEqual(Object.keys(PLACE_FLAGS), ["data", "database", "blobs"])
})

test("what is no backup is not restored, and leaves no server", async (context) => {
  const home = folder(context)
  const data = join(home, "data")
  const env = { GEARTRAIN_HOME: join(home, "gears") }
  await assert.rejects(told(serverRestoreCommand, [join(home, "none.json"), "--data", data], { env }), {
    code: "BACKUP_DAMAGED",
  })
  writeFileSync(join(home, "b.json"), "{}")
  await assert.rejects(told(serverRestoreCommand, [join(home, "b.json"), "--data", data], { env }), {
    code: "BACKUP_DAMAGED",
  })
})
