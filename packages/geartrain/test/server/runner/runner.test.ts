import assert from "node:assert/strict"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { StoredRoot } from "@geartrain/ports"
import { type GearId, GeartrainError } from "@geartrain/spec"
import type { ClaimedJob, HeartbeatRequest } from "@geartrain/spec/server"
import { GearShelf } from "../../../src/runner/attempt/gear-shelf.ts"
import type { FetchOptions } from "../../../src/runner/cache/fetch-blob.ts"
import { trimGears } from "../../../src/runner/cache/trim-gears.ts"
import type { RunnerPorts } from "../../../src/runner/runner-ports.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { fakeServer, keyOf } from "./fake-server.ts"
import { openRunnerBench } from "./runner-bench.ts"

const skip = busyboxMissing() ?? false

test("a job is fetched, run, sent and finished, and its log comes in parts", { skip }, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const input = server.put(Buffer.from("what goes in"))
  const job = await bench.job(
    {
      command: "cat input/scan/in.txt > output/out.txt; echo said; sleep 1.3; echo more; cat config.json >&2",
      custom: { flywheel: { "show-job": true } },
      inputs: { scan: { base: "file" } },
    },
    {
      inputs: [
        {
          ...{ input: "scan", name: "in.txt", digest: input, sizeBytes: 12, object: {} },
          place: { type: "session", id: "5".repeat(24) },
        },
      ],
    },
  )
  server.queue.push(job)
  const runner = await bench.start()
  await server.over(job)
  await runner.drain()
  const report = server.finished.get(keyOf(job))
  assert.deepEqual([report?.state, report?.exitCode, report?.reason], ["complete", 0, undefined])
  assert.deepEqual(
    report?.outputs.map(({ name, digest, sizeBytes }) => [name, digest, sizeBytes]),
    [["out.txt", input, 12]],
  )
  const parts = server.logs.get(keyOf(job)) ?? []
  assert.equal(report?.logChunks, parts.length)
  assert.ok(parts.length > 1, "the log came while the job ran")
  const said = Buffer.concat(parts).toString().trim().split("\n")
  assert.deepEqual(said.slice(0, 2), ["said", "more"])
  assert.ok(
    said.some((line) => line.includes(`"id": "${job.job}"`)),
    "the gear sees the server's id of the job",
  )
  const record = JSON.parse(server.bytes.get(report?.recordDigest ?? "sha256:")?.toString() ?? "{}")
  assert.deepEqual([record.id, record.state], [job.job, "complete"])
  assert.deepEqual(await readdir(join(bench.folder, "attempts")), [])
  assert.deepEqual(await readdir(join(bench.folder, "store/work")), [])
})

test("what goes into a job comes some at a time, each content once; when one is missing, no more is begun", {
  skip,
}, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const { blobs } = server
  const asked: string[] = []
  const images = new Set<string>()
  const held: (() => void)[] = []
  let [now, most, isHeld] = [0, 0, true]
  const counted: typeof blobs = (token) => ({
    ...blobs(token),
    get: async function* (digest, options) {
      if (!images.has(digest)) {
        asked.push(digest)
        most = Math.max(most, ++now)
        // The first ones wait until there are eight.
        if (isHeld && held.length < 7) await new Promise<void>((goOn) => held.push(goOn))
        isHeld = false
        for (const goOn of held.splice(0)) goOn()
        now -= 1
      }
      yield* blobs(token).get(digest, options)
    },
  })
  Object.assign(server, { blobs: counted })
  const digests = Array.from({ length: 40 }, (_, n) => server.put(Buffer.from(`content ${n}\n`)))
  const inputOf = (digest: (typeof digests)[number], n: number) => ({
    ...{ input: `many/${n}.txt`, name: `${n}.txt`, digest, sizeBytes: 12, object: {} },
  })
  const gear = {
    command: "cat input/many/* > output/out.txt",
    inputs: { many: { base: "file" } },
    custom: { geartrain: { inputs: { many: { takes: "files" } } } },
  }
  const job = await bench.job(gear, { inputs: [...digests, ...digests].map(inputOf) })
  const missing = `sha256:${"e".repeat(64)}` as const
  const late = Array.from({ length: 40 }, (_, n) => server.put(Buffer.from(`late ${n}\n`)))
  const lost = await bench.job(gear, { inputs: [missing, ...late].map(inputOf) })
  for (const { gear: named } of [job, lost]) images.add(named.imageDigest)
  server.queue.push(job)
  const runner = await bench.start()
  await server.over(job)
  const report = server.finished.get(keyOf(job))
  assert.equal(report?.state, "complete", report?.message)
  const text = server.bytes.get(report?.outputs[0]?.digest ?? missing)?.toString() ?? ""
  assert.equal(text.split("\n").filter((line) => line === "content 7").length, 2)
  const times = digests.map((digest) => asked.filter((each) => each === digest).length)
  assert.deepEqual([times, most], [digests.map(() => 1), 8])
  asked.length = 0
  server.queue.push(lost)
  await server.over(lost)
  await runner.drain()
  assert.deepEqual(server.finished.get(keyOf(lost))?.reason, "INPUT_UNREADABLE")
  assert.ok(asked.length < late.length, `${asked.length} were asked for`)
  assert.equal(now, 0)
})

