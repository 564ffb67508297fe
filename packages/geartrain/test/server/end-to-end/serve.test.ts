import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { POSTGRES_SKIP, startPostgres } from "../temporary-postgres.ts"
import { openLab, pause } from "./lab.ts"
import { type ServerProcess, startGear, startServer } from "./server-process.ts"

const noBusybox = busyboxMissing() ?? false

test("a server, its runner, a file, a gear: outputs lie at the destination (SQLite)", {
  skip: noBusybox,
}, async (context) => {
  await wholeWay(context, [])
})

test("the same on PostgreSQL", { skip: noBusybox || POSTGRES_SKIP }, async (context) => {
  const postgres = await startPostgres()
  context.after(() => postgres.stop())
  await wholeWay(context, ["--database", await postgres.makeDatabase()])
})

async function wholeWay(context: TestContext, flags: readonly string[]): Promise<void> {
  const folder = await temporaryFolder(context)
  const server = await started(
    context,
    ["--port", "0", "--data", join(folder, "data"), "--slots", "2", ...flags],
    folder,
  )
  const lab = await openLab(() => server.address, { password: server.password ?? "", folder })
  const session = await lab.session("ses-01")
  const content = Buffer.from("what goes in\n")
  const file = await lab.upload(session, "in.txt", content)
  await lab.gear({
    name: "upper",
    command: "tr a-z A-Z < input/text/in.txt > output/out.txt; echo working; sleep 1.5; echo done",
    inputs: { text: { base: "file" } },
  })
  const id = await lab.submit({ gear: "upper", inputs: { text: `file:${file}` }, destination: session })
  let early = ""
  while ((await lab.job(id)).state !== "complete") {
    early = await lab.text(`/jobs/${id}/logs`)
    if (early !== "" || (await lab.job(id)).state === "failed") break
    await pause(50)
  }
  assert.equal(early, "working\n", "the log is there while the job runs")
  const facts = await lab.ended(id)
  assert.deepEqual([facts.state, facts.exitCode, facts.attempt], ["complete", 0, 1])
  assert.equal(await lab.text(`/jobs/${id}/logs`), "working\ndone\n")
  const [output] = facts.outputs ?? []
  assert.equal(output?.digest, `sha256:${createHash("sha256").update("WHAT GOES IN\n").digest("hex")}`)
  assert.equal(await lab.text(`/files/${output?.file}/content`), "WHAT GOES IN\n")
  const saved = await lab.ask<{ readonly place: string; readonly name: string }>("GET", `/files/${output?.file}`)
  assert.deepEqual([saved.place, saved.name], [session, "out.txt"])

  await lab.gear({ name: "long", command: "echo started; sleep 100" })
  const long = await lab.submit({ gear: "long", destination: session })
  while ((await lab.text(`/jobs/${long}/logs`)) === "") await pause(50)
  await lab.ask("POST", `/jobs/${long}/cancel`)
  const cancelled = await lab.ended(long)
  assert.deepEqual([cancelled.state, cancelled.reason], ["cancelled", "CANCELLED"])
  await server.end("SIGTERM")
  assert.equal(server.child.exitCode, 0, server.err())
}

test("what a server keeps outlasts its restart, and its password is shown once", {
  skip: noBusybox,
}, async (context) => {
  const folder = await temporaryFolder(context)
  const flags = ["--port", "0", "--data", join(folder, "data"), "--slots", "1"]
  const first = await started(context, flags, folder)
  const at = { address: first.address }
  const lab = await openLab(() => at.address, { password: first.password ?? "", folder })
  const session = await lab.session("ses-01")
  await lab.gear({
    name: "long",
    command: "if [ -e input/x ]; then true; fi; echo started; sleep 4; echo over > output/over",
  })
  const id = await lab.submit({ gear: "long", destination: session })
  while ((await lab.job(id)).state !== "running") await pause(50)
  await first.end("SIGTERM")
  assert.equal(first.child.exitCode, 0, first.err())
  const second = await started(context, flags, folder)
  assert.equal(second.password, undefined)
  at.address = second.address
  const facts = await lab.ended(id)
  assert.deepEqual([facts.state, facts.attempt, facts.outputs?.map(({ name }) => name)], ["complete", 2, ["over"]])
  assert.doesNotMatch(second.err(), /Server listening/, "its page comes first")
  assert.doesNotMatch(second.err(), /gt[jkrs]_/, "no token is in the log")
})

