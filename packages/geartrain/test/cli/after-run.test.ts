import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { copyFile, mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { Ajv2020, type AnySchema } from "ajv/dist/2020.js"
import { REPLY_SCHEMA } from "../../src/cli/help/schemas/reply-schema.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { codeOf, type GearResult, itemsOf, MAIN, replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
let copied: JobRecord
let failed: JobRecord
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await home.import({
    name: "copy",
    command:
      "cp input/text/* output/; echo to stdout; echo 'Error: to stderr' >&2; printf '\\033]0;title\\007\\033[31mred\\033[0m\\n'; exit $FW_CONFIG_EXIT",
    inputs: { text: { base: "file" } },
    config: { exit: { type: "integer", default: 0 } },
  })
  await home.import({ name: "clock", command: "cat /proc/sys/kernel/random/uuid > output/uuid" })
  await home.import({ name: "sleeper", command: "echo started; trap 'exit 0' TERM; while true; do sleep 0.1; done" })
  await home.write("text.txt", "hello\n")
  copied = await home.run("copy", "--text", "text.txt", "--no-output")
  failed = await home.run("copy", "--text", "text.txt", "--no-output", "--exit", "7")
})
after(() => home?.close())

function dataOf<Data>(result: GearResult): Data {
  return replyOf(result)["data"] as Data
}

test("verify says identical, with exit code 0, and adds it to the history", { skip }, async () => {
  const result = await home.gear(["verify", copied.id])
  assert.equal(result.code, 0, result.err)
  assert.match(result.out, /^identical {2}the output has the same bytes; job [0-9a-f]{24} on /)
  const shown = dataOf<JobRecord>(await home.gear(["show", copied.id, "--json"]))
  assert.deepEqual(
    shown.history.map((verification) => verification.verdict),
    ["identical"],
  )
})

test("a job that failed can be verified, too", { skip }, async () => {
  const result = await home.gear(["verify", failed.id])
  assert.equal(result.code, 0, result.err)
})

test("verify says different, with exit code 1 and the outputs that differ", { skip }, async () => {
  const job = await home.run("clock", "--no-output")
  const result = await home.gear(["verify", job.id])
  assert.equal(result.code, 1)
  assert.match(result.out, /^different {2}1 of 1 output differs; /)
  assert.match(result.out, /^uuid +sha256:[0-9a-f]{64} +sha256:[0-9a-f]{64}$/m)
  assert.match(result.err, /→ gear diff [0-9a-f]{24} [0-9a-f]{24}\n$/)
  assert.equal(codeOf(await home.gear(["verify", job.id, "--json"])), "DIFFERENT")
})

test("verify is undecided, exit code 6, when the job cannot be run again", { skip }, async () => {
  await home.write("gone.txt", "gone\n")
  const job = await home.run("copy", "--text", "gone.txt", "--no-output")
  await rm(join(home.folder, "gone.txt"))
  await home.gear(["rm", "-y", "copy@1.0.0"])
  const result = await home.gear(["verify", job.id])
  assert.equal(result.code, 6, result.err)
  assert.match(result.err, /^error JOB_NOT_REPLAYABLE: /)
  assert.equal((await home.gear(["import", "./root-copy"])).code, 0)
})

test("an unknown job is not found, exit code 3", { skip }, async () => {
  for (const verb of ["verify", "logs", "cancel"]) {
    const result = await home.gear([verb, "ffffffffffff"])
    assert.equal(result.code, 3, verb)
    assert.match(result.err, /^error JOB_NOT_FOUND: /)
  }
  assert.equal((await home.gear(["replay", "ffffffffffff"])).code, 125)
  assert.equal((await home.gear(["show", "ffffffffffff"])).code, 3)
})

test("replay runs a job again, and gives the gear's exit code", { skip }, async () => {
  const result = await home.gear(["replay", failed.id, "-o", "again"])
  assert.equal(result.code, 7)
  assert.equal(await home.read("again/text.txt"), "hello\n")
  const latest = dataOf<JobRecord>(await home.gear(["show", "latest", "--json"]))
  assert.equal(latest.replayOf, failed.id)
  assert.equal(latest.invocationDigest, failed.invocationDigest)
})