test("a gear that fails is told with what it said, and no more jobs run at once than there are slots", {
  skip,
}, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const first = await bench.job({ command: "sleep 0.5; echo ERROR: no brain found >&2; exit 3" })
  const jobs = [first, ...Array.from({ length: 5 }, (_, n) => ({ ...first, job: `a${n}`.padStart(24, "0") }))]
  server.queue.push(...jobs)
  const runner = await bench.start({ slots: 2 })
  await server.over(...jobs)
  await runner.drain()
  for (const job of jobs) {
    const report = server.finished.get(keyOf(job))
    assert.deepEqual([report?.state, report?.reason, report?.exitCode], ["failed", "NONZERO_EXIT", 3])
  }
  assert.ok(server.mostAtOnce <= 2, `${server.mostAtOnce} at once`)
})

test("a heartbeat's answer cancels a job", { skip }, async (context) => {
  const server = fakeServer({ leaseMs: 1500 })
  const bench = await openRunnerBench(server, context)
  const job = await bench.job({ command: "echo started; sleep 60" })
  server.queue.push(job)
  const runner = await bench.start()
  while (!server.logs.has(keyOf(job))) await new Promise((resolve) => setTimeout(resolve, 20))
  server.verdicts.set(keyOf(job), "cancel")
  await server.over(job)
  await runner.drain()
  const report = server.finished.get(keyOf(job))
  assert.deepEqual([report?.state, report?.reason, report?.culprit], ["cancelled", "CANCELLED", "user"])
})

test("a job whose lease cannot be renewed is killed before it ends, and nothing is said of it afterwards", {
  skip,
}, async (context) => {
  const server = fakeServer({ leaseMs: 1500 })
  const bench = await openRunnerBench(server, context)
  const job = await bench.job({ command: "echo started; sleep 60; echo late > output/late" })
  server.queue.push(job)
  const runner = await bench.start()
  while (!server.logs.has(keyOf(job))) await new Promise((resolve) => setTimeout(resolve, 20))
  server.cut = true
  while (!bench.told.some((line) => line.includes("is not ours any more")))
    await new Promise((resolve) => setTimeout(resolve, 20))
  server.cut = false
  const next = await bench.job({ command: "echo next" })
  server.queue.push(next)
  await server.over(next)
  await runner.drain()
  assert.equal(server.finished.get(keyOf(next))?.state, "complete")
  assert.equal(server.finished.has(keyOf(job)), false)
  assert.equal(server.released.has(keyOf(job)), false)
})

test("a result that is complete waits for the server, however long the line is cut", { skip }, async (context) => {
  const server = fakeServer({ leaseMs: 1500 })
  const bench = await openRunnerBench(server, context)
  const job = await bench.job({ command: "echo result > output/result" })
  server.queue.push(job)
  const { finish } = server.attempt("", job)
  let refused = 0
  const attempt = server.attempt
  Object.assign(server, {
    attempt: (runner: string, name: typeof job) => ({
      ...attempt(runner, name),
      finish: (report: Parameters<typeof finish>[0]) => {
        // Once cut, it stays cut for two leases.
        if (refused++ === 0) {
          server.cut = true
          setTimeout(() => (server.cut = false), 3000)
        }
        return attempt(runner, name).finish(report)
      },
    }),
  })
  const runner = await bench.start()
  await server.over(job)
  await runner.drain()
  assert.equal(server.finished.get(keyOf(job))?.state, "complete")
  assert.ok(refused > 1)
})

