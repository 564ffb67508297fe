import assert from "node:assert/strict"
import { test } from "node:test"
import { hexOf, type JobRecord, type JsonValue } from "@geartrain/spec"
import { digest, gear, job } from "../../../test/stores/records/sample-records.ts"
import { actionEntities } from "./action-entities.ts"
import type { CrateEntity } from "./crate.ts"
import { COMPLETED, FAILED } from "./crate-terms.ts"
import type { CratedJob } from "./crated-job.ts"
import { inputEntities, knownFileEntity, outputEntities, witnessEntities } from "./file-entities.ts"
import { gearEntities, imageId, toolId } from "./gear-entities.ts"

function crated(record: JobRecord, places: Partial<CratedJob> = {}): CratedJob {
  return { record, recordPath: "job.json", inputPaths: new Map(), outputPaths: new Map(), ...places }
}

function ended(changes: Partial<JobRecord> = {}): JobRecord {
  return job(1, { state: "complete", ...changes })
}

function reading(inputs: JobRecord["invocation"]["inputs"], config: Record<string, JsonValue> = {}): JobRecord {
  const record = ended({ inputs: { scan: { path: "/d/a b.nii.gz", sizeBytes: 5 } } as unknown as JobRecord["inputs"] })
  return { ...record, invocation: { ...record.invocation, inputs, config, environment: {} } }
}

const SCAN = { base: "file", name: "a b.nii.gz", digest: digest(7), object: {} } as const
const ids = (entities: readonly CrateEntity[]): readonly string[] => entities.map((one) => one["@id"])

test("a file with a place in the crate is a File under its path; one without is known by its digest, and no part", () => {
  const known = { name: "sub/50% x.csv", digest: digest(3), sizeBytes: 9 }
  assert.deepEqual(knownFileEntity(known, "in/50% x.csv"), {
    ...{ "@id": "in/50%25%20x.csv", "@type": "File", name: "sub/50% x.csv" },
    ...{ contentSize: "9", encodingFormat: "text/csv", sha256: hexOf(digest(3)) },
  })
  const outside = knownFileEntity(known, undefined)
  assert.deepEqual([outside["@id"], outside["@type"]], [`#file-${hexOf(digest(3))}`, "CreativeWork"])
})

test("a file that lies under another name says the name that the gear saw, and a size that is not known is not told", () => {
  const { contentSize, alternateName } = knownFileEntity({ name: "a.csv", digest: digest(3) }, "in/1-a.csv")
  assert.deepEqual([contentSize, alternateName], [undefined, "a.csv"])
  assert.equal(knownFileEntity({ name: "a.csv", digest: digest(3), sizeBytes: 0 }, "a.csv")["contentSize"], "0")
})

test("inputs that are files are told in order, each at its place, and others are no files", () => {
  const record = reading({ note: { base: "context", value: 1 }, scan: SCAN } as never)
  assert.deepEqual(ids(inputEntities(crated(record))), [`#file-${hexOf(digest(7))}`])
  const [placed] = inputEntities(crated(record, { inputPaths: new Map([["scan", "inputs/a b.nii.gz"]]) }))
  assert.deepEqual([placed?.["@id"], placed?.["contentSize"]], ["inputs/a%20b.nii.gz", "5"])
})

test("the record and the log tell of the action, and are none of its results", () => {
  const record = ended({ outputs: [{ path: "o.txt", digest: digest(4), sizeBytes: 1 }] })
  const withLog = crated(record, { logPath: "log.txt", outputPaths: new Map([["o.txt", "outputs/o.txt"]]) })
  assert.deepEqual(ids(witnessEntities(withLog, "#run")), ["job.json", "log.txt"])
  assert.deepEqual(ids(witnessEntities(crated(record), "#run")), ["job.json"])
  assert.deepEqual(ids(outputEntities(withLog)), ["outputs/o.txt"])
  const [action] = actionEntities(withLog, undefined)
  assert.deepEqual(action?.["result"], [{ "@id": "outputs/o.txt" }])
})

