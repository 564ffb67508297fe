import assert from "node:assert/strict"
import { test } from "node:test"
import ajv2020 from "ajv/dist/2020.js"
import fc from "fast-check"
import { isGeartrainError } from "../errors/geartrain-error.ts"
import type { JsonObject } from "../json/json-value.ts"
import { parseManifest } from "../manifest/parse-manifest.ts"
import { additionManifestFaults } from "./addition-manifest-faults.ts"
import { GEAR_ADDITIONS_SCHEMA } from "./additions-schema.ts"
import { readDuration, readSize } from "./amounts.ts"
import { matchesFile } from "./file-pattern.ts"
import { findAdditionFaults } from "./find-addition-faults.ts"
import type { AddedTo } from "./gear-additions.ts"
import { readAdditions } from "./read-additions.ts"

const validate = new ajv2020.default({ strict: true, strictRequired: false, strictTypes: false }).compile(
  GEAR_ADDITIONS_SCHEMA,
)

const FULL: JsonObject = {
  resources: { cpus: 0.5, memory: "8g", disk: "20 GiB", time: "2h30m", gpu: 0 },
  inputs: { scans: { takes: "files", atLeast: 2, atMost: 100 } },
  secrets: { license: { description: "Of the program", optional: true } },
  outputs: {
    mask: { files: ["*_mask.nii.gz"], type: "nifti", sensitivity: "personal" },
    report: { files: ["**/*.html"], optional: true },
  },
  config: { fraction: { unit: "mm", when: { mode: ["slow"] }, advanced: true } },
  groups: [{ label: "Extraction", config: ["mode", "fraction"] }],
  compare: [
    {
      files: ["*.json"],
      fields: ["/created", "/runs/*/time"],
      ignore: ["^#"],
      numbers: { relative: 1e-6 },
      order: "any",
    },
  ],
}

function manifestWith(geartrain: JsonObject | undefined): AddedTo {
  return {
    inputs: { scans: { base: "file" }, word: { base: "context" } },
    config: { mode: { type: "string", enum: ["fast", "slow"] }, fraction: { type: "number" } },
    ...(geartrain === undefined ? {} : { custom: { geartrain } }),
  }
}

test("everything that can be said is accepted, and is what the published schema describes", () => {
  assert.deepEqual(findAdditionFaults(manifestWith(FULL)), [])
  assert.equal(validate(FULL), true, JSON.stringify(validate.errors))
  assert.equal(readAdditions(manifestWith(FULL)).groups?.[0]?.label, "Extraction")
})

test("a manifest without additions has none", () => {
  assert.deepEqual(readAdditions(manifestWith(undefined)), {})
  assert.deepEqual(readAdditions({ ...manifestWith(undefined), custom: { other: 1 } }), {})
})

const FAULTS: readonly (readonly [additions: JsonObject, told: RegExp, severity?: "warning"])[] = [
  [
    { resorces: {} },
    /^\/resorces "resorces" is not known here, and does nothing \| Rename it to "resources"/,
    "warning",
  ],
  [{ resources: { memroy: "8g" } }, /Rename it to "memory"/, "warning"],
  [{ resources: { memory: "much" } }, /^\/resources\/memory .*\| Write a size such as 512m or 4g/],
  [{ resources: { memory: 8 } }, /^\/resources\/memory found the number 8, wanted a string/],
  [{ resources: { time: "soon" } }, /Write a duration such as 90s/],
  [{ resources: { time: "..h" } }, /"\.\.h" is no amount \| Write a duration/],
  [{ resources: { memory: "0g" } }, /"0g" is no amount/],
  [{ resources: { cpus: 0 } }, /^\/resources\/cpus /],
  [{ inputs: { scan: { takes: "files" } } }, /^\/inputs\/scan the manifest has no input "scan" \| Write "scans"/],
  [{ inputs: { word: { takes: "files" } } }, /"word" is no file input/],
  [{ inputs: { scans: { takes: "many" } } }, /^\/inputs\/scans\/takes .*one of "file", "files", "folder"/],
  [{ inputs: { scans: {} } }, /"takes" is missing/],
  [{ inputs: { scans: { takes: "file", atMost: 2 } } }, /takes one file has no number of files/],
  [{ inputs: { scans: { takes: "files", atLeast: 3, atMost: 2 } } }, /no number is at least 3 and at most 2/],
  [{ secrets: { scans: {} } }, /there is an input "scans", too/],
  [{ secrets: { "../x": {} } }, /cannot be the name of a secret/],
  [{ outputs: { a: { files: [] } } }, /^\/outputs\/a\/files /],
  [{ outputs: { a: { files: ["../x"] } } }, /"\.\.\/x" is no name in the output folder/],
  [{ config: { fractoin: {} } }, /no config value "fractoin" \| Write "fraction"/],
  [{ config: { fraction: { when: { fraction: [1] } } } }, /cannot depend on itself/],
  [{ config: { fraction: { when: { mode: ["slwo"] } } } }, /"mode" is never "slwo"/, "warning"],
  [
    {
      groups: [
        { label: "a", config: ["mode"] },
        { label: "b", config: ["mode"] },
      ],
    },
    /^\/groups\/1\/config\/0 "mode" is in the group "a" already/,
  ],
  [{ compare: [{ files: ["*"], ignore: ["("] }] }, /cannot be used/],
  [{ compare: [{ files: ["*"], order: "none" }] }, /^\/compare\/0\/order /],
]