test("a second signal kills what runs, and gives it back", { skip }, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const job = await bench.job({ command: "echo started; sleep 60" })
  server.queue.push(job)
  const runner = await bench.start()
  while (!server.logs.has(keyOf(job))) await new Promise((resolve) => setTimeout(resolve, 20))
  await runner.release()
  assert.equal(server.released.get(keyOf(job)), "RUNNER_STOPPED")
  assert.deepEqual(await readdir(join(bench.folder, "attempts")), [])
})

test("an input that is not there, and a gear that is another, fail the job with their reason", {
  skip,
}, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const gear = { command: "true", inputs: { scan: { base: "file" } } }
  const place = { type: "session", id: "5".repeat(24) }
  const missing = `sha256:${"e".repeat(64)}` as const
  const lost = await bench.job(gear, {
    inputs: [{ input: "scan", name: "in.txt", digest: missing, sizeBytes: 12, object: {}, place }],
  })
  const other = await bench.job({ command: "true" })
  const wrong = { ...other, gear: { ...other.gear, id: missing } }
  server.queue.push(lost, wrong)
  const runner = await bench.start()
  await server.over(lost, wrong)
  await runner.drain()
  assert.deepEqual(
    [lost, wrong].map((job) => {
      const report = server.finished.get(keyOf(job))
      return [report?.state, report?.reason, /e{64}/.test(report?.message ?? "")]
    }),
    [
      ["failed", "INPUT_UNREADABLE", true],
      ["failed", "PROVIDER_FAILED", true],
    ],
  )
  // The fault of this machine's is told on it; that of what the job was to read is the job's.
  const ended = bench.told.filter((line) => / is failed/.test(line)).toSorted()
  assert.equal(ended.length, 2)
  assert.equal(ended.filter((line) => /: PROVIDER_FAILED, .*e{64}/.test(line)).length, 1, ended.join("\n"))
})

test("a machine that fails a job rests before it takes another, and rests no more once one went well", {
  skip,
}, async (context) => {
  const server = fakeServer({ leaseMs: 600 })
  const bench = await openRunnerBench(server, context)
  const good = await bench.job({ command: "true" })
  const broken = { ...good, job: "c".repeat(24), gear: { ...good.gear, id: `sha256:${"e".repeat(64)}` as const } }
  const claimedAtMs: number[] = []
  const beats: Pick<HeartbeatRequest, "free" | "rest">[] = []
  const { claim, heartbeat } = server
  Object.assign(server, {
    heartbeat: async (...asked: Parameters<typeof heartbeat>) => {
      beats.push(asked[1])
      return heartbeat(...asked)
    },
    claim: async (...asked: Parameters<typeof claim>) => {
      const jobs = await claim(...asked)
      if (jobs.length > 0) claimedAtMs.push(performance.now())
      return jobs
    },
  })
  server.queue.push(broken, good, { ...good, job: "d".repeat(24) })
  const runner = await bench.start({ slots: 1 })
  await server.over({ ...good, job: "d".repeat(24) })
  await runner.drain()
  assert.equal(server.finished.get(keyOf(broken))?.culprit, "platform")
  assert.equal(server.finished.get(keyOf(good))?.state, "complete")
  assert.deepEqual(
    bench.told.filter((line) => line.startsWith("takes no jobs for")),
    ["takes no jobs for 1 s, since this machine failed one: PROVIDER_FAILED"],
  )
  // With this lease it beats every 200 ms: the server hears of the rest, and then of none.
  const [told] = beats.filter(({ rest }) => rest !== undefined)
  assert.deepEqual([told?.free, told?.rest?.why], [0, "PROVIDER_FAILED"])
  assert.ok((told?.rest?.leftMs ?? 0) > 0 && (told?.rest?.leftMs ?? 0) <= 1000)
  assert.equal(beats.at(-1)?.rest, undefined)
  const [first = 0, second = 0] = claimedAtMs
  assert.ok(second - first >= 990, `rested ${second - first} ms`)
})

test("a runner that has had nothing to do for a while ends by itself, and one that takes jobs once does so after them", {
  skip,
}, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const job = await bench.job({ command: "true" })
  server.queue.push(job)
  const runner = await bench.start({ idleExitMs: 300 })
  await runner.ended
  assert.equal(server.finished.get(keyOf(job))?.state, "complete")
  server.queue.push({ ...job, job: "b".repeat(24) })
  const once = await bench.start({ once: true })
  await once.ended
  assert.equal(server.finished.get(`${"b".repeat(24)}-1`)?.state, "complete")
})

