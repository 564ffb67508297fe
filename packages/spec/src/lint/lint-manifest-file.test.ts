import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { applyEdits } from "../text/text-edit.ts"
import { lintManifestFile } from "./lint-manifest-file.ts"
import { ADVICE_RULES, MANIFEST_LINT_RULES } from "./manifest-rules.ts"

const BASE = {
  name: "a",
  label: "A",
  description: "A",
  version: "1.0.0",
  author: "A",
  license: "MIT",
  url: "",
  source: "",
  config: {},
  inputs: {},
}

function lint(text: string) {
  return lintManifestFile(new TextEncoder().encode(text), "manifest.json").findings
}

function rulesOf(members: object): readonly string[] {
  return lint(JSON.stringify({ ...BASE, ...members })).map(({ rule }) => rule)
}

const config = (name: string, item: object) => ({ config: { [name]: item } })
const input = (item: object) => ({ inputs: { scan: { base: "file", ...item } } })
const builder = (members: object) => ({ custom: { "gear-builder": members } })
const text = { type: "string" }

/** For each rule, what it finds and what it passes over. */
const CASES: Readonly<Record<string, { readonly hits: readonly object[]; readonly passes: readonly object[] }>> = {
  "manifest/addition": {
    hits: [
      { custom: { geartrain: { resources: { memory: "much" } } } },
      { custom: { geartrain: { inputs: { missing: { takes: "files" } } } } },
      { custom: { geartrain: { resurces: {} } } },
    ],
    passes: [{ custom: { geartrain: { resources: { memory: "4g" } } } }, { custom: {} }],
  },
  "manifest/category": {
    hits: [builder({ category: "converters" }), builder({ category: 7 })],
    passes: [builder({ category: "converter" }), builder({}), { custom: { "gear-builder": "x" } }],
  },
  "manifest/command-template": {
    hits: [{ command: "run {{ config.speed }}" }, { command: "{% if x %}a{% endif %}" }],
    passes: [{ command: "run $speed {a,b}" }, {}],
  },
  "manifest/file-type": {
    hits: [input({ type: { enum: ["NIfTI"] } }), input({ type: { enum: ["tabular-data"] } })],
    passes: [input({ type: { enum: ["nifti", "pdb", "fasta", ""] } }), input({ type: { pattern: "x" } }), input({})],
  },
  "manifest/home": {
    hits: [{ environment: { HOME: "/root" } }, { environment: { HOME: "/tmpfiles" } }],
    passes: [{ environment: { HOME: "/tmp/home" } }, { environment: { HOME: "/flywheel/v0/work" } }, {}],
  },
  "manifest/image-tag": {
    hits: [builder({ image: "org/a" }), { custom: { "docker-image": "org/a:latest" } }],
    passes: [
      builder({ image: "org/a:1.0.0" }),
      builder({ image: `org/a@sha256:${"0".repeat(64)}` }),
      builder({ image: "python" }),
    ],
  },
  "manifest/image-version": {
    hits: [builder({ image: "org/a:0.9.0" }), builder({ image: "host:5000/org/a:1.0.1" })],
    passes: [
      builder({ image: "org/a:v1.0.0" }),
      builder({ image: "org/a:main" }),
      builder({ image: "host:5000/org/a" }),
    ],
  },
  "manifest/misspelt": {
    hits: [
      config("x", { ...text, descriptiion: "" }),
      config("x", { type: "integer", max: 3 }),
      input({ typ: { enum: ["nifti"] } }),
      { custom: { flywheel: { show_job: true } } },
    ],
    passes: [
      config("x", { ...text, id: "--x" }),
      input({ modality: { enum: ["MR"] } }),
      { custom: { flywheel: { "show-job": true, show_job: true }, other: { suit: 1 } } },
    ],
  },
  "manifest/network": {
    hits: [{ inputs: { key: { base: "api-key" } } }],
    passes: [{ inputs: { key: { base: "api-key" } }, capabilities: ["networking"] }, input({})],
  },
  "manifest/path": {
    hits: [
      { environment: { PATH: "/opt/fsl/bin" } },
      { environment: { PATH: "/usr/bin:/bin:/root/abin/" } },
      { environment: { PATH: "/bin:bin" } },
      { command: "/root/conda/bin/python run.py" },
    ],
    passes: [{ environment: { PATH: "/opt/fsl/bin/:/bin/:" } }, { command: "ls /root" }, {}],
  },
  "manifest/secret": {
    hits: ["password", "gear-FREESURFER_LICENSE", "apiToken", "api_key", "aws-access-key"].map((name) =>
      config(name, text),
    ),
    passes: [
      ...["lowpass", "token_count_file", "apikey_path_prefix", "answer_key", "passed_output_file"].map((name) =>
        config(name, text),
      ),
      config("token", { type: "boolean" }),
      config("token", { ...text, enum: ["word", "letter"] }),
    ],
  },
  "manifest/secret-value": {
    hits: [
      { environment: { GITHUB: `ghp_${"a1".repeat(18)}` } },
      { environment: { API_TOKEN: "d41d8cd98f00b204" } },
      config("password", { ...text, default: "correct7horse9battery" }),
      { environment: { X: "-----BEGIN RSA PRIVATE KEY-----" } },
    ],
    passes: [
      { environment: { GPG_KEY: "0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D", API_TOKEN: "your-token-12" } },
      config("password", { ...text, default: "" }),
      config("token_path", { ...text, default: "/prod/2024/token" }),
    ],
  },
  "manifest/shell-variable": {
    hits: [{ environment: { SHLVL: "1" } }, { environment: { _: "/usr/bin/env" } }],
    passes: [{ environment: { FSLDIR: "/opt/fsl" } }],
  },
  "manifest/time-zone": {
    hits: [{ environment: { TZ: "" } }, { environment: { TZ: ":/etc/localtime" } }],
    passes: [{ environment: { TZ: "UTC" } }, { environment: { TZ: "Europe/Amsterdam" } }, {}],
  },
  "manifest/unexpanded": {
    hits: [{ environment: { PATH: "/opt/bin:$PATH" } }, { environment: { LIB: "$" + "{HOME}/lib" } }],
    passes: [{ environment: { COST: "5 $", PERL: "$_" } }, {}],
  },
}

