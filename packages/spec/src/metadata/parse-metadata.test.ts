import assert from "node:assert/strict"
import { test } from "node:test"
import { LARGEST_METADATA_BYTES, parseMetadata } from "./parse-metadata.ts"

test("what has the right form is read, with names that every platform can keep", () => {
  const { metadata, faults, warnings } = parseMetadata(
    JSON.stringify({
      acquisition: {
        timestamp: "2020-01-31T12:00:00+01:00",
        info: { "a.b": { $x: [{ "c.d": 1 }] } },
        files: [{ name: "a.nii.gz", type: "nifti", classification: { Intent: ["Structural"] } }],
      },
      session: { subject: { sex: "female", info: null } },
    }),
  )
  assert.deepEqual([faults, warnings], [[], []])
  assert.deepEqual(metadata?.parts.acquisition, {
    fields: { timestamp: "2020-01-31T12:00:00+01:00", info: { a_b: { "-x": [{ c_d: 1 }] } } },
    files: [{ name: "a.nii.gz", type: "nifti", classification: { Intent: ["Structural"] } }],
  })
  assert.deepEqual(metadata?.sessionSubject, { fields: { sex: "female" }, files: [] })
})

const FAULTS: readonly (readonly [text: string, told: RegExp])[] = [
  ['{"session": {"info": {"snr": NaN}}}', /^1:30 NaN is no value in JSON; Write a number/],
  ["[]", /^1:1 \/: found \[\], wanted an object/],
  ["", /empty/],
  ['{"session": 5}', /^1:\d+ \/session: found 5, wanted an object/],
  ['{"session": {"age": -1}}', /^1:\d+ \/session\/age: found -1, wanted a whole number, 0 or more/],
  ['{"session": {"tags": "x"}}', /\/session\/tags: found "x", wanted a list of texts/],
  ['{"session": {"files": {"a": 1}}}', /\/session\/files: found .* wanted a list of files/],
  ['{"session": {"files": [{"info": {}}]}}', /\/session\/files\/0: .* names no file/],
  [
    '{"session": {"files": [{"name": "a", "instrument": "x"}]}}',
    /"instrument" is not known of a file, and platforms fail the job for it; Put it into info/,
  ],
  ['{"session": {"files": [{"name": "a", "modalty": "MR"}]}}', /Rename it to "modality"/],
  ['{"session": {"timestamp": "2020-01-31"}}', /wanted a time with its zone/],
]

for (const [text, told] of FAULTS) {
  test(`${text === "" ? "an empty file" : text} cannot be used`, () => {
    const { metadata, faults } = parseMetadata(new TextEncoder().encode(text))
    assert.equal(metadata, undefined)
    assert.match(
      faults.map(({ line, column, problem, fix }) => `${line}:${column} ${problem}; ${fix}`).join("\n"),
      told,
    )
  })
}

test("what platforms pass over is a warning with its place", () => {
  const { metadata, faults, warnings } = parseMetadata('{"sesion": {},\n "subject": {"tags": ["a"], "agee": 1}}')
  assert.deepEqual(faults, [])
  assert.deepEqual(Object.keys(metadata?.parts ?? {}), ["subject"])
  assert.deepEqual(
    warnings.map(({ line, problem, fix }) => `${line} ${problem} | ${fix}`),
    [
      '1 /sesion: "sesion" is not known here, and is left out | Rename it to "session"',
      '2 /subject/agee: "agee" is not known of /subject, and is left out | Put it into info, or remove it',
      "2 /subject/tags: later platforms do not take tags of a subject | Tag the session",
    ],
  )
})

test("text that is too large is not even looked at", () => {
  const { faults } = parseMetadata(new Uint8Array(20 * 1024 * 1024))
  assert.match(
    faults[0]?.problem ?? "",
    new RegExp(`it has 20971520 bytes, and ${LARGEST_METADATA_BYTES} are the most`),
  )
})

test("bytes that are no text are told so", () =>
  assert.match(parseMetadata(new Uint8Array([0x7b, 0xff, 0x7d])).faults[0]?.problem ?? "", /UTF-8/))