test("a server ends though somebody follows its events, who may begin with what happens from now on", async (context) => {
  const folder = await temporaryFolder(context)
  const server = await started(context, ["--port", "0", "--data", join(folder, "data"), "--slots", "0"], folder)
  const lab = await openLab(() => server.address, { password: server.password ?? "", folder })
  const { key } = await lab.ask<{ readonly key: string }>("POST", "/keys", { label: "events" })
  const stream = async (query: string) => {
    const headers = { authorization: `Bearer ${key}` }
    const response = await fetch(`${server.address}/api/v1/events${query}`, { headers })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ""
    return {
      until: async (pattern: RegExp) => {
        for (;;) {
          if (pattern.test(text)) return text
          const step = await reader?.read()
          if (step?.done !== false) throw new Error(`It ended: ${text}`)
          text += step.value
        }
      },
    }
  }
  const whole = await (await stream("")).until(/"kind":"group.created"/)
  assert.match(whole, /id: 1\n/)
  const latest = await stream("?after=latest")
  const begin = /id: (\d+)\nevent: begin\n/.exec(await latest.until(/event: begin\n/))
  await lab.session("ses-02")
  const text = await latest.until(/event: event\n.*\n\n/)
  assert.ok(Number(/id: (\d+)\nevent: event/.exec(text)?.[1]) > Number(begin?.[1]))
  assert.equal(text.split("event: begin").length, 2)
  await server.end("SIGTERM")
  assert.equal(server.child.exitCode, 0, server.err())
})

test("two servers never share a data folder, and a port that is taken is told", {
  skip: noBusybox,
}, async (context) => {
  const folder = await temporaryFolder(context)
  const first = await started(context, ["--port", "0", "--data", join(folder, "data"), "--slots", "0"], folder)
  const again = startGear(["serve", "--port", "0", "--data", join(folder, "data"), "--json"], { home: folder })
  await again.ended
  assert.equal(codeOf(again.out()), "FOLDER_IN_USE")
  const port = new URL(first.address).port
  const taken = startGear(["serve", "--port", port, "--data", join(folder, "other"), "--json"], { home: folder })
  await taken.ended
  assert.equal(codeOf(taken.out()), "ADDRESS_UNUSABLE")
  const faulty = startGear(["serve", "--port", "x", "--slots", "-1", "--json"], { home: folder })
  await faulty.ended
  assert.match(faulty.out(), /SETTINGS_INVALID.*--port.*--slots/)
})

test("a runner of another machine needs a token that the server knows, and shows it to nobody", {
  skip: noBusybox,
}, async (context) => {
  const folder = await temporaryFolder(context)
  const server = await started(context, ["--port", "0", "--data", join(folder, "data"), "--slots", "0"], folder)
  const lab = await openLab(() => server.address, { password: server.password ?? "", folder })
  const flags = [
    "runner",
    "--server",
    server.address,
    "--token-file",
    "-",
    "--work",
    join(folder, "work"),
    "--json",
    "--slots",
    "1",
  ]
  const stranger = startGear(flags, { home: folder, input: `gtr_${"0".repeat(24)}_${"0".repeat(64)}\n` })
  await stranger.ended
  assert.match(stranger.out(), /"NOT_AUTHENTICATED"/)
  const token = await lab.runnerToken()
  const runner = startGear([...flags, "--once"], { home: folder, input: `${token}\n` })
  context.after(() => runner.end("SIGKILL"))
  await lab.gear({ name: "quick", command: "true" })
  const id = await lab.submit({ gear: "quick", destination: await lab.session("ses-01") })
  assert.equal((await lab.ended(id)).state, "complete")
  const words = await readFile(`/proc/${runner.child.pid}/cmdline`, "utf8").catch(() => "")
  assert.ok(!words.includes(token))
  assert.equal(await runner.ended, 0)
  assert.ok(!runner.out().includes(token) && !runner.err().includes(token))
})

function codeOf(reply: string): string {
  return (JSON.parse(reply) as { readonly error: { readonly code: string } }).error.code
}

async function started(context: TestContext, flags: readonly string[], folder: string): Promise<ServerProcess> {
  const server = await startServer(flags, { home: folder })
  context.after(() => server.end("SIGKILL"))
  return server
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-serve-"))
  // The runner of a server that was killed is just ending.
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }))
  return folder
}
