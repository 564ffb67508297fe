import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { JsonValue } from "../json/json-value.ts"
import { parseManifest } from "./parse-manifest.ts"

const BASIC = {
  name: "bet",
  label: "Brain extraction",
  description: "Removes the skull",
  version: "1.0.0",
  author: "A. Author",
  license: "Apache-2.0",
  url: "https://example.org/bet",
  source: "",
  config: {},
  inputs: {},
}

/** Every fault, or every warning of a valid manifest, as `severity where keyword: problem | fix`. */
function told(manifest: JsonValue | string): readonly string[] {
  const result = parseManifest(typeof manifest === "string" ? manifest : JSON.stringify(manifest, undefined, 2))
  return (result.ok ? result.warnings : result.faults).map(
    ({ severity, where, keyword, problem, fix }) =>
      `${result.ok ? severity : "fault"} ${where} ${keyword}: ${problem} | ${fix}`,
  )
}

function withConfig(item: JsonValue): JsonValue {
  return { ...BASIC, config: { x: item } }
}

function withInput(input: JsonValue): JsonValue {
  return { ...BASIC, inputs: { x: input } }
}

test("a manifest with all members of the specification is accepted without a word", () => {
  assert.deepEqual(
    told({
      ...BASIC,
      maintainer: "B. Builder",
      cite: "Somebody, 2020",
      environment: { PATH: "/bin" },
      command: "python run.py",
      config: {
        threshold: {
          type: "number",
          default: 0.5,
          minimum: 0,
          maximum: 1,
          exclusiveMaximum: true,
          description: "How much",
        },
        mode: { type: "string", enum: ["fast", "good"], default: "good" },
        names: { type: "array", items: { type: "string" }, default: ["a"], minItems: 1 },
        maybe: { type: "integer", optional: true },
        must: { type: "boolean" },
        code: { type: "string", pattern: "^[A-Z]{2}$", default: "AB", id: "-c" },
      },
      inputs: {
        scan: {
          base: "file",
          description: "A scan",
          type: { enum: ["nifti"] },
          name: { pattern: "^.*\\.nii$" },
          size: { maximum: 5 },
        },
        more: { base: "file", optional: true },
        word: { base: "context" },
        key: { base: "api-key", "read-only": true },
      },
      capabilities: ["networking"],
      custom: { flywheel: { suite: "Tools", uid: 1000, gid: 0, "show-job": true }, anything: [1] },
      output_configuration: { enforce_file_version_match: true },
      flywheel: "0",
    }),
    [],
  )
})