for (const [rule, { hits, passes }] of Object.entries(CASES)) {
  test(`${rule} finds what it is for`, () => {
    for (const members of hits) assert.ok(rulesOf(members).includes(rule), JSON.stringify(members))
  })
  test(`${rule} passes over what is right`, () => {
    for (const members of passes) assert.ok(!rulesOf(members).includes(rule), JSON.stringify(members))
  })
}

test("every rule of advice is tried, and every rule has an id of its own", () => {
  assert.deepEqual(ADVICE_RULES.map(({ id }) => id).toSorted(), Object.keys(CASES).toSorted())
  assert.equal(new Set(MANIFEST_LINT_RULES.map(({ id }) => id)).size, MANIFEST_LINT_RULES.length)
})

test("a finding has its place in lines, in characters and as a pointer", () => {
  const [finding] = lint(
    `{"name": "a", "descriptiion": "é"${JSON.stringify({ ...BASE, name: "b" }).replace(/^{"name":"b","label":"A","description":"A"/, ', "label": "A"')}`,
  )
  assert.deepEqual(finding?.place, { file: "manifest.json", line: 1, column: 1, pointer: "/" })
  const second = lint(JSON.stringify({ ...BASE, ...config("x", { type: "integer", default: "10é" }) }, undefined, 2))[0]
  assert.deepEqual(second?.place, {
    file: "manifest.json",
    line: 13,
    column: 18,
    length: 5,
    pointer: "/config/x/default",
  })
  assert.equal(second?.rule, "manifest/default")
  assert.equal(second?.edit, undefined)
})

test("what the specification refuses, and bytes that are no text, are findings too", () => {
  assert.deepEqual(rulesOf({ license: "apache-2.0", extra: 1 }), ["schema/enum", "schema/additionalProperties"])
  const bytes = lintManifestFile(new Uint8Array([0x7b, 0xff]), "m").findings
  assert.deepEqual(
    bytes.map(({ rule }) => rule),
    ["json/not-utf-8"],
  )
  assert.deepEqual(
    lint("").map(({ rule }) => rule),
    ["json/empty"],
  )
})