test("a result that the server never takes ends its job, and is not tried for ever", { skip }, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const command = `echo '{"session": {"info": {"a": 1}}}' > output/.metadata.json; echo out > output/a.txt`
  const [spoken, long] = [await bench.job({ command }), await bench.job({ command: `${command}; : long` })]
  server.refuses = ({ metadata }) => {
    const problem = "Cannot read the body: it has half of a character"
    return metadata === undefined ? undefined : new GeartrainError("REQUEST_INVALID", problem)
  }
  server.queue.push(spoken)
  const runner = await bench.start()
  await server.over(spoken)
  server.refuses = ({ outputs }) =>
    outputs.length > 0 ? new GeartrainError("REQUEST_TOO_LARGE", "Cannot take the body: it is too large") : undefined
  server.queue.push(long)
  await server.over(long)
  await runner.drain()
  const told = [spoken, long].map((job) => server.finished.get(keyOf(job)))
  assert.deepEqual(
    told.map((report) => [report?.state, report?.reason, report?.outputs.map(({ name }) => name).toSorted()]),
    [
      ["failed", "METADATA_INVALID", [".metadata.json", "a.txt"]],
      ["failed", "OUTPUT_REFUSED", []],
    ],
  )
  assert.match(told[0]?.message ?? "", /half of a character/)
  assert.equal(server.released.size, 0)
})

test("gears that no job has make room, the longest unused first, and are fetched again", { skip }, async (context) => {
  const server = fakeServer()
  const bench = await openRunnerBench(server, context)
  const first = await bench.job({ command: "sleep 0.1" })
  const second = await bench.job({ command: "sleep 0.1" })
  const again = (job: ClaimedJob, n: number): ClaimedJob => ({ ...job, job: `b${n}`.padStart(24, "0") })
  const runner = await bench.start({ slots: 1 })
  const run = async (...jobs: readonly ClaimedJob[]): Promise<void> => {
    server.queue.push(...jobs)
    await server.over(...jobs)
    for (const job of jobs) assert.equal(server.finished.get(keyOf(job))?.state, "complete")
  }
  // Often enough for root filesystems that are mounted beforehand.
  await run(...[1, 2, 3, 4].map((n) => again(first, n)))
  await run(second)
  const { engine } = runner
  const kept = async (): Promise<readonly GearId[]> => (await engine.gears.listGears()).map(({ id }) => id)
  const used = new Map([
    [first.gear.id, 1],
    [second.gear.id, 2],
  ])
  const shelf = new GearShelf({ engine } as unknown as RunnerPorts)
  const usedMs = (gear: GearId): number | undefined => used.get(gear)
  const trim = (mostBytes: number, isUsed: (gear: GearId) => boolean): Promise<number> =>
    trimGears({ engine }, { usedMs, clear: shelf.clear.bind(shelf) }, { mostBytes, isUsed })
  assert.equal(await trim(1024 ** 3, () => false), 0)
  assert.equal(await trim(0, () => true), 0, "a job has them")
  assert.deepEqual(await kept(), [first.gear.id, second.gear.id])
  const { storedBytes } = (await engine.roots.list()[Symbol.asyncIterator]().next()).value as StoredRoot
  assert.ok((await trim(storedBytes + 1, () => false)) > 0)
  assert.deepEqual(await kept(), [second.gear.id], "the one that was used last stays")
  assert.ok((await trim(0, () => false)) > 0)
  assert.deepEqual(await kept(), [])
  for await (const root of engine.roots.list()) assert.fail(`${root.path} is left`)
  await run(...[5, 6, 7].map((n) => again(first, n)))
  assert.deepEqual(await kept(), [first.gear.id])
  await runner.drain()
})

test("whoever takes a gear that is being removed waits until it is gone", async () => {
  const gear = `sha256:${"1".repeat(64)}` as const
  const steps: string[] = []
  const engine = {
    gears: { getGear: async () => void steps.push("asked") },
  } as unknown as RunnerPorts["engine"]
  const shelf = new GearShelf({
    engine,
    tell: () => {
      throw new Error("fetched")
    },
  } as unknown as RunnerPorts)
  const removal = Promise.withResolvers<void>()
  const clearing = shelf.clear(
    [gear],
    () => false,
    () => removal.promise,
  )
  const taking = shelf.take({ id: gear } as ClaimedJob["gear"], {} as FetchOptions)
  const failing = assert.rejects(taking, /fetched/)
  await new Promise((resolve) => setImmediate(resolve))
  steps.push("removed")
  removal.resolve()
  assert.equal(await clearing, true)
  await failing
  assert.deepEqual(steps, ["removed", "asked"])
})