for (const [additions, told, severity = "error"] of FAULTS) {
  test(`${JSON.stringify(additions)} is ${severity === "error" ? "refused" : "warned of"}`, () => {
    const faults = findAdditionFaults(manifestWith(additions))
    const text = faults.map(({ path, problem, fix }) => `/${path.slice(2).join("/")} ${problem} | ${fix}`).join("\n")
    assert.match(text, told)
    assert.deepEqual([...new Set(faults.map((fault) => fault.severity))], [severity])
    const refused = severity === "error"
    const read = () => readAdditions({ ...manifestWith(additions), name: "bet" })
    if (refused) assert.throws(read, (error) => isGeartrainError(error, "MANIFEST_INVALID"))
    else assert.deepEqual(read(), additions)
  })
}

test("in a text, each fault has its line and column", () => {
  const members = {
    name: "x",
    label: "",
    description: "",
    version: "1",
    author: "",
    license: "MIT",
    url: "",
    source: "",
  }
  const custom = { geartrain: { resources: { memory: 5 }, secretz: {} } }
  const read = parseManifest(JSON.stringify({ ...members, config: {}, inputs: {}, custom }, undefined, 1))
  assert.ok(read.ok)
  assert.deepEqual(
    additionManifestFaults(read).map(({ line, column, where, severity }) => `${line}:${column} ${where} ${severity}`),
    ["15:15 /custom/geartrain/resources/memory error", "17:4 /custom/geartrain/secretz warning"],
  )
})

test("amounts are as people write them", () => {
  assert.deepEqual(["8g", "1.5k", "10", "0", "x", "1e3"].map(readSize), [
    8 * 1024 ** 3,
    1536,
    10,
    undefined,
    undefined,
    undefined,
  ])
  assert.deepEqual(["2h30m", "90", "0", "30m2h", ""].map(readDuration), [
    9_000_000,
    90_000,
    undefined,
    undefined,
    undefined,
  ])
})

test("a pattern matches what the regular expression of the same meaning does", () => {
  const text = fc.stringMatching(/^[ab/]{0,8}$/)
  const pattern = fc.stringMatching(/^[ab/*?]{0,6}$/)
  fc.assert(
    fc.property(pattern, text, (wanted, path) => {
      const source = wanted.replaceAll(/\*\*|\*|\?/g, (word) => ({ "**": ".*", "*": "[^/]*", "?": "[^/]" })[word] ?? "")
      assert.equal(matchesFile(wanted, path), new RegExp(`^${source}$`).test(path), `${wanted} ${path}`)
    }),
    { numRuns: 3000 },
  )
})

test("a hostile pattern takes no time that anybody could notice", () => {
  assert.equal(matchesFile("*a".repeat(200), "a".repeat(5000)), true)
  assert.equal(matchesFile(`${"*a".repeat(200)}b`, "a".repeat(5000)), false)
})