test("replay runs the record of another machine", { skip }, async () => {
  await home.write("job.json", (await home.gear(["show", copied.id, "--json"])).out)
  const other = await openCliHome()
  try {
    const missing = await other.gear(["replay", join(home.folder, "job.json")])
    assert.equal(missing.code, 125)
    assert.match(missing.err, /^error JOB_NOT_REPLAYABLE: .*\n→ Import it again/)
    await home.gear(["export", "copy", "-o", "copy.tar"])
    assert.equal((await other.gear(["import", join(home.folder, "copy.tar")])).code, 0)
    await mkdir(join(other.folder, "data"))
    await copyFile(join(home.folder, "text.txt"), join(other.folder, "data/text.txt"))
    const wrong = await other.gear([
      "replay",
      join(home.folder, "job.json"),
      "--input",
      `text=${join(home.folder, "job.json")}`,
    ])
    assert.match(wrong.err, /^error INPUT_DIGEST_MISMATCH: /)
    const result = await other.gear([
      "replay",
      join(home.folder, "job.json"),
      "--input",
      "text=data/text.txt",
      "-o",
      "out",
    ])
    assert.equal(result.code, 0, result.err)
    assert.equal(await other.read("out/text.txt"), "hello\n")
  } finally {
    await other.close()
  }
})

test("logs keep the streams apart", { skip }, async () => {
  const both = await home.gear(["logs", copied.id])
  assert.equal(both.code, 0, both.err)
  assert.equal(both.out, "to stdout\n\u001b]0;title\u0007\u001b[31mred\u001b[0m\n")
  assert.equal(both.err, "Error: to stderr\n")
  assert.equal((await home.gear(["logs", copied.id, "--stderr"])).out, "Error: to stderr\n")
  assert.match((await home.gear(["logs", copied.id, "--stderr", "-t"])).out, /^20\d\d-.*Z Error: to stderr\n$/)
  assert.equal((await home.gear(["logs", copied.id, "--stdout", "--tail", "0"])).out, "")
  assert.equal((await home.gear(["logs", copied.id, "-n", "x"])).code, 2)
  const items = itemsOf(await home.gear(["logs", copied.id, "--json"]))
  assert.deepEqual(new Set(items.map((item) => item["fd"])), new Set([1, 2]))
})

test("lists are tables for people, ids with -q, and lines of JSON for programs", { skip }, async () => {
  const gears = await home.gear(["ls"])
  assert.match(gears.out, /^NAME +VERSION +ID +SIZE +IMPORTED +LABEL\nclock +1\.0\.0 +sha256:[0-9a-f]{64} /)
  assert.match((await home.gear(["ls", "-q", "copy"])).out, /^sha256:[0-9a-f]{64}\n$/)
  assert.deepEqual(
    itemsOf(await home.gear(["ls", "--json", "copy"])).map((item) => item["name"]),
    ["copy"],
  )
  const jobs = await home.gear(["jobs"])
  assert.match(jobs.out, /^JOB +GEAR +STATE +EXIT +STARTED +TOOK +REASON\n/)
  const failures = itemsOf(await home.gear(["jobs", "--state", "failed", "--gear", "copy", "--json"]))
  assert.ok(failures.some((item) => item["id"] === failed.id))
  assert.ok(failures.every((item) => item["state"] === "failed"))
  const limited = await home.gear(["jobs", "--limit", "1"])
  assert.match(limited.err, /There are more\n→ gear jobs --all\n/)
  assert.equal((await home.gear(["jobs", "--state", "faild"])).code, 2)
})

test("a page tells all about a job, and about a gear", { skip }, async () => {
  const job = await home.gear(["show", failed.id])
  assert.equal(job.code, 0, job.err)
  assert.match(job.out, /^failed NONZERO_EXIT: /)
  assert.match(job.out, /^ {2}evidence {2}Error: to stderr$/m)
  assert.match(job.out, /^ {2}exit +7 +default 0$/m)
  assert.match(job.out, /→ gear debug [0-9a-f]{24}\n$/)
  const gear = await home.gear(["show", "copy"])
  assert.match(gear.out, /^copy@1\.0\.0 {2}A gear for tests\n/)
  assert.match(gear.out, /^id +sha256:[0-9a-f]{64}$/m)
})

