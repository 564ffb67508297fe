import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { type Lab, openLab } from "./lab.ts"
import { type ServerProcess, startGear, startServer } from "./server-process.ts"

const noBusybox = busyboxMissing() ?? false

/** A server with a gear and a session, and a user at the command line of the same machine. */
interface Desk {
  readonly lab: Lab
  readonly server: ServerProcess
  readonly folder: string
  readonly session: string
  gear(...args: string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

async function desk(context: TestContext): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-commands-"))
  const data = join(folder, "data")
  const server = await startServer(["--port", "0", "--data", data, "--slots", "2"], { home: folder })
  context.after(async () => {
    await server.end("SIGTERM")
    await rm(folder, { recursive: true })
  })
  const lab = await openLab(() => server.address, { password: server.password ?? "", folder })
  const session = await lab.session("ses-01")
  await lab.gear({
    name: "upper",
    command: `echo working; sleep $(sed -n 's/.*"wait": *\\([0-9]*\\).*/\\1/p' config.json); cat input/text/* | tr a-z A-Z > output/out.txt`,
    inputs: { text: { base: "file" } },
    config: { wait: { type: "integer", default: 0 } },
  })
  const { key } = await lab.ask<{ readonly key: string }>("POST", "/keys", { label: "desk" })
  await writeFile(join(folder, "key"), key)
  const gear: Desk["gear"] = async (...args) => {
    const run = startGear(args, { home: folder })
    run.child.stdin?.end()
    const code = await run.ended
    return { code, out: run.out(), err: run.err() }
  }
  const login = await gear("login", server.address, "--key-file", join(folder, "key"))
  assert.equal(login.code, 0, login.err)
  return { lab, server, folder, session, gear }
}

const STUDY = "lab/Study"

test("a job from the command line: submitted, followed, listed, reused, cancelled, tried again", {
  skip: noBusybox,
}, async (context) => {
  const { lab, session, gear } = await desk(context)
  await lab.upload(session, "in.txt", Buffer.from("what goes in\n"))
  const input = `text=${STUDY}/sub-01/ses-01/files/in.txt`
  const first = await gear("submit", "upper", "-i", input, "--tag", "mine", "--follow")
  assert.equal(first.code, 0, first.err)
  const [id = "", ...log] = first.out.trimEnd().split("\n")
  assert.match(id, /^[0-9a-f]{24}$/)
  assert.deepEqual(log, ["working"])
  assert.equal((await gear("logs", "--server", id.slice(0, 20))).out, "working\n")
  const reused = await gear("submit", "upper", "-i", input, "--reuse")
  assert.deepEqual([reused.code, reused.out.trim()], [0, id])
  const listed = await gear("jobs", "--server", "--json", "--state", "complete")
  assert.deepEqual(
    listed.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).id),
    [id],
  )
  const slow = (await gear("submit", "upper", "-i", input, "-s", "wait=600")).out.trim()
  const cancelled = await gear("cancel", "--server", slow)
  assert.match(cancelled.out, new RegExp(`^${slow}  cancelled`))
  assert.equal((await gear("wait", slow)).code, 130)
  assert.equal((await gear("retry", id)).code, 5, "a complete job is not tried again by accident")
  assert.equal((await gear("retry", id, "--again")).out.trim(), id)
  assert.equal((await gear("wait", id)).code, 0)
  assert.equal((await lab.job(id)).attempt, 2)
  for (const [args, code, says] of [
    [["submit", "nothing"], 125, /GEAR_NOT_FOUND/],
    [["submit", "upper", "-i", input, "-s", "wait=soon"], 125, /wanted an integer/],
    [["submit", "upper", "-i", `text=${STUDY}/files/none`], 125, /INPUT_NOT_FOUND/],
    [["wait", "ffffffffffffffffffffffff"], 125, /JOB_NOT_FOUND/],
    [["retry"], 2, /USAGE/],
    [["logs", "--server", "--tail", "1", id], 2, /USAGE/],
  ] as const) {
    const wrong = await gear(...args)
    assert.deepEqual([wrong.code, says.test(wrong.err)], [code, true], `${args.join(" ")}: ${wrong.err}`)
  }
})

