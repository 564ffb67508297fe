import assert from "node:assert/strict"
import { test } from "node:test"
import { type Gear, JOB_RECORD_FORMAT, type JobRecord } from "@geartrain/spec"
import { html, linkTo } from "../../../provenance/page/html.ts"
import { FilePlanner } from "../write/plan-files.ts"
import { withoutPlaces } from "../write/private-places.ts"
import { bundlePage } from "./bundle-page.ts"

const DIGEST = `sha256:${"a".repeat(64)}` as const
const OTHER = `sha256:${"b".repeat(64)}` as const
const EVIL = `"><script>alert('x')</script><img src=http://evil/>&`

const GEAR = {
  id: DIGEST,
  tree: OTHER,
  platform: "linux/amd64",
  manifest: {
    name: "g",
    version: "1",
    label: EVIL,
    description: EVIL,
    author: EVIL,
    license: "MIT",
    url: "",
    source: "",
  },
} as unknown as Gear

const RECORD = {
  format: JOB_RECORD_FORMAT,
  id: "0123456789abcdef01234567",
  state: "complete",
  gear: {
    id: DIGEST,
    name: EVIL,
    version: "1",
    platform: "linux/amd64",
    tree: OTHER,
    origin: { kind: "folder", reference: "/home/ann/patient-7/gear" },
  },
  invocation: {
    inputs: { scan: { base: "file", name: EVIL, digest: DIGEST, object: {} } },
    config: { [EVIL]: EVIL },
    network: "none",
  },
  invocationDigest: OTHER,
  command: ["bash", "-c", EVIL],
  inputs: { scan: { path: "/home/ann/patient-7/scan.nii", sizeBytes: 12 } },
  outputs: [
    { path: "a b/../c", digest: OTHER, sizeBytes: 1_234_567, freed: "2020" },
    { path: "same", digest: OTHER, sizeBytes: 1_234_567 },
  ],
  skippedOutputs: [],
  host: { name: "ann-laptop", kernel: "6", architecture: "x86_64", cpus: 2, memoryBytes: 1 },
  engine: { version: "0", node: "24" },
  limits: {},
  history: [
    { at: "2020-01-02T03:04:05.000Z", job: "1", provider: "crun", verdict: "different", differences: [] },
    { at: "2020-02-02T03:04:05.000Z", job: "2", provider: EVIL, verdict: "identical", differences: [] },
  ],
  created: "2020-01-01T00:00:00.000Z",
} as unknown as JobRecord

async function page(record: JobRecord = RECORD): Promise<string> {
  const planner = new FilePlanner(async ({ role }) =>
    role === "input" ? { why: EVIL } : { open: async function* () {}, changed: (problem) => new Error(problem) },
  )
  const files = [await planner.plan(record)]
  const listed = { id: DIGEST, name: "g", version: "1", document: "gears/g.json", root: "gears/root.tar", gear: GEAR }
  const standIns = files.flatMap((job) => job.standIns)
  return bundlePage({ title: EVIL, files, gears: [listed], standIns, methods: EVIL, documents: [] })
}

test("whatever a record, a gear or an author says is text on the page, and nothing else", async () => {
  const text = await page()
  assert.doesNotMatch(text, /<script|<img/)
  assert.ok(text.includes("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)"))
  // Whatever is opened is closed, so that no name can swallow what follows.
  for (const tag of ["table", "section", "dl", "ul", "pre", "h2", "h3", "p", "td", "a"])
    assert.equal(text.split(`<${tag}>`).length + text.split(`<${tag} `).length - 1, text.split(`</${tag}>`).length, tag)
})

test("the page loads nothing, runs nothing and says in which language it is", async () => {
  const text = await page()
  assert.match(text, /^<!doctype html>\n<html lang="en">/)
  assert.match(text, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'/)
  assert.doesNotMatch(text, /<[^>]*\s(src|on\w+|style)=|@import|url\(/)
})

test("every anchor that is linked is there, and every heading of a table belongs to a column", async () => {
  const text = await page()
  const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  for (const [, anchor] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(anchor as string), anchor)
  assert.equal(text.split("<th ").length, text.split('<th scope="col"').length)
})

test("the last verdict counts, and all are told", async () => {
  const text = await page()
  assert.match(
    text,
    /<span class="verdict good">identical<\/span> run again: every output had the same bytes, 2020-02-02 03:04 UTC/,
  )
  assert.match(text, /2020-01-02 03:04 UTC: different under crun/)
  const never = await page({ ...RECORD, history: [] })
  assert.match(never, /<span class="verdict">not verified<\/span>/)
})

test("an unsafe name has a safe place, and bytes that are there twice have one", async () => {
  const planner = new FilePlanner(async () => ({
    open: async function* () {},
    changed: (problem) => new Error(problem),
  }))
  const { members, paths } = await planner.plan(RECORD)
  assert.deepEqual(
    members.map(({ path }) => path),
    [`files/${"a".repeat(64)}`, `files/${"b".repeat(64)}`],
  )
  assert.equal(paths.output.get("same"), paths.output.get("a b/../c"))
})

test("a record that is handed on says what decides a result, and not where things lay or whose machine it was", () => {
  const given = withoutPlaces(RECORD)
  assert.doesNotMatch(JSON.stringify(given), /ann|patient|freed/)
  assert.equal(given.inputs["scan"]?.path, "scan.nii")
  assert.equal(given.gear.origin.reference, "gear")
  assert.deepEqual(given.invocation, RECORD.invocation)
})

test("what html writes is not escaped again, and what hides is shown", () => {
  assert.equal(html`<p>${html`<b>${"<"}</b>`}${[html`a`, html`b`]}${1}</p>`.text, "<p><b>&lt;</b>ab1</p>")
  assert.equal(html`${"a\u202eb\u0000\u200b"}`.text, "a\\u{202e}b\\u{0}\\u{200b}")
  assert.equal(linkTo("a?b#c/d e%"), "./a%3Fb%23c/d%20e%25")
})
