import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { COMPILED, type GearResult, MAIN, replyOf } from "../cli/gear-process.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false
const ROUNDS = Number(process.env["GEARTRAIN_KILL_ROUNDS"] ?? 20)

const OUT = { out: { files: ["out.txt"] } }
const FILES = { from: { base: "file", optional: true } }

const GEARS = [
  {
    name: "begin",
    command: "echo $FW_CONFIG_TEXT > output/out.txt; sleep 0.05",
    config: { text: { type: "string" } },
    environment: {},
    custom: { geartrain: { outputs: OUT } },
  },
  {
    name: "add",
    command: "cat input/from/* > output/out.txt; echo $FW_CONFIG_TEXT >> output/out.txt; sleep 0.05",
    config: { text: { type: "string" } },
    inputs: FILES,
    custom: { geartrain: { outputs: OUT, inputs: { from: { takes: "files" } } } },
  },
  {
    name: "shaky",
    command: "cat input/from/* > output/out.txt; echo it broke >&2; exit 3",
    inputs: FILES,
    custom: { geartrain: { outputs: OUT, inputs: { from: { takes: "files" } } } },
  },
] as const

const WORKFLOW = `workflow: 1
name: words
parameters:
  last: { type: string, default: end }
steps:
  begin:
    gear: begin
    config: { text: { text: "\${each.n}" } }
    scatter: { over: { n: [1, 2, 3, 4] } }
  each:
    gear: add
    scatter: { over: { part: { from: steps.begin.out } } }
    inputs: { from: { from: each.part } }
    config: { text: each }
  join:
    gear: add
    inputs: { from: { from: steps.each.out } }
    config: { text: { from: parameters.last } }
outputs:
  all: { from: steps.join.out }
`

interface RunReply {
  readonly data: {
    readonly run: string
    readonly state: string
    readonly jobs: readonly {
      readonly key: string
      readonly state: string
      readonly job?: string
      readonly why?: string
    }[]
  }
}

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  for (const gear of GEARS) await home.import(gear)
  await home.write("words.yaml", WORKFLOW)
})
after(() => home?.close())

const states = (result: GearResult): Readonly<Record<string, string>> => {
  const { data } = replyOf(result) as unknown as RunReply
  return Object.fromEntries(data.jobs.map(({ key, state }) => [key, state]))
}

