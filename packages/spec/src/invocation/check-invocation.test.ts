import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "../errors/geartrain-error.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { parseManifest } from "../manifest/parse-manifest.ts"
import { checkInvocation, findInvocationFaults, type InvocationRequest } from "./check-invocation.ts"

function manifestOf(config: JsonObject, inputs: JsonObject): GearManifest {
  const text = JSON.stringify({
    ...{
      name: "bet",
      label: "Bet",
      description: "",
      version: "1.0.0",
      author: "",
      license: "MIT",
      url: "",
      source: "",
    },
    config,
    inputs,
  })
  const result = parseManifest(text)
  assert.ok(result.ok, JSON.stringify(result))
  return result.manifest
}

const MANIFEST = manifestOf(
  {
    threshold: { type: "number", default: 0.5, minimum: 0, maximum: 1 },
    mode: { type: "string", enum: ["fast", "good"], default: "fast" },
    passes: { type: "integer" },
    note: { type: "string", optional: true, maxLength: 5 },
    names: { type: "array", items: { type: "string" }, default: ["a"] },
  },
  {
    scan: { base: "file", type: { enum: ["nifti"] }, name: { pattern: "^sub-" }, size: { maximum: 1000 } },
    mask: { base: "file", optional: true, type: { enum: ["nifti", "made-up"] } },
    word: { base: "context" },
  },
)

const SCAN = { name: "sub-1.nii.gz", type: "nifti", size: 10 }

function told(request: Partial<InvocationRequest>, manifest = MANIFEST): readonly string[] {
  const config = { passes: 1, ...request.config }
  const inputs = { scan: SCAN, ...request.inputs }
  return findInvocationFaults(manifest, { config, inputs }).map(
    ({ where, keyword, problem, fix }) => `${where} ${keyword}: ${problem} | ${fix}`,
  )
}

test("the user's values lie over the defaults, and what is optional and not given is left out", () => {
  const config = checkInvocation(MANIFEST, { config: { passes: 2, mode: "good" }, inputs: { scan: SCAN } })
  assert.deepEqual(config, { threshold: 0.5, mode: "good", passes: 2, names: ["a"] })
})

const FAULTS: readonly (readonly [request: Partial<InvocationRequest>, ...told: string[]])[] = [
  [{}],
  [{ config: { treshold: 1 } }, '/config/treshold unknown: config "treshold" is not known | Did you mean "threshold"?'],
  [
    { config: { other: 1 } },
    '/config/other unknown: config "other" is not known | Leave it out; there are "threshold", "mode", "passes", "note", "names"',
  ],
  [{ config: { scan: "x" } }, '/config/scan unknown: config "scan" is not known | Give it as an input'],
  [
    { config: { threshold: 2, mode: "best", passes: 1.5, note: "longer" } },
    '/config/threshold maximum: config "threshold": found 2, wanted at most 1 | Set it to a number from 0 to 1',
    '/config/mode enum: config "mode": found "best", wanted one of "fast", "good" | Set it to one of "fast", "good"',
    '/config/passes type: config "passes": found the number 1.5, wanted an integer | Set it to an integer',
    '/config/note maxLength: config "note": found 6 characters, wanted at most 5 | Set it to a text',
  ],
  [
    { config: { mode: 7 } },
    '/config/mode type: config "mode": found the number 7, wanted a string | Set it to one of "fast", "good"',
  ],
  [{ config: { note: null } }, '/config/note type: config "note": found null, wanted a string | Leave it out'],
  [
    { config: { names: ["a", 1] } },
    '/config/names/1 type: config "names", item 2: found the number 1, wanted a string | Mend the item',
  ],
  [
    { config: { note: { a: 1 } } },
    '/config/note object: config "note" is an object, which has no place in the gear\'s environment | Give a text, a number, true or false, or a list',
  ],
  [
    { inputs: { scann: SCAN, threshold: SCAN, zzz: SCAN } },
    '/inputs/scann unknown: input "scann" is not known | Did you mean "scan"?',
    '/inputs/threshold unknown: input "threshold" is not known | Set it as config, since it is no input',
    '/inputs/zzz unknown: input "zzz" is not known | Leave it out; there are "scan", "mask", "word"',
  ],
  [
    { inputs: { scan: { name: "t1.txt", type: "text", size: 2000 } } },
    '/inputs/scan/type enum: input "scan": the file "t1.txt" is of type "text", wanted "nifti" | Give a file of that type (.nii, .nii.gz, .nifti), or state the type of this one',
    '/inputs/scan/name pattern: input "scan": the file\'s name: found "t1.txt", wanted what matches the pattern ^sub- | Give another file',
    '/inputs/scan/size maximum: input "scan": the file\'s size: found 2000, wanted at most 1000 | Give another file',
  ],
  [
    { inputs: { mask: { name: "README" } } },
    '/inputs/mask/type enum: input "mask": the file "README" is of no type that its name tells, wanted "nifti" or "made-up" | Give a file of that type (.nii, .nii.gz, .nifti), or state the type of this one',
  ],
  [
    { inputs: { mask: { name: "../x", type: "made-up" } } },
    '/inputs/mask/name name: input "mask": "../x" cannot be the name of a file | Give the file a name without folders, of at most 255 bytes',
  ],
  [
    { inputs: { mask: { type: "nifti" } } },
    '/inputs/mask/name name: input "mask": null cannot be the name of a file | Give the file a name without folders, of at most 255 bytes',
  ],
  [{ inputs: { word: { base: "context", found: true, value: 3 } } }],
]