const FAULTS: readonly (readonly [manifest: JsonValue, ...told: string[]])[] = [
  [[], "fault / type: found the array [], wanted an object | Write an object: {…}"],
  [
    { ...BASIC, descriptiion: "x", $schema: "y", foo: { type: "string" }, bar: { base: "file" }, baz: 1 },
    'fault /descriptiion additionalProperties: "descriptiion" is no member of a gear manifest | Rename it to "description"',
    'fault /$schema additionalProperties: "$schema" is no member of a gear manifest | Remove it: a manifest has no schema of its own',
    'fault /foo additionalProperties: "foo" is no member of a gear manifest | Move it into "config"',
    'fault /bar additionalProperties: "bar" is no member of a gear manifest | Move it into "inputs"',
    'fault /baz additionalProperties: "baz" is no member of a gear manifest | Remove it, or move it into "custom"',
  ],
  [
    { ...BASIC, name: "My_Gear 2", license: "apache-2.0", version: 1, environment: { A: 5 } },
    'fault /name pattern: found "My_Gear 2", wanted what matches the pattern ^[a-z0-9\\-]+$ | Write "my-gear-2"',
    'fault /version type: found the number 1, wanted a string | Write "1"',
    'fault /license enum: found "apache-2.0", wanted one of "0BSD", "AAL", "AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1", "AFL-3.0", "AGPL-3.0", "APL-1.0", "APSL-1.0", "APSL-1.1", "APSL-1.2" and 89 more | Write "Apache-2.0"',
    'fault /environment/A type: found the number 5, wanted a string | Write "5"',
  ],
  [
    {
      ...BASIC,
      label: "é".repeat(101),
      description: "😀".repeat(5001),
      url: "u".repeat(1001),
      cite: 5,
      capabilities: ["a", 1],
    },
    "fault /label maxLength: found 101 characters, wanted at most 100 | Shorten it to 100 characters",
    "fault /description maxLength: found 5001 characters, wanted at most 5000 | Shorten it to 5000 characters",
    "fault /url maxLength: found 1001 characters, wanted at most 1000 | Shorten it to 1000 characters",
    'fault /cite type: found the number 5, wanted a string | Write "5"',
    'fault /capabilities/1 type: found the number 1, wanted a string | Write "1"',
  ],
  [
    withConfig({ type: "int", default: 1, optional: true }),
    'fault /config/x/type anyOf: "int" is no type of JSON Schema | Write "integer"',
    'fault /config/x/optional not: "default" and "optional" exclude each other: what has a default is never missing | Remove "optional", or remove "default"',
  ],
  [
    withConfig({ type: ["string", "string"], enum: [], maxLength: "5", required: true, exclusiveMinimum: true }),
    'fault /config/x dependencies: "minimum" is missing, without which "exclusiveMinimum" may not be | Add "minimum"',
    "fault /config/x/type uniqueItems: items 1 and 2 are the same, wanted all different | Remove the item that is there twice",
    "fault /config/x/enum minItems: found 0 items, wanted at least 1 | Put at least one item into it, or remove it",
    'fault /config/x/maxLength type: found the string "5", wanted an integer | Write 5, without quotes',
    "fault /config/x/required type: found true, wanted an array | Write [true]",
  ],
  [
    withConfig("string"),
    'fault /config/x type: found the string "string", wanted an object | Write {"type": …, "default": "string"} as the value of "x"',
  ],
  [
    withConfig({ items: { type: "str" } }),
    'fault /config/x/items/type anyOf: "str" is no type of JSON Schema | Write "string"',
  ],
  [
    withInput({}),
    'fault /inputs/x required: "base" is missing, which says what kind of input it is | Add "base": "file"',
  ],
  [
    withInput({ type: "string", default: "x" }),
    'fault /inputs/x required: "base" is missing, which says what kind of input it is | Move it into "config", since it is no file',
  ],
  [
    withInput({ base: "fille" }),
    'fault /inputs/x/base enum: found "fille", wanted "file", "context" or "api-key" | Write "file"',
  ],
  [
    withInput({ base: 7 }),
    'fault /inputs/x/base enum: found 7, wanted "file", "context" or "api-key" | Write "file" for a file',
  ],
  [
    withInput("file"),
    'fault /inputs/x type: found "file", wanted an input, which is an object | Write {"base": "file", "description": "…"}',
  ],
  [
    withInput({
      base: "file",
      type: "nifti",
      optional: "true",
      default: "x",
      enum: ["a"],
      size: { maximum: "5" },
      description: 1,
    }),
    'fault /inputs/x/type type: found the string "nifti", wanted an object that the file\'s "type" has to match | Write {"enum": ["nifti"]}',
    'fault /inputs/x/optional type: found the string "true", wanted true or false | Write true, without quotes',
    'fault /inputs/x/default type: found the string "x", wanted an object that the file\'s "default" has to match | Remove it: a file has no default',
    'fault /inputs/x/enum type: found the array ["a"], wanted an object that the file\'s "enum" has to match | Put it into the rule of a member, such as "type": {"enum": ["nifti"]}',
    'fault /inputs/x/size/maximum type: found the string "5", wanted a number | Write 5, without quotes',
    'fault /inputs/x/description type: found the number 1, wanted a string | Write "1"',
  ],
  [
    withInput({ base: "context", optional: true }),
    'fault /inputs/x/optional additionalProperties: an input of base "context" has no "optional" | Remove it: an input of base "context" is never required',
  ],
  [
    withInput({ base: "api-key", "read-only": "yes", type: {} }),
    'fault /inputs/x/read-only type: found the string "yes", wanted true or false | Write true, without quotes',
    'fault /inputs/x/type additionalProperties: an input of base "api-key" has no "type" | Remove it',
  ],
  [
    { ...BASIC, output_configuration: { enforce_file_version_match: 1 } },
    "fault /output_configuration/enforce_file_version_match type: found the number 1, wanted true or false | Write true or false",
  ],
]

for (const [manifest, ...expected] of FAULTS) {
  test(`refused: ${expected[0]}`, () => assert.deepEqual(told(manifest), expected))
}