/** Mends until nothing is left to mend, as `gear lint --fix` does. */
function mended(broken: string): string {
  let current = broken
  for (let round = 0; round < 5; round++) {
    const edits = lint(current).flatMap(({ edit }) => (edit === undefined ? [] : [edit]))
    if (edits.length === 0) return current
    current = applyEdits(current, edits).text
  }
  return current
}

/** A manifest whose formatting nobody would write twice. */
function odd(members: string): string {
  return `{ "name":"a",\n\t"label" : "A", "description": "A",\n  "version": "1",  "author": "A",\n${members}}\n`
}

const REST = `"license": "MIT", "url": "", "source": "",\n "config": {}, "inputs": {}`

const MENDS: readonly (readonly [what: string, broken: string, right: string])[] = [
  ["a comma after the last member", odd(`${REST},`), odd(REST)],
  ["a missing comma", odd(REST.replace('"MIT",', '"MIT"')), odd(REST)],
  ["typographic quotes", odd(REST.replace('"MIT"', "\u201cMIT\u201d")), odd(REST)],
  ["a byte-order mark", `\ufeff${odd(REST)}`, odd(REST)],
  ["words of Python", odd(`${REST}, "flywheel": None`), odd(`${REST}, "flywheel": null`)],
  ["$schema", odd(`"$schema": "x",\n  ${REST}`), odd(REST)],
  ["$schema as the last member", odd(`${REST} ,\n "$schema": "x"`), odd(`${REST} `)],
  ["a misspelt member", odd(REST.replace("source", "sources")), odd(REST)],
  ["a licence in other letters", odd(REST.replace("MIT", "mit")), odd(REST)],
  [
    "types, defaults, rules and optional of a config value",
    odd(
      REST.replace(
        '"config": {}',
        '"config": {"x": {"type": "int", "default": "104", "max" : 200},\n "y": {"type": "bool", "optional": "yes"}}',
      ),
    ),
    odd(
      REST.replace(
        '"config": {}',
        '"config": {"x": {"type": "integer", "default": 104, "maximum" : 200},\n "y": {"type": "boolean", "optional": true}}',
      ),
    ),
  ],
  [
    "an address without its scheme",
    odd(REST.replace('"url": ""', '"url": "www.a.org"')),
    odd(REST.replace('"url": ""', '"url": "https://www.a.org"')),
  ],
  ["a capability", odd(`${REST}, "capabilities": ["network"]`), odd(`${REST}, "capabilities": ["networking"]`)],
  ["a variable that is a number", odd(`${REST}, "environment": {"N": 4}`), odd(`${REST}, "environment": {"N": "4"}`)],
  [
    "a file type",
    odd(REST.replace('"inputs": {}', '"inputs": {"a": {"base": "file", "type": {"enum": ["NIFTI"]}}}')),
    odd(REST.replace('"inputs": {}', '"inputs": {"a": {"base": "file", "type": {"enum": ["nifti"]}}}')),
  ],
]

for (const [what, broken, right] of MENDS) {
  test(`${what} is mended, and nothing else is touched`, () => assert.equal(mended(broken), right))
}

test("what could mean two things is left to the author", () => {
  for (const part of [
    '"config": {"x": {"type": "string", "default": "a", "optional": true}}',
    '"config": {"x": {"type": "string", "optional": "false"}}',
    '"config": {"x": {"type": "integer", "default": 9, "max": 3}}',
    '"config": {"x": {"type": "integer", "default": "9.5"}}',
    '"config": {"x": {"enum": ["a"], "default": "b"}}',
  ]) {
    const broken = odd(REST.replace('"config": {}', part))
    assert.ok(lint(broken).length > 0, part)
    assert.equal(mended(broken), broken)
  }
})

test("every fault that the conformance cases have is known as a rule", () => {
  const folder = join(import.meta.dirname, "../../../../conformance/manifest")
  const cases = globSync("*/manifest.json", { cwd: folder })
  assert.ok(cases.length > 10)
  for (const path of cases) {
    const { findings, manifest } = lintManifestFile(readFileSync(join(folder, path)), path)
    assert.equal(manifest === undefined, path.startsWith("invalid-"), path)
    for (const { rule } of findings) assert.notEqual(rule, "schema/other", path)
  }
})