for (const [request, ...expected] of FAULTS) {
  test(`given ${JSON.stringify(request)}: ${expected.length === 0 ? "nothing to say" : expected[0]}`, () => {
    assert.deepEqual(told(request), expected)
  })
}

test("what is required and missing is told, and what it could be", () => {
  const manifest = manifestOf(
    { must: { type: "integer", minimum: 1 } },
    { scan: { base: "file", type: { enum: ["dicom", "nifti"] } }, any: { base: "file" }, key: { base: "api-key" } },
  )
  assert.deepEqual(
    findInvocationFaults(manifest, { config: {}, inputs: {} }).map(({ problem, fix }) => `${problem} | ${fix}`),
    [
      'config "must" has no value, and no default | Set it to an integer at least 1',
      'input "scan" is missing | Give a file of type "dicom" or "nifti" for it (.dcm, .dcm.zip, .dicom.zip, .nii, .nii.gz, .nifti)',
      'input "any" is missing | Give a file for it',
      'input "key" is missing, which is an API key | Give a key for it',
    ],
  )
})

test("a default that breaks its own rules is told as the gear's", () => {
  const manifest = manifestOf({ mode: { enum: ["a"], default: "b" } }, {})
  assert.deepEqual(
    told({}, manifest)[1],
    '/config/mode enum: config "mode": found "b", wanted "a", by the gear\'s own default | Set it to "a"',
  )
})

test("a rule that cannot be checked is the author's fault", () => {
  const manifest = manifestOf({ code: { type: "string", pattern: "(a)\\1" } }, {})
  assert.match(told({ config: { code: "aa" } }, manifest)[1] ?? "", /Ask the author of the gear to mend its manifest$/)
})

test("an input whose name is no name for a folder is refused even when its manifest was let through", () => {
  const manifest = manifestOf({}, { "../up": { base: "file" } })
  const [fault] = findInvocationFaults(manifest, { config: {}, inputs: { "../up": { name: "x" } } })
  assert.equal(fault?.problem, 'input "../up" cannot be the name of a folder, which it becomes')
})

test("a gear without config or inputs says so", () => {
  const manifest = manifestOf({}, {})
  assert.deepEqual(
    findInvocationFaults(manifest, { config: { a: 1 }, inputs: { b: {} } }).map(({ fix }) => fix),
    ["Leave it out, since the gear has no config", "Leave it out, since the gear has no inputs"],
  )
})

test("names that mean something to JavaScript are names like any other", () => {
  const manifest = manifestOf({ constructor: { type: "string", optional: true } }, {})
  assert.deepEqual(findInvocationFaults(manifest, { config: {}, inputs: {} }), [])
  assert.equal(findInvocationFaults(manifest, { config: JSON.parse('{"__proto__": 1}'), inputs: {} }).length, 1)
})

test("what cannot be recorded is refused before anything else is asked", () => {
  let deep: JsonValue = 1
  for (let level = 0; level < 100_000; level++) deep = [deep]
  assert.deepEqual(
    findInvocationFaults(MANIFEST, {
      config: { note: "\ud800", names: deep },
      inputs: { word: { value: ["\udc00"] } },
    }).map(({ where, problem }) => `${where} ${problem}`),
    [
      '/config/note config "note" holds half of a character, without the other half',
      '/config/names config "names" has more than 64 levels',
      '/inputs/word input "word" holds half of a character, without the other half',
    ],
  )
})

test("the error tells all that is wrong, and where to look", () => {
  assert.throws(
    () => checkInvocation(MANIFEST, { config: { treshold: 1 }, inputs: {} }),
    (error) => {
      assert.ok(isGeartrainError(error, "INVOCATION_INVALID"))
      assert.equal(
        error.message,
        [
          'Cannot run gear "bet" 1.0.0: 3 things are wrong with what it is given',
          '  config "treshold" is not known: did you mean "threshold"?',
          '  config "passes" has no value, and no default: set it to an integer',
          '  input "scan" is missing: give a file of type "nifti" for it (.nii, .nii.gz, .nifti)',
        ].join("\n"),
      )
      assert.equal(error.hint, "See what it takes: gear run bet --help")
      assert.equal((error.details["faults"] as unknown[]).length, 3)
      return true
    },
  )
})

test("a long list of faults is cut in the message", () => {
  const config = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`zz${index}`, 1]))
  assert.throws(
    () => checkInvocation(MANIFEST, { config: { passes: 1, ...config }, inputs: { scan: SCAN } }),
    /30 things are wrong[\s\S]*\n {2}… and 10 more$/,
  )
})
