import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { Ajv2020 } from "ajv/dist/2020.js"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { HIERARCHY_SCHEMA } from "../published/hierarchy-schema.ts"
import { findContext } from "./find-context.ts"
import { findFile, findPlace } from "./find-place.ts"
import { type Hierarchy, placesUpwards } from "./hierarchy.ts"
import { readHierarchy } from "./read-hierarchy.ts"

const sha256 = (bytes: Uint8Array): `sha256:${string}` => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

const DOCUMENT: JsonObject = {
  group: "lab",
  project: {
    label: "Memory",
    info: { context: { license: "P", atlas: "aal" } },
    files: ["participants.tsv"],
    subjects: [
      {
        label: "sub-01",
        sex: "female",
        sessions: [
          {
            label: "ses-01",
            timestamp: "2020-01-31T12:00:00Z",
            info: { context: { license: "S" } },
            acquisitions: [
              { label: "T1w", files: [{ path: "scans/a.nii.gz", name: "t1.nii.gz", modality: "MR", tags: ["good"] }] },
              { label: "T2w", id: "5dc091f669d4f3002a16ee9d", files: null },
            ],
            analyses: [{ label: "first look" }],
          },
        ],
      },
    ],
  },
}

function read(document: JsonValue = DOCUMENT): Hierarchy {
  const result = readHierarchy(document, sha256)
  assert.ok(result.ok, JSON.stringify(result))
  return result.hierarchy
}

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(HIERARCHY_SCHEMA)

test("every place has its path, its parent and an id that depends on nothing else", () => {
  const { places } = read()
  assert.deepEqual(
    places.map(({ level, path }) => `${level} ${path}`),
    [
      "group lab",
      "project lab/Memory",
      "subject lab/Memory/sub-01",
      "session lab/Memory/sub-01/ses-01",
      "acquisition lab/Memory/sub-01/ses-01/T1w",
      "acquisition lab/Memory/sub-01/ses-01/T2w",
      "analysis lab/Memory/sub-01/ses-01/analyses/first look",
    ],
  )
  assert.equal(places[5]?.id, "5dc091f669d4f3002a16ee9d")
  // Ids stand in records: a change of how they are made is a new version of the format.
  assert.equal(places[1]?.id, "aeb7be6b6a992a06b3aed08d")
  assert.deepEqual(read().places, places)
})

test("a file is known by its name, and has what the document says of it", () => {
  const found = findFile(read(), "Memory/sub-01/ses-01/T1w/t1.nii.gz")
  assert.equal(found?.place.label, "T1w")
  assert.deepEqual(found?.file.path, "scans/a.nii.gz")
  assert.deepEqual(found?.file.fields, { modality: "MR", tags: ["good"] })
  assert.equal(findFile(read(), "lab/Memory/files/participants.tsv")?.place.level, "project")
  assert.equal(findFile(read(), "Memory/none.tsv"), undefined)
  assert.equal(findFile(read(), "participants.tsv"), undefined)
})

test("a place is found by its labels, with and without the group, and by its id", () => {
  const hierarchy = read()
  for (const text of ["Memory/sub-01/ses-01/T2w", "lab/Memory/sub-01/ses-01/T2w/", "5dc091f669d4f3002a16ee9d"]) {
    assert.equal(findPlace(hierarchy, text, sha256).label, "T2w")
  }
})

test("an analysis that is not there yet is a place all the same", () => {
  const hierarchy = read()
  const analysis = findPlace(hierarchy, "Memory/sub-01/ses-01/analyses/bet 1", sha256)
  assert.deepEqual([analysis.level, analysis.label, analysis.at], ["analysis", "bet 1", undefined])
  assert.equal(analysis.parent, findPlace(hierarchy, "Memory/sub-01/ses-01", sha256).id)
  assert.equal(findPlace(hierarchy, "Memory/sub-01/ses-01/analyses/first look", sha256).at?.length, 7)
})

test("a place that is not there is told with the nearest", () => {
  assert.throws(() => findPlace(read(), "Memory/sub01", sha256), {
    code: "PLACE_NOT_FOUND",
    hint: 'Did you mean "Memory/sub-01"?',
  })
  for (const text of ["lab", "", "Memory/analyses/", "no/analyses/x"]) {
    assert.throws(() => findPlace(read(), text, sha256), { code: "PLACE_NOT_FOUND" }, text)
  }
})