const WARNINGS: readonly (readonly [manifest: JsonValue, ...told: string[]])[] = [
  [
    withConfig({ type: "integer", default: "104" }),
    'error /config/x/default default: the default breaks the rules of "x": found the string "104", wanted an integer | Write 104, without quotes',
  ],
  [
    withConfig({ type: "string", enum: ["a", "b"], default: "c" }),
    'error /config/x/default default: the default breaks the rules of "x": found "c", wanted one of "a", "b" | Write one of the enum, or add "c" to it',
  ],
  [
    withConfig({ type: "string", default: null }),
    'error /config/x/default default: the default breaks the rules of "x": found null, wanted a string | Remove it, and write "optional": true where the value may be missing',
  ],
  [
    withConfig({ type: "array", items: { type: "integer" }, default: [1, "2"] }),
    'error /config/x/default default: the default breaks the rules of "x" in its item 1: found the string "2", wanted an integer | Mend the default, or the rule',
  ],
  [
    withConfig({ minimum: 3, maximum: 2 }),
    "error /config/x/minimum bounds: no value can have both minimum 3 and maximum 2 | Exchange the two, or mend one",
  ],
  [
    withConfig({ type: "string", pattern: "(" }),
    'error /config/x/pattern pattern: the pattern "(" is none: it has a ( without ) | Mend the pattern, in the syntax of Python\'s re, or use an enum',
  ],
  [
    withInput({ base: "file", name: { pattern: "(a)\\1" } }),
    'error /inputs/x/name/pattern pattern: the pattern "(a)\\\\1" cannot be used: it refers back to a group | Mend the pattern, in the syntax of Python\'s re, or use an enum',
  ],
  [
    withConfig({ optional: "false" }),
    'error /config/x/optional optional: the text "false" counts as true | Remove it, or write false without quotes',
  ],
  [withConfig({ optional: 0 }), "warning /config/x/optional optional: found 0, wanted true or false | Write false"],
  [
    withConfig({ type: "integer", max: 5, enums: [1], help: "x" }),
    'warning /config/x/max misspelt: "max" is no rule of JSON Schema, and does nothing | Rename it to "maximum"',
    'warning /config/x/enums misspelt: "enums" is no rule of JSON Schema, and does nothing | Rename it to "enum"',
  ],
  [
    withConfig({ type: "object" }),
    "warning /config/x/type object: a job cannot start when this value is given, since an object has no place in the environment | Take it apart into several values, or take it as a file",
  ],
  [
    { ...BASIC, config: { "a-b": {}, ab: {}, "+": {} } },
    'warning /config/ab variable: this value and "a-b" have one environment variable, FW_CONFIG_AB | Rename it',
    "warning /config/+ variable: no environment variable tells this value, since its name has no letter or digit | Rename it",
  ],
  [
    {
      ...BASIC,
      inputs: { "any text": { base: "file" }, "..": { base: "file" }, "a/b": { base: "file" }, "": { base: "file" } },
    },
    'warning /inputs/any text input-name: the name "any text" has more than letters, digits, - and _ | Rename it to "any-text"',
    'error /inputs/.. input-name: the name ".." cannot be that of a folder, which it becomes | Rename it to "-"',
    'error /inputs/a~1b input-name: the name "a/b" cannot be that of a folder, which it becomes | Rename it to "a-b"',
    'error /inputs/ input-name: the name "" cannot be that of a folder, which it becomes | Rename it to "input"',
  ],
  [
    { ...BASIC, environment: { "A=B": "x", "a.b": "y", C: "nul\0" }, command: "echo \0" },
    'error /environment/A=B variable-name: "A=B" cannot be an environment variable | Use letters, digits and _, with a letter first',
    'warning /environment/a.b variable-name: "a.b" is an unusual name for an environment variable | Use letters, digits and _, with a letter first',
    "error /environment/C nul: it holds the character NUL, which no process can be given | Remove it",
    "error /command nul: it holds the character NUL, which no process can be given | Remove it",
  ],
  [
    { ...BASIC, name: "bet\n", version: " ", url: "www.example.org", source: "none", command: " " },
    'error /name name: "bet\\n" holds a line break or another control character | Remove it',
    'warning /version version: the version is empty | Write a version, such as "1.0.0"',
    'warning /url address: "www.example.org" is no address | Write "https://www.example.org"',
    'warning /source address: "none" is no address | Write an address such as "https://example.org/", or ""',
    'warning /command command: the command is empty, so that the gear does nothing | Write the command, or remove the member for the executable "run"',
  ],
  [
    { ...BASIC, custom: { flywheel: { uid: "1000", gid: -1, invalid: true } }, capabilities: ["network", "gpu"] },
    'error /custom/flywheel/uid user-id: found "1000", wanted a number from 0 to 4294967294 | Write the number of a user or group, such as 1000, or remove it',
    "error /custom/flywheel/gid user-id: found -1, wanted a number from 0 to 4294967294 | Write the number of a user or group, such as 1000, or remove it",
    "warning /custom/flywheel/invalid invalid: the author marked the gear as invalid, so that it is not started | Use another version of the gear",
    'warning /capabilities/0 capability: the capability "network" is not known, and a gear that asks for it is not started | Write "networking"',
    'warning /capabilities/1 capability: the capability "gpu" is not known, and a gear that asks for it is not started | Remove it',
  ],
  [
    { ...BASIC, output_configuration: { enforce_file_version_mach: true } },
    'warning /output_configuration/enforce_file_version_mach misspelt: "enforce_file_version_mach" is not known, and does nothing | Rename it to "enforce_file_version_match"',
  ],
]