test("a batch and a rule from the command line: what runs, what not, and why", { skip: noBusybox }, async (context) => {
  const { lab, session, gear, folder } = await desk(context)
  await lab.upload(session, "in.txt", Buffer.from("what goes in\n"))
  await lab.session("ses-02")
  const dry = await gear("batch", "run", STUDY, "upper", "--dry-run")
  assert.match(dry.out, /2 {2}places\n +1 {2}run\n +1 {2}without a file that fits/)
  assert.match(dry.err, /ses-02: no-match/)
  const run = await gear("batch", "run", STUDY, "upper", "--json")
  const batch = JSON.parse(run.out).data.id as string
  for (;;) {
    const { state } = await lab.ask<{ readonly state: string }>("GET", `/batches/${batch}`)
    if (state === "complete") break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.match((await gear("batch", "show", batch)).out, /1 {2}complete/)
  const again = await gear("batch", "run", STUDY, "upper", "--choose", "text=in*")
  assert.equal(again.code, 1, "nothing is to be run")
  assert.match(again.out, /1 {2}done already/)
  assert.match((await gear("batch", "ls", STUDY)).out, new RegExp(batch))
  const rule = { rule: 1, name: "Up", gear: { name: "upper", version: "1.0.0" }, when: { all: [{ name: "*.md" }] } }
  const file = join(folder, "rule.json")
  await writeFile(file, JSON.stringify(rule))
  const added = await gear("rules", "add", STUDY, file)
  assert.equal(added.code, 0, added.err)
  await lab.upload(session, "readme.md", Buffer.from("read me\n"))
  await lab.upload(session, "other.txt", Buffer.from("other\n"))
  let told = ""
  while (!/fired {2}readme\.md/.test(told) || !/not-fired {2}other\.txt/.test(told)) {
    told = (await gear("rules", "log", STUDY)).out
  }
  const why = await gear("rules", "explain", STUDY, `${STUDY}/sub-01/ses-01/files/other.txt`)
  assert.match(why.out, /^Up: not-fired: .*other\.txt/)
  assert.match((await gear("rules", "ls", STUDY)).out, /Up/)
  assert.equal((await gear("rules", "rm", STUDY, "Up")).code, 0)
  await writeFile(file, "{")
  assert.ok((await gear("rules", "add", STUDY, file)).err.includes("RULE_FILE_INVALID"))
})

test("an admin's commands: doctor, usage, and a backup that another server is made of", {
  skip: noBusybox,
}, async (context) => {
  const { lab, session, gear, folder, server } = await desk(context)
  const file = await lab.upload(session, "in.txt", Buffer.from("what goes in\n"))
  const doctor = await gear("doctor", "--server")
  assert.match(doctor.out, /database: SQLite/)
  assert.equal(doctor.code, 0, doctor.out)
  assert.match((await gear("usage")).out, /lab\/Study/)
  const place = join(folder, "backups")
  const backup = await gear("server", "backup", place, "--data", join(folder, "data"))
  assert.equal(backup.code, 0, backup.err)
  const again = await gear("server", "backup", place, "--data", join(folder, "data"), "--json")
  assert.equal(JSON.parse(again.out).data.copied.count, 0)
  assert.equal((await readdir(place)).filter((name) => name.endsWith(".json")).length, 2)
  const data = join(folder, "restored")
  const none = await gear("server", "backup", place, "--data", join(folder, "nothing"))
  assert.deepEqual([none.code, none.err.includes("SERVER_DATA_NOT_FOUND")], [3, true])
  const restored = await gear("server", "restore", backup.out.trim(), "--data", data)
  assert.equal(restored.code, 0, restored.err)
  const twin = await startServer(["--port", "0", "--data", data, "--slots", "0"], { home: folder })
  context.after(() => twin.end("SIGTERM"))
  const headers = { authorization: `Bearer ${(await readFile(join(folder, "key"), "utf8")).trim()}` }
  const answer = await fetch(`${twin.address}/api/v1/files/${file}/content`, { headers })
  assert.equal(await answer.text(), "what goes in\n")
  await twin.end("SIGTERM")
  assert.equal((await gear("logout")).code, 0)
  const out = await gear("jobs", "--server")
  assert.deepEqual([out.code, out.err.includes("LOGIN_NEEDED")], [4, true])
  assert.equal(server.child.exitCode, null)
})