test("a context has the value of the nearest place above the destination that has one", () => {
  const hierarchy = read()
  const line = placesUpwards(hierarchy, findPlace(hierarchy, "Memory/sub-01/ses-01/T1w", sha256).id)
  assert.deepEqual(
    line.map(({ level }) => level),
    ["acquisition", "session", "subject", "project", "group"],
  )
  assert.equal(findContext(line, "license")?.value, "S")
  assert.equal(findContext(line, "atlas")?.place.level, "project")
  assert.equal(findContext(line, "toString"), undefined)
})

const FAULTS: readonly (readonly [document: JsonValue, ...told: string[]])[] = [
  [[], " found [], wanted a project | Write project: and below it label: …"],
  [{}, ' "project" is missing | Add it'],
  [
    { project: { lable: "x" } },
    'project/lable "lable" is not known here | Rename it to "label"',
    "project this project has no label | Add label: …",
  ],
  [
    { group: "L", project: { label: "x" } },
    'group found "L", wanted the id of a group | Write 2 to 32 of lower-case letters, digits and .@_-, with a letter or digit at both ends',
  ],
  [{ project: { label: 5 } }, 'project/label found 5, wanted a text | Write "5", in quotes'],
  [
    { project: { label: "a/b" } },
    'project/label "a/b" cannot be a label | Write 1 to 256 characters without / and line breaks, and not the word analyses',
  ],
  [
    { project: { label: "x", subjects: {} } },
    'project/subjects found {}, wanted a list | Write each subject as "- label: …"',
  ],
  [
    { project: { label: "x", public: "yes" } },
    'project/public found "yes", wanted true or false | Write true or false',
  ],
  [
    { project: { label: "x", id: "12" } },
    'project/id found "12", wanted 24 lower-case hexadecimal digits | Write it in quotes, or remove it: an id is made from the labels',
  ],
  [
    { project: { label: "x", subjects: [{ label: "a" }, { label: "a" }] } },
    'project/subjects/1/label there are two of "local/x/a" | Give one another label',
  ],
  [
    { project: { label: "x", files: ["../secret"] } },
    'project/files/0/path "../secret" is no path beside this document | Write a path relative to this document, without .. and not beginning with /',
  ],
  [
    { project: { label: "x", files: ["/etc/passwd"] } },
    'project/files/0/path "/etc/passwd" is no path beside this document | Write a path relative to this document, without .. and not beginning with /',
  ],
  [
    { project: { label: "x", files: ["a/t.csv", "b/t.csv"] } },
    'project/files/1 there are two files "t.csv" | Give one another name: …',
  ],
  [
    { project: { label: "x", files: [{ path: "t.csv", modalty: "MR" }] } },
    'project/files/0/modalty "modalty" is not known of a file | Rename it to "modality"',
  ],
  [
    { project: { label: "x", subjects: [{ label: "s", sessions: [{ label: "y", timestamp: "yesterday" }] }] } },
    'project/subjects/0/sessions/0/timestamp found "yesterday", wanted a time with its zone, such as 2020-01-31T12:00:00Z | Write a time with its zone, such as 2020-01-31T12:00:00Z',
  ],
]

for (const [document, ...told] of FAULTS) {
  test(`${JSON.stringify(document)} is refused, with what would mend it`, () => {
    const result = readHierarchy(document, sha256)
    assert.ok(!result.ok)
    assert.deepEqual(
      result.faults.map(({ path, problem, fix }) => `${path.join("/")} ${problem} | ${fix}`),
      told,
    )
  })
}

test("the published schema accepts what is read, and refuses names that are not known", () => {
  assert.equal(validate(DOCUMENT), true, JSON.stringify(validate.errors))
  for (const document of [
    [],
    {},
    { project: { lable: "x" } },
    { project: { label: "x", files: [{ path: "a", hash: 1 }] } },
  ]) {
    assert.equal(validate(document), false, JSON.stringify(document))
  }
})