test("diff shows only differences, with exit code 1 when there are some", { skip }, async () => {
  const same = await home.gear(["diff", copied.id, copied.id])
  assert.equal(same.code, 0)
  const result = await home.gear(["diff", copied.id, failed.id])
  assert.equal(result.code, 1)
  assert.match(result.out, /^config +exit +0 +7$/m)
  assert.match(result.out, /^exit +0 +7$/m)
  assert.equal((await home.gear(["diff", "copy", "clock"])).code, 1)
  assert.equal((await home.gear(["diff", "copy", copied.id])).code, 2)
})

test("a shell wants a terminal", { skip }, async () => {
  const result = await home.gear(["debug", copied.id, "--json"])
  assert.deepEqual([result.code, codeOf(result)], [125, "TERMINAL_NEEDED"])
})

test("the outputs of a job can be had from the store", { skip }, async () => {
  const result = await home.gear(["export", copied.id, "-o", "exported"])
  assert.equal(result.code, 0, result.err)
  assert.equal(await home.read("exported/text.txt"), "hello\n")
  assert.equal((await home.gear(["export", copied.id, "-o", "exported"])).code, 5)
})

test("rm wants a yes, forgets, and the bytes go with the garbage", { skip }, async () => {
  const job = await home.run("clock", "--no-output")
  const unasked = await home.gear(["rm", job.id])
  assert.equal(unasked.code, 5)
  assert.equal(codeOf(await home.gear(["rm", job.id, "--json"])), "CONFIRMATION_NEEDED")
  assert.match((await home.gear(["rm", "-n", job.id])).out, /^would forget job /)
  assert.equal((await home.gear(["rm", "-y", job.id])).code, 0)
  assert.equal((await home.gear(["show", job.id])).code, 3)
  const garbage = await home.gear(["store", "gc"])
  assert.equal(garbage.code, 0, garbage.err)
})

test("what --json answers of a job is the record of the published schema", { skip }, async () => {
  const schema = dataOf<AnySchema>(await home.gear(["schema", "job-record", "--json"]))
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)
  for (const id of [copied.id, failed.id]) {
    const record = dataOf<JobRecord>(await home.gear(["show", id, "--json"]))
    assert.ok(validate(record), JSON.stringify(validate.errors))
  }
})

test("the store is checked and measured", { skip }, async () => {
  const check = await home.gear(["store", "fsck"])
  assert.equal(check.code, 0, check.out + check.err)
  const use = await home.gear(["store", "du"])
  assert.equal(use.code, 0, use.err)
})

test("every provider that works here gives the same bytes", { skip }, async () => {
  const { providers } = dataOf<{ providers: { name: string; works: boolean }[] }>(await home.gear(["doctor", "--json"]))
  const working = providers.filter((provider) => provider.works).map((provider) => provider.name)
  assert.ok(working.length > 0)
  for (const name of working) {
    const result = await home.gear(["verify", copied.id, "--provider", name])
    assert.equal(result.code, 0, `${name}: ${result.out}${result.err}`)
    assert.ok(result.out.includes(` on ${name}\n`))
  }
  const chosen = working.at(-1) ?? ""
  const result = await home.gear(["run", "clock", "--no-output", "--json"], { env: { GEARTRAIN_PROVIDER: chosen } })
  assert.equal(dataOf<JobRecord>(result).provider?.name, chosen)
})

test("every answer with --json keeps to its schema", { skip }, async () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(REPLY_SCHEMA)
  for (const args of [
    ["run", "copy", "--text", "text.txt", "--exit", "9", "--no-output"],
    ["run", "copy"],
    ["replay", copied.id, "--no-output"],
    ["verify", copied.id],
    ["diff", copied.id, failed.id],
    ["show", "copy"],
    ["store", "fsck"],
    ["store", "du"],
    ["store", "gc", "-n"],
    ["cancel", copied.id],
    ["rm", "-n", copied.id],
    ["export", copied.id],
    ["jobs", "--state", "no"],
    ["logs", "ffff"],
    ["import", "./none"],
  ]) {
    const result = await home.gear([...args, "--json"])
    const reply = replyOf(result)
    assert.ok(validate(reply), `${args.join(" ")}: ${JSON.stringify(validate.errors)}`)
    assert.equal(reply.ok, result.code === 0, args.join(" "))
    assert.equal(reply["error"] === null, reply.ok, args.join(" "))
  }
})

test("doctor tells of every provider, and answers 0 when one works", { skip }, async () => {
  const result = await home.gear(["doctor"])
  assert.equal(result.code, 0, result.out + result.err)
  assert.match(result.out, /crun|bubblewrap|runc/)
})

