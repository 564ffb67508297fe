import assert from "node:assert/strict"
import { test } from "node:test"
import { type Gear, JOB_RECORD_FORMAT, type JobRecord } from "@geartrain/spec"
import { FilePlanner, type PlannedFiles } from "../write/plan-files.ts"
import { gearSection } from "./gear-section.ts"
import { jobAnchor, jobSection } from "./job-section.ts"

const A = `sha256:${"a".repeat(64)}` as const
const B = `sha256:${"b".repeat(64)}` as const

function recordOf(id: string, changes: object = {}): JobRecord {
  return {
    ...{ format: JOB_RECORD_FORMAT, id, state: "complete", invocationDigest: B, command: ["run", "--fast"] },
    gear: { id: A, name: "brain", version: "1.2", platform: "linux/amd64", tree: B, origin: {} },
    invocation: { inputs: {}, config: {}, network: "none" },
    ...{ inputs: {}, outputs: [], skippedOutputs: [], limits: {}, history: [] },
    host: { name: "h", kernel: "6.1", architecture: "x86_64", cpus: 2, memoryBytes: 1 },
    ...{ engine: { version: "0.1", node: "24" }, created: "2020-01-01T00:00:00.000Z" },
    ...changes,
  } as unknown as JobRecord
}

/** A record whose files all travel, but for inputs of these digests. */
function planned(record: JobRecord, away: readonly string[] = []): Promise<PlannedFiles> {
  const open = async function* () {}
  return new FilePlanner(async ({ digest }) =>
    away.includes(digest) ? { why: "It stays" } : { open, changed: (problem) => new Error(problem) },
  ).plan(record)
}

const MADE = recordOf("111111111111111111111111", { outputs: [{ path: "map.nii", digest: B, sizeBytes: 1_234_567 }] })
const READ = recordOf("222222222222222222222222", {
  invocation: { inputs: { map: { base: "file", name: "map.nii", digest: B } }, config: {}, network: "none" },
  inputs: { map: { path: "/x/map.nii", sizeBytes: 1_234_567 } },
})

test("an input that another job of the bundle made leads there, and to nobody where none did", async () => {
  const jobs = [await planned(MADE), await planned(READ)] as const
  const text = jobSection(jobs[1], jobs).text
  assert.match(text, /made by <a href="#job-1{24}">job 111111111111<\/a>/)
  assert.equal(jobAnchor(MADE), `job-${"1".repeat(24)}`)
  assert.doesNotMatch(jobSection(jobs[1], [jobs[1]]).text, /made by/)
  assert.doesNotMatch(jobSection(jobs[0], jobs).text, /made by/, "an output is of the job itself")
})

test("a job that reads what it has put out leads to itself by no link", async () => {
  const own = await planned({ ...READ, outputs: MADE.outputs })
  assert.doesNotMatch(jobSection(own, [own]).text, /made by/)
})

test("what stays away has its name and no link, and sizes can be read", async () => {
  const there = jobSection(await planned(READ), []).text
  assert.match(there, /<a href="[^"]+">map: map\.nii<\/a>/)
  assert.match(there, />1,234,567</)
  const away = jobSection(await planned(READ, [B]), []).text
  assert.match(away, /map: map\.nii <span class="away">\(not in it\)<\/span>/)
})

test("a thousand files are listed, and of more it is said how many", async () => {
  const outputs = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `${index}.txt`, digest: A, sizeBytes: 1 }))
  for (const [count, rows, says] of [
    [1000, 1000, undefined],
    [1002, 1000, "And 2 more, which the record lists."],
  ] as const) {
    const { text } = jobSection(await planned(recordOf("3", { outputs: outputs(count) })), [])
    assert.equal(text.split('<td class="name">').length - 1, rows)
    assert.equal(/And \d+ more[^<]*/.exec(text)?.[0], says)
  }
  assert.match(jobSection(await planned(recordOf("3")), []).text, /<h3>Outputs<\/h3><p>None\.<\/p>/)
})

test("how a job ended is told in full, and what is not known is left out", async () => {
  const failed = recordOf("4", {
    ...{ state: "failed", exit: { code: 137 }, failure: { reason: "OUT_OF_MEMORY", message: "It took too much" } },
    ...{
      started: "2020-01-02T03:04:05.000Z",
      ended: "2020-01-02T04:00:00.000Z",
      usage: { peakMemoryBytes: 1_048_577 },
    },
    provider: { name: "crun", version: "1.2" },
  })
  const { text } = jobSection(await planned(failed), [])
  assert.match(text, /<dd>failed: OUT_OF_MEMORY, It took too much \(exit code 137\)<\/dd>/)
  assert.match(text, /<dd>2020-01-02 03:04 UTC to 2020-01-02 04:00 UTC<\/dd>/)
  assert.match(text, /<dt>Most memory<\/dt><dd>2 MiB<\/dd>/)
  assert.match(text, /<dd>Geartrain 0\.1, crun 1\.2<\/dd>/)
  const plain = jobSection(await planned(recordOf("4")), []).text
  assert.match(plain, /<dd>complete<\/dd>/)
  assert.doesNotMatch(plain, /<dt>(Ran|Most memory)<\/dt>|undefined/)
})

test("values of the config are shown as they are, and texts without quotes", async () => {
  const config = { text: "a b", number: 1.5, list: ["x", { b: 1, a: 2 }], off: false, none: null }
  const { text } = jobSection(await planned(recordOf("5", { invocation: { inputs: {}, config, network: "none" } })), [])
  assert.deepEqual(
    [...text.matchAll(/<code>([^<]*)<\/code>/g)].map(([, value]) => value),
    ["a b", "1.5", "[&quot;x&quot;,{&quot;a&quot;:2,&quot;b&quot;:1}]", "false", "null"],
  )
})

test("every verdict has its words, and a job that was verified once has no history", async () => {
  for (const [verdict, words] of [
    ["equivalent", /class="verdict good">equivalent<\/span> run again: outputs differed only in what/],
    ["different", /class="verdict bad">different</],
    ["undecided", /class="verdict open">undecided<\/span> it could not be run again/],
  ] as const) {
    const history = [{ at: "2020-02-02T03:04:05.000Z", job: "1", provider: "crun", verdict, differences: [] }]
    const { text } = jobSection(await planned(recordOf("6", { history })), [])
    assert.match(text, words)
    assert.doesNotMatch(text, /Verified before/)
  }
})

test("of a gear what its author left empty is not shown, and ids are", () => {
  const manifest = { name: "brain", version: "1.2", label: "Brain", description: "", author: "A. B.", license: "MIT" }
  const gear = { id: A, tree: B, platform: "linux/amd64", manifest: { ...manifest, url: "", source: "" } }
  const { text } = gearSection(gear as unknown as Gear, "gears/a b/gear.json")
  const titles = [...text.matchAll(/<dt>([^<]+)<\/dt>/g)].map(([, title]) => title)
  assert.deepEqual(titles, ["Author", "Licence", "Platform", "Gear id", "Tree digest"])
  assert.match(text, /<a href="\.\/gears\/a%20b\/gear\.json">brain 1\.2<\/a>/)
})