suite("gear workflow run", { skip }, () => {
  test("runs a graph in boxes, delivers what it gives, and does nothing again that is there", async () => {
    const first = await home.gear(["workflow", "run", "words.yaml", "--out", "results"])
    assert.equal(first.code, 0, first.err)
    assert.match(first.err, /complete {3}join .*\(9\/9\)/)
    assert.equal(await home.read("results/all/out.txt"), "1\neach\n2\neach\n3\neach\n4\neach\nend\n")
    const again = await home.gear(["workflow", "run", "words.yaml", "--json", "--out", "results"])
    assert.equal(again.code, 0, again.out)
    assert.deepEqual(new Set(Object.values(states(again))), new Set(["reused"]))
    const changed = await home.gear(["workflow", "run", "words.yaml", "--set", "last=fin", "--json"])
    assert.equal(states(changed)["join"], "complete")
    assert.equal(Object.values(states(changed)).filter((state) => state === "reused").length, 8)
    const occupied = await home.gear([
      "workflow",
      "run",
      "words.yaml",
      "--set",
      "last=fin",
      "--out",
      "results",
      "--json",
    ])
    assert.equal(
      (replyOf(occupied) as unknown as { readonly error: { readonly code: string } }).error.code,
      "OUTPUT_EXISTS",
    )
  })

  test("intermediate files go as soon as they were read, still count, and are made again when somebody needs them", async () => {
    assert.equal((await home.gear(["workflow", "run", "words.yaml", "--set", "last=before"])).code, 0)
    const flags = ["workflow", "run", "words.yaml", "--no-reuse", "--cleanup", "inplace"]
    const first = await home.gear([...flags, "--set", "last=clean", "--verbose"])
    assert.equal(first.code, 0, first.err)
    const freed = first.err.split("\n").filter((line) => line.startsWith("freed"))
    // The same bytes were given by jobs of other runs, which need them.
    assert.deepEqual(freed, [])
    const own = WORKFLOW.replace("text: each }", "text: own }").replace("[1, 2, 3, 4]", "[5, 6]")
    await home.write("own.yaml", own)
    const second = await home.gear(["workflow", "run", "own.yaml", "--cleanup", "inplace", "--verbose"])
    assert.equal(second.err.split("\n").filter((line) => line.startsWith("freed")).length, 4, second.err)
    const third = await home.gear(["workflow", "run", "own.yaml", "--json"])
    assert.deepEqual(new Set(Object.values(states(third))), new Set(["reused"]))
    const fourth = await home.gear(["workflow", "run", "own.yaml", "--set", "last=more", "--json", "--out", "own"])
    assert.equal(fourth.code, 0, fourth.out)
    assert.equal(states(fourth)["join"], "complete")
    assert.equal(await home.read("own/all/out.txt"), "5\nown\n6\nown\nmore\n")
  })

  test("a step that asks for graphics processors is warned of when it is checked and planned, and is not begun", async () => {
    await home.write("gpu.yaml", `${WORKFLOW.replace("name: words", "name: gpu")}defaults: { resources: { gpu: 2 } }\n`)
    const says = /step "begin" asks for 2 graphics processors, which no provider offers here/
    for (const command of ["check", "plan"]) {
      const { code, out, err } = await home.gear(["workflow", command, "gpu.yaml"])
      assert.deepEqual([code, says.test(out + err)], [0, true], out + err)
    }
    const run = await home.gear(["workflow", "run", "gpu.yaml", "--no-reuse", "--json"])
    assert.equal((replyOf(run) as { readonly error?: { readonly code?: string } }).error?.code, "CAPABILITY_MISSING")
  })

  test("a job that fails is told with its exit code and last words, and resume goes on from there", async () => {
    const failing = WORKFLOW.replace(
      "gear: add\n    inputs: { from: { from: steps.each.out } }\n    config: { text: { from: parameters.last } }",
      "gear: shaky\n    inputs: { from: { from: steps.each.out } }",
    ).replace("name: words", "name: failing")
    await home.write("failing.yaml", failing)
    const result = await home.gear(["workflow", "run", "failing.yaml"])
    assert.equal(result.code, 1)
    assert.match(result.err, /failed {5}join/)
    assert.match(result.err, /exit code 3/)
    assert.match(result.err, /│ it broke/)
    assert.match(result.err, /gear logs [0-9a-f]{24} {3}→ gear debug/)
    const status = await home.gear(["workflow", "status"])
    assert.match(status.out, /failing {2}failed: "join" failed/)
    const again = await home.gear(["workflow", "resume", "latest", "--json"])
    assert.equal(again.code, 1)
    assert.equal(states(again)["join"], "failed")
    const listed = await home.gear(["workflow", "ls"])
    assert.match(listed.out, /failing {3}failed/)
  })

  test("a paused and a cancelled run can be told so by another process, and be resumed", async () => {
    const slow = WORKFLOW.replace("[1, 2, 3, 4]", "[11, 12, 13, 14, 15, 16, 17, 18]").replace(
      "name: words",
      "name: slow",
    )
    await home.write("slow.yaml", slow)
    for (const how of ["pause", "cancel"]) {
      const running = home.gear(["workflow", "run", "slow.yaml", "--no-reuse", "--jobs", "1", "--json"])
      const id = await runOf("slow", 2)
      const asked = await home.gear(["workflow", how, id])
      assert.equal(asked.code, 0, asked.err)
      const { code } = await running
      assert.equal(code, how === "pause" ? 5 : 130)
      assert.match(asked.out, how === "pause" ? /paused/ : /cancelled/)
      const late = await home.gear(["workflow", how, id])
      assert.equal(late.code, 5)
      const busy = home.gear(["workflow", "resume", id, "--json"])
      const ended = await busy
      assert.equal(ended.code, 0, ended.out)
      assert.equal((await home.gear(["workflow", "rm", id])).code, 0)
      assert.equal((await home.gear(["workflow", "status", id])).code, 3)
    }
  })

  test("two runs of one workflow at once are both right, and a run that is run is let alone", async () => {
    const both = WORKFLOW.replace("[1, 2, 3, 4]", "[21, 22, 23]").replace("name: words", "name: both")
    await home.write("both.yaml", both)
    const runs = [1, 2].map((number) => home.gear(["workflow", "run", "both.yaml", "--out", `both-${number}`]))
    const id = await runOf("both", 1)
    const busy = await home.gear(["workflow", "resume", id, "--json"])
    if (busy.code !== 0) assert.match(busy.out, /WORKFLOW_RUN_BUSY/)
    for (const result of await Promise.all(runs)) assert.equal(result.code, 0, result.err)
    const wanted = "21\neach\n22\neach\n23\neach\nend\n"
    assert.equal(await home.read("both-1/all/out.txt"), wanted)
    assert.equal(await home.read("both-2/all/out.txt"), wanted)
  })

  test(`killed at any of ${ROUNDS} moments and resumed, it loses no job, repeats none that was complete, and gives the same`, async () => {
    const ids: string[] = []
    let halfDone = 0
    for (let round = 0; round < ROUNDS; ) {
      const items = [1, 2, 3].map((number) => 1000 * (round + 1) + number)
      const text = WORKFLOW.replace("[1, 2, 3, 4]", `[${items}]`).replace("name: words", `name: killed-${round}`)
      await home.write("killed.yaml", text)
      const reuse = round % 2 === 0 ? [] : ["--no-reuse"]
      const named = `killed-${round}`
      let isOver = await killed(["workflow", "run", "killed.yaml", "--out", named, ...reuse], named, round)
      round += 1
      const id = await runOf(named, 0, 1)
      // It may have been killed before there was a run.
      if (id === "") continue
      ids.push(id)
      const complete = await completeJobs(id)
      while (!isOver && round < ROUNDS && round % 3 !== 0) {
        isOver = await killed(["workflow", "resume", id], named, round)
        round += 1
      }
      const result = await home.gear(["workflow", "resume", id, "--json"])
      assert.equal(result.code, 0, result.out + result.err)
      if (complete.size > 0 && complete.size < 7) halfDone += 1
      const after = await completeJobs(id)
      for (const [key, job] of complete)
        assert.deepEqual(after.get(key), job, `${key} was carried out again: ${job} and then ${after.get(key)}`)
      assert.equal(after.size, 7)
      const name = await nameOf(id)
      assert.equal(await home.read(`${name}/all/out.txt`), `${items.map((item) => `${item}\neach\n`).join("")}end\n`)
    }
    assert.ok(halfDone > 0, "no kill came in the middle of a run")
    const list = (await home.gear(["jobs", "--all", "--json"])).out.trim().split("\n")
    const records = new Map(
      list.map((line) => JSON.parse(line) as { id: string; state: string }).map((job) => [job.id, job.state]),
    )
    for (const id of ids) {
      for (const [key, tries] of await triesOf(id)) {
        const complete = tries.filter((job) => records.get(job) === "complete")
        assert.equal(complete.length, 1, `${key} of ${id} was complete ${complete.length} times`)
      }
    }
  })
})