test("a job of another process is listed, followed and cancelled", { skip }, async () => {
  const child = spawn(process.execPath, [MAIN, "run", "sleeper"], {
    cwd: home.folder,
    env: { PATH: process.env["PATH"] ?? "", ...home.env },
    stdio: ["ignore", "pipe", "ignore"],
  })
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  await new Promise((resolve) => child.stdout.once("data", resolve))
  const [job] = itemsOf(await home.gear(["ps", "--json"]))
  assert.equal(job?.["state"], "running")
  const id = String(job?.["id"])
  const running = await home.gear(["rm", "-y", id])
  assert.equal(running.code, 5)
  let isCancelled = false
  const following = home.gear(["logs", "-f", id], {
    onOutput: ({ out }) => {
      if (isCancelled || !out.includes("started")) return
      isCancelled = true
      void home.gear(["cancel", id, "--no-wait"])
    },
  })
  assert.equal((await following).code, 0)
  assert.equal(await ended, 143)
  assert.match((await home.gear(["cancel", id])).out, /cancelled/)
  assert.equal((await home.gear(["cancel", copied.id])).code, 5)
  assert.match((await home.gear(["ps"])).err, /No job runs now/)
})

test("a job whose program was killed is not listed as running", { skip }, async () => {
  const child = spawn(process.execPath, [MAIN, "run", "sleeper"], {
    cwd: home.folder,
    env: { PATH: process.env["PATH"] ?? "", ...home.env },
    stdio: ["ignore", "pipe", "ignore"],
  })
  const ended = new Promise((resolve) => child.on("close", resolve))
  await new Promise((resolve) => child.stdout.once("data", resolve))
  child.kill("SIGKILL")
  await ended
  assert.equal((await home.gear(["ps", "-q"])).out, "")
  const [job] = itemsOf(await home.gear(["jobs", "--json", "--limit", "1"]))
  assert.deepEqual([job?.["state"], job?.["reason"]], ["failed", "ENGINE_LOST"])
})

test("on a terminal, rm asks, ids are short, and what a gear wrote is not obeyed", { skip }, async () => {
  const job = await home.run("clock", "--no-output")
  const refused = await home.onTerminal(["rm", job.id], "n\n")
  assert.match(refused.out, /Forget it\? \[y\/N\]/)
  assert.equal(refused.code, 5)
  const logs = await home.onTerminal(["logs", copied.id, "--stdout"])
  assert.ok(logs.out.includes("\\x1b]0;title\\x07\u001b[31mred"))
  assert.ok((await home.onTerminal(["jobs"])).out.includes(`\n${job.id.slice(0, 12)}  clock@1.0.0`))
  assert.equal((await home.onTerminal(["rm", job.id], "y\n")).code, 0)
  assert.equal((await home.gear(["show", job.id])).code, 3)
})

test("a reader that is slow gets everything", { skip }, async () => {
  await home.import({ name: "chatty", command: "seq 100000" })
  const { code, out } = await inShell(
    "gear run chatty -q --no-output | (sleep 0.5; tail -n 1); gear logs latest | (sleep 0.5; wc -l)",
  )
  assert.deepEqual([code, out], [0, "100000\n100000\n"])
})

test("a reader that has seen enough is no error", { skip }, async () => {
  const lists = await inShell("gear jobs --all | head -n 1 >/dev/null")
  assert.deepEqual([lists.code, lists.err], [0, ""])
  const packed = await inShell("gear export copy -o - | head -c 1 >/dev/null")
  assert.deepEqual([packed.code, packed.err], [141, ""])
})

/** A line of shell, in which `gear` is ours. */
async function inShell(
  line: string,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const script = `set -o pipefail; gear() { '${process.execPath}' '${MAIN}' "$@"; }; ${line}`
  const child = spawn("bash", ["-c", script], {
    cwd: home.folder,
    env: { PATH: process.env["PATH"] ?? "", ...home.env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const written = { out: "", err: "" }
  child.stdout.on("data", (chunk: Buffer) => {
    written.out += chunk.toString()
  })
  child.stderr.on("data", (chunk: Buffer) => {
    written.err += chunk.toString()
  })
  return await new Promise((resolve) => child.on("close", (code) => resolve({ code, ...written })))
}