test("values are told plainly where they are plain, and else as canonical JSON", () => {
  const config = { n: 0.5, yes: true, text: "ü", list: [2, 1], none: null, map: { b: 1, a: 2 } }
  const entities = actionEntities(crated(reading({}, config)), undefined)
  const values = entities.filter((one) => one["@type"] === "PropertyValue").map(({ name, value }) => [name, value])
  assert.deepEqual(values, [
    ["n", 0.5],
    ["yes", true],
    ["text", "ü"],
    ["list", "[2,1]"],
    ["none", "null"],
    ["map", '{"a":2,"b":1}'],
  ])
})

test("what was found around the destination is a value of the action, and names are escaped in identifiers", () => {
  const inputs = { "my note": { base: "context", value: { x: 1 } }, unset: { base: "context" } } as never
  const record = reading(inputs, { "a/b c": 1 })
  const found = ids(actionEntities(crated(record), undefined))
  assert.ok(found.includes(`#context-${record.id}-my%20note`))
  assert.ok(found.includes(`#config-${record.id}-a%2Fb%20c`))
  assert.ok(!found.some((id) => id.includes("unset")))
})

test("an action that failed says why, and one that began or ended at no known time says none", () => {
  const failure = {
    reason: "TIME_LIMIT",
    culprit: "resources",
    message: "it took too long",
    next: "Give it more",
  } as const
  const [failed] = actionEntities(crated({ ...reading({}), state: "failed", failure }), undefined)
  assert.deepEqual(failed?.["actionStatus"], { "@id": FAILED })
  assert.equal(failed?.["error"], "TIME_LIMIT: it took too long")
  const record = { ...reading({}), started: undefined, ended: undefined, provider: undefined } as unknown as JobRecord
  const [action] = actionEntities(crated(record), { "@id": "#me", "@type": "Person" })
  assert.deepEqual([action?.["actionStatus"], action?.["agent"]], [{ "@id": COMPLETED }, { "@id": "#me" }])
  for (const name of ["error", "startTime", "endTime"]) assert.ok(!Object.hasOwn(action ?? {}, name), name)
  assert.match(String(action?.["description"]), /before it reached a provider/)
})

test("a tool is told by its manifest where that is kept, without addresses that are none, and else by the record", () => {
  const { manifest } = gear(1)
  const record = ended()
  const tool = (changes: Readonly<Record<string, string>>) =>
    gearEntities(record, gear(1, { manifest: { ...manifest, ...changes } as typeof manifest }))[0] ?? assert.fail()
  assert.equal(tool({ label: "Nice" })["name"], "Nice")
  assert.equal(tool({ label: "" })["name"], record.gear.name)
  assert.equal(tool({ url: "https://example.org/x" })["url"], "https://example.org/x")
  for (const url of ["", "example.org", "javascript:alert(1)", "https://a b"])
    assert.ok(!Object.hasOwn(tool({ url, source: url }), "url"), url)
  assert.ok(!Object.hasOwn(tool({ cite: "" }), "citation"))
  const [bare] = gearEntities(record, undefined)
  assert.deepEqual([bare?.["name"], bare?.["identifier"]], [record.gear.name, record.gear.id])
  assert.ok(!Object.hasOwn(bare ?? {}, "license"))
})

test("an image says which digest is told of it, and from which registry it came", () => {
  const image = (origin: Partial<JobRecord["gear"]["origin"]>) => {
    const record = ended()
    return gearEntities(
      { ...record, gear: { ...record.gear, origin: { ...record.gear.origin, ...origin } } },
      undefined,
    )[1]
  }
  const plain = image({})
  assert.equal(plain?.["sha256"], hexOf(ended().gear.tree))
  assert.match(String(plain?.["description"]), /canonical listing/)
  assert.ok(!Object.hasOwn(plain ?? {}, "additionalType") && !Object.hasOwn(plain ?? {}, "registry"))
  const pulled = image({ kind: "registry", reference: "registry.example/lab/tool:1", imageDigest: digest(0x99) })
  assert.deepEqual([pulled?.["registry"], pulled?.["sha256"]], ["registry.example", hexOf(digest(0x99))])
  assert.ok(Object.hasOwn(pulled ?? {}, "additionalType"))
})

test("one gear and one root filesystem have one identifier in all crates", () => {
  const record = ended()
  assert.deepEqual(ids(gearEntities(record, undefined)), [toolId(record), imageId(record)])
  assert.equal(toolId(record), `#gear-${hexOf(record.gear.id)}`)
  assert.equal(imageId(record), `#image-${hexOf(record.gear.tree)}`)
})