for (const [manifest, ...expected] of WARNINGS) {
  test(`accepted, with a word: ${expected[0]}`, () => assert.deepEqual(told(manifest), expected))
}

test("every fault has its line and column", () => {
  const result = parseManifest('{\n  "name": "x y",\n  "config": {\n    "a": {"type": "int"}\n  }\n}')
  assert.ok(!result.ok)
  const places = result.faults.map(({ where, line, column }) => `${where} ${line}:${column}`)
  assert.deepEqual(new Set(places), new Set(["/ 1:1", "/name 2:11", "/config/a/type 4:19"]))
  assert.equal(result.faults.length, 10)
})

test("faults of JSON and of the rules are told together, in the order of the text", () => {
  const text = `{"name": "A", ${JSON.stringify({ ...BASIC, name: undefined }).slice(1, -1)},}`
  assert.deepEqual(told(text), [
    'fault /name pattern: found "A", wanted what matches the pattern ^[a-z0-9\\-]+$ | Write "a"',
    "fault / trailing-comma: there is a comma after the last member of an object | Remove the comma",
  ])
})

test("where a value had to be guessed, only the faults of JSON are told", () => {
  assert.deepEqual(told('{"name": }'), ["fault / missing-value: a value is missing before } | Write a value here"])
})

test("duplicate keys are refused, though the last one would count", () => {
  const text = JSON.stringify(BASIC).replace("{", '{"name":"first",')
  assert.deepEqual(told(text), [
    'fault / duplicate-key: "name" stands here again; the first is in line 1 | Keep one of the two',
  ])
})

test("an integer that is written with a fraction is none", () => {
  const text = JSON.stringify(withConfig({ maxLength: 5 })).replace('"maxLength":5', '"maxLength":5.0')
  assert.deepEqual(told(text), ["fault /config/x/maxLength type: found the number 5.0, wanted an integer | Write 5"])
})

test("bytes are read as UTF-8, and refused where they are not", () => {
  const result = parseManifest(new TextEncoder().encode(JSON.stringify(BASIC)))
  assert.ok(result.ok)
  assert.equal(result.manifest.label, "Brain extraction")
  const broken = parseManifest(new Uint8Array([0x7b, 0x0a, 0xff]))
  assert.ok(!broken.ok)
  assert.deepEqual(
    broken.faults.map(({ line, column, keyword }) => [line, column, keyword]),
    [[2, 1, "not-utf-8"]],
  )
})

test("the document is kept with its order and its places", () => {
  const result = parseManifest(JSON.stringify({ ...BASIC, custom: { z: 1, a: 2 } }))
  assert.ok(result.ok)
  assert.deepEqual(Object.keys(result.manifest.custom ?? {}), ["z", "a"])
  assert.equal(result.json.numberText(["custom", "z"]), "1")
  assert.equal(result.json.value, result.manifest)
})

test("any JSON is accepted or refused with at least one fault that says what to do", () => {
  const near = fc.tuple(
    fc.constantFrom(
      ...Object.keys(BASIC),
      "environment",
      "custom",
      "capabilities",
      "command",
      "flywheel",
      "output_configuration",
      "extra",
    ),
    fc.jsonValue({ maxDepth: 3 }),
  )
  fc.assert(
    fc.property(fc.array(near, { maxLength: 3 }), (changes) => {
      const text = JSON.stringify({ ...BASIC, ...Object.fromEntries(changes) })
      const result = parseManifest(text)
      const faults = result.ok ? result.warnings : result.faults
      assert.ok(result.ok || faults.length > 0)
      for (const fault of faults) {
        assert.ok(fault.line >= 1 && fault.column >= 1)
        assert.match(fault.fix, /^[A-Z]/)
      }
    }),
    { numRuns: 300 },
  )
})
