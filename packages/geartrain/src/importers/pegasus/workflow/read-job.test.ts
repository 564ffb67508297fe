import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { asMap, type Place } from "../place.ts"
import { parsePegasusText } from "../yaml/pegasus-document.ts"
import { readsFile, writesFile } from "./abstract-workflow.ts"
import { readChecksum, readHooks, readMetadata } from "./hooks.ts"
import { mergeProfiles, PROFILE_NAMESPACES, profileOf, readProfiles } from "./profiles.ts"
import { readJob } from "./read-job.ts"

function placed(text: string): Place {
  return { document: parsePegasusText(text, "w.yml") }
}

function job(text: string): ReturnType<typeof readJob> {
  const place = placed(text)
  return readJob(asMap(place.document.value, place), place)
}

function refuses(read: () => unknown, says: RegExp): void {
  assert.throws(read, (error: unknown) => {
    assert.ok(isGeartrainError(error, "PEGASUS_DOCUMENT_INVALID"), String(error))
    assert.match(error.message, says)
    return true
  })
}

test("a job has what is written, and what the format takes for granted", () => {
  const read = job(
    "id: A-1_b\nname: sort\nversion: 1.0\nnodeLabel: 7\narguments: [-n, 3, true]\nuses: [{lfn: a, type: INPUT}]",
  )
  assert.deepEqual([read.type, read.id, read.name, read.version, read.label], ["job", "A-1_b", "sort", "1.0", "7"])
  assert.deepEqual(read.arguments, ["-n", "3", "true"])
  assert.deepEqual(read.uses, [
    {
      lfn: "a",
      type: "input",
      stageOut: true,
      register: true,
      optional: false,
      executable: false,
      bypass: false,
      forPlanning: false,
      metadata: {},
    },
  ])
  assert.ok(!Object.hasOwn(read, "namespace") && !Object.hasOwn(read, "stdin"))
})

test("a size is taken as a number or as digits, and none is none", () => {
  const sizes = ["7", "'7'", "1.5e3", "0", "null"].map(
    (size) => job(`id: A\nname: n\nuses: [{lfn: a, type: input, size: ${size}}]`).uses[0]?.sizeBytes,
  )
  assert.deepEqual(sizes, [7, 7, 1500, 0, undefined])
})

test("files of streams are used, once, listed or not", () => {
  const read = job(
    "id: A\nname: n\nstdin: in\nstdout: out\nstderr: out\nuses:\n- {lfn: in, type: input, stageOut: 'false'}",
  )
  assert.deepEqual(
    read.uses.map(({ lfn, type, stageOut }) => [lfn, type, stageOut]),
    [
      ["in", "input", false],
      ["out", "output", true],
      ["out", "output", true],
    ],
  )
})

test("a sub-workflow is named by its file", () => {
  assert.equal(job("type: pegasusWorkflow\nid: S\nfile: inner.yml").name, "inner.yml")
  refuses(() => job("type: pegasusWorkflow\nid: S\nname: inner"), /it has no file/)
})