/**
 * Runs a command that goes on with the run of this name, and kills it soon after so many more of its jobs are complete, at another moment in each
 * round; answers whether it had ended before.
 */
async function killed(args: readonly string[], name: string, round: number): Promise<boolean> {
  const wanted = (await countComplete(name)) + (round % 4)
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: home.folder,
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: COMPILED, ...home.env },
    stdio: "ignore",
  })
  let isOver = false
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve())).then(() => {
    isOver = true
  })
  while (!isOver && (await countComplete(name)) < wanted) await setTimeout(3)
  await Promise.race([setTimeout((round * 37) % 90), ended])
  const wasOver = isOver
  child.kill("SIGKILL")
  await ended
  return wasOver
}

async function countComplete(name: string): Promise<number> {
  const id = await runOf(name, 0, 1)
  return id === "" ? 0 : (await completeJobs(id)).size
}

const runs = (): string => join(home.env["GEARTRAIN_HOME"] ?? "", "runs")

/** The run of a workflow of this name that is newest, once it has so many events of jobs. */
async function runOf(name: string, events: number, tries = 600): Promise<string> {
  for (let left = tries; left > 0; left--) {
    const ids = await readdir(runs()).catch(() => [])
    const found: { readonly id: string; readonly created: string }[] = []
    for (const id of ids.filter((one) => /^[0-9a-f]{24}$/.test(one))) {
      const header = JSON.parse(await readFile(join(runs(), id, "run.json"), "utf8")) as {
        name: string
        created: string
      }
      if (header.name === name) found.push({ id, created: header.created })
    }
    const newest = found.toSorted((a, b) => (a.created < b.created ? 1 : -1))[0]
    const text =
      newest === undefined ? "" : await readFile(join(runs(), newest.id, "events.jsonl"), "utf8").catch(() => "")
    if (newest !== undefined && text.split("\n").filter((line) => line.includes('"complete"')).length >= events)
      return newest.id
    await setTimeout(20)
  }
  return ""
}

async function nameOf(id: string): Promise<string> {
  return (JSON.parse(await readFile(join(runs(), id, "run.json"), "utf8")) as { readonly name: string }).name
}

/** Jobs that were written down as complete, by key: all the ids under which they ever were. */
async function completeJobs(id: string): Promise<ReadonlyMap<string, readonly string[]>> {
  return await jobsIn(id, "complete")
}

/** Ids of all that was begun, by key. */
async function triesOf(id: string): Promise<ReadonlyMap<string, readonly string[]>> {
  return await jobsIn(id, "running")
}

async function jobsIn(id: string, state: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await readFile(join(runs(), id, "events.jsonl"), "utf8").catch(() => "")
  const jobs = new Map<string, string[]>()
  for (const line of text.split("\n").filter((one) => one.endsWith("}"))) {
    const event = JSON.parse(line) as { readonly key?: string; readonly state?: string; readonly job?: string }
    if (event.key === undefined || event.state !== state) continue
    jobs.set(event.key, [...(jobs.get(event.key) ?? []), event.job ?? ""])
  }
  return jobs
}

test("what is no run is refused with a way out, and a damaged one is told", { skip }, async () => {
  assert.equal((await home.gear(["workflow", "resume", "ffff"])).code, 3)
  const id = await runOf("words", 0)
  await writeFile(join(runs(), id, "plan.json"), "{}\n")
  const damaged = await home.gear(["workflow", "status", id])
  assert.match(damaged.err, /its plan has digest/)
  await rm(join(runs(), id), { recursive: true })
})