test("what a job cannot be is refused with its line and its name", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["name: n", /w\.yml:1": it has no id/],
    ["id: ../../etc\nname: n", /w\.yml:1": id: "\.\.\/\.\.\/etc" has other characters/],
    ["id: ''\nname: n", /id is empty/],
    ["id: A\nname: n\ntype: script", /w\.yml:3": type: "script" is none of/],
    ["id: A\nname: n\narguments: {a: 1}", /w\.yml:3": arguments: a list is expected/],
    ["id: A\nname: n\narguments:\n- a\n- [b]", /w\.yml:5": arguments\[1\]: a text is expected, and a list/],
    ["id: A\nname: n\nuses:\n- {type: input}", /w\.yml:4": uses\[0\]: it has no lfn/],
    ["id: A\nname: n\nuses:\n- {lfn: a, type: inputs}", /uses\[0\]\.type: "inputs" is none of/],
    [
      "id: A\nname: n\nuses:\n- {lfn: a, type: input, size: big}",
      /uses\[0\]\.size: a number that is not below 0 is expected/,
    ],
    ["id: A\nname: n\nuses:\n- {lfn: a, type: input, size: ''}", /uses\[0\]\.size: a number that is not below 0/],
    ["id: A\nname: n\nuses:\n- {lfn: a, type: input, size: -1}", /uses\[0\]\.size: .*, and "-1" is there/],
    ["id: A\nname: n\nuses:\n- {lfn: a, type: input, stageOut: maybe}", /stageOut: true or false is expected/],
  ]
  for (const [text, says] of cases) refuses(() => job(text), says)
})

test("who reads and who writes a file follows from its link", () => {
  const uses = job(
    "id: A\nname: n\nuses:\n" +
      ["input", "output", "inout", "checkpoint", "none"].map((type) => `- {lfn: ${type}, type: ${type}}\n`).join(""),
  ).uses
  const named = (picks: (use: (typeof uses)[number]) => boolean): readonly string[] =>
    uses.filter(picks).map(({ lfn }) => lfn)
  assert.deepEqual(named(readsFile), ["input", "inout"])
  assert.deepEqual(named(writesFile), ["output", "inout", "checkpoint"])
})

test("hooks are read of every kind, and what is private is passed over", () => {
  const place = placed("shell: [{_on: start, cmd: date}, {_on: end, cmd: mail}]\nx-own: 7\n")
  assert.deepEqual(readHooks(place.document.value, place), [
    { on: "start", command: "date" },
    { on: "end", command: "mail" },
  ])
  assert.deepEqual(readHooks(null, place), [])
  const bad = placed("shell: [{_on: start}]")
  refuses(() => readHooks(bad.document.value, bad), /shell\[0\]: it has no cmd/)
})

test("metadata is text, and keeps a name that all objects have", () => {
  const place = placed("a: 1\nb: true\nc:\nx-d: hidden\n__proto__: kept\n")
  const metadata = readMetadata(place.document.value, place)
  assert.deepEqual(Object.entries(metadata), [
    ["a", "1"],
    ["b", "true"],
    ["c", ""],
    ["__proto__", "kept"],
  ])
  const bad = placed("a: [1]")
  refuses(() => readMetadata(bad.document.value, bad), /a: a text is expected/)
})

test("a checksum is taken from either way to write it, in small letters", () => {
  const read = (text: string): string | undefined => {
    const place = placed(text)
    return readChecksum(place.document.value, place)
  }
  assert.equal(read("sha256: ABC"), "abc")
  assert.equal(read("type: sha256\nvalue: DEF"), "def")
  assert.equal(read("type: md5\nvalue: DEF"), undefined)
  assert.equal(read("sha256:"), undefined)
  refuses(() => read("sha256: [a]"), /sha256: a text is expected/)
})

test("profiles are text by namespace, the unknown ones too", () => {
  const place = placed("env: {A: 1, B:, x-C: no}\npegasus:\nx-own: {a: b}\nodd: {k: v}\n")
  assert.deepEqual(readProfiles(place.document.value, place), { env: { A: "1", B: "" }, odd: { k: "v" } })
  assert.ok(PROFILE_NAMESPACES.has("env") && !PROFILE_NAMESPACES.has("odd"))
  const bad = placed("env: [A]")
  refuses(() => readProfiles(bad.document.value, bad), /env: names with values are expected/)
})

test("profiles called as what all objects have change no other profile", () => {
  const place = placed("__proto__: {env: x}\nenv: {__proto__: y}\n")
  const profiles = readProfiles(place.document.value, place)
  assert.deepEqual(Object.keys(profiles), ["__proto__", "env"])
  assert.equal(Object.getPrototypeOf(profiles), Object.prototype)
  assert.deepEqual(Object.entries(profiles["env"] ?? {}), [["__proto__", "y"]])
  const merged = mergeProfiles([profiles, {}])
  assert.deepEqual(Object.keys(merged).toSorted(), ["__proto__", "env"])
  assert.equal(Object.getPrototypeOf(merged), Object.prototype)
})

test("the strongest layer that has a value gives it", () => {
  const layers = [{ env: { A: "strong" } }, { env: { A: "weak", B: "" }, pegasus: { cores: "2" } }]
  assert.equal(profileOf(layers, "env", "A"), "strong")
  assert.equal(profileOf(layers, "env", "B"), "")
  assert.equal(profileOf(layers, "env", "C"), undefined)
  assert.equal(profileOf(layers, "condor", "A"), undefined)
  assert.deepEqual(mergeProfiles(layers), { env: { A: "strong", B: "" }, pegasus: { cores: "2" } })
  assert.deepEqual(mergeProfiles([]), {})
  assert.deepEqual(layers[1]?.env, { A: "weak", B: "" })
})
