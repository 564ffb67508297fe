import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { findPlace } from "../hierarchy/find-place.ts"
import { readHierarchy } from "../hierarchy/read-hierarchy.ts"
import type { JsonObject } from "../json/json-value.ts"
import { parseMetadata } from "./parse-metadata.ts"
import { planChanges, type SavedFile } from "./plan-changes.ts"

const sha256 = (bytes: Uint8Array): `sha256:${string}` => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

const DOCUMENT: JsonObject = {
  project: {
    label: "P",
    info: { site: "north", empty: null },
    subjects: [
      {
        label: "S",
        sex: "female",
        sessions: [
          {
            label: "V",
            tags: ["a"],
            info: { qc: { snr: 1 }, flat: 5 },
            acquisitions: [
              { label: "A", files: [{ path: "old.nii", type: "nifti", info: { te: 1, tr: 2 }, tags: ["x"] }] },
            ],
          },
        ],
      },
    ],
  },
}

/** The changes as lines, of what a job for a place says. */
function told(destination: string, metadata: JsonObject, saved: readonly SavedFile[] = []): readonly string[] {
  const read = readHierarchy(DOCUMENT, sha256)
  const parsed = parseMetadata(JSON.stringify(metadata)).metadata
  assert.ok(read.ok && parsed !== undefined)
  const changes = planChanges(read.hierarchy, {
    destination: findPlace(read.hierarchy, destination, sha256),
    metadata: parsed,
    saved,
  })
  return changes.map(({ kind, place, file, field, before, after, why }) =>
    [kind, place.label, file, field.join("."), JSON.stringify(before), JSON.stringify(after), why]
      .filter((part) => part !== undefined && part !== "")
      .join(" "),
  )
}

test("of a place only leaves that are missing are written, and tags are added", () => {
  assert.deepEqual(
    told("P/S/V", {
      session: { label: "W", tags: ["a", "b", "b"], age: 5, info: { qc: { snr: 9, fd: 2 }, flat: { x: 1 }, new: [] } },
    }),
    [
      'kept V label "V" "W"',
      "kept V info.qc.snr 1 9",
      "set V info.qc.fd 2",
      "kept V info.flat.x 5 1",
      "set V info.new []",
      'tag V tags "b"',
      "set V age 5",
    ],
  )
})
test("a value that is null counts as missing, and one that is there already is no change", () => {
  assert.deepEqual(told("P", { project: { info: { site: "north", empty: "no more" } } }), [
    'set P info.empty "no more"',
  ])
})

test("from an acquisition its session and project are written, and the subject only through session.subject", () => {
  assert.deepEqual(
    told("P/S/V/A", {
      acquisition: { uid: "1" },
      session: { operator: "Ada", subject: { cohort: "Study", sex: "male" } },
      subject: { cohort: "Control" },
      project: { info: { n: 1 } },
    }),
    [
      "set P info.n 1",
      "dropped A subject a subject is written from below only through session.subject",
      'set V operator "Ada"',
      'set A uid "1"',
      'kept S sex "female" "male"',
      'set S cohort "Study"',
    ],
  )
})

test("a job for a subject or project writes to that alone", () => {
  assert.deepEqual(told("P/S", { subject: { cohort: "Study" }, project: { info: { n: 1 } }, session: { age: 1 } }), [
    "dropped S project a job for a subject writes to that alone",
    'set S cohort "Study"',
    "dropped S session the destination has no session above it",
  ])
  assert.deepEqual(told("P", { session: { subject: { sex: "male" } } }), [
    "dropped P session the destination has no session above it",
    "dropped P session.subject the destination has no session above it",
  ])
})

test("an analysis writes to itself, though it is not there yet, and to all above it", () => {
  assert.deepEqual(told("P/S/analyses/new", { analysis: { info: { a: 1 } }, subject: { cohort: "C" } }), [
    'set S cohort "C"',
    "set new info.a 1",
  ])
})

test("of a file all that is said is written over what was there, and nothing else is removed", () => {
  assert.deepEqual(
    told("P/S/V/A", {
      acquisition: { files: [{ name: "old.nii", type: "nifti", modality: "MR", info: { te: 3 }, tags: ["x", "y"] }] },
    }),
    ['set A old.nii modality "MR"', 'tag A old.nii tags "y"', "replace A old.nii info.te 1 3"],
  )
})

test("outputs are files of the destination, and may be described", () => {
  const saved = [
    { name: "new.nii", fields: { type: "nifti" } },
    { name: "old.nii", fields: { type: "nifti" } },
  ]
  assert.deepEqual(
    told("P/S/V/A", { acquisition: { files: [{ name: "new.nii", type: "mask" }, { name: "lost.nii" }] } }, saved),
    [
      'file A new.nii {"type":"nifti"}',
      'file A old.nii "old.nii" {"type":"nifti"}',
      'replace A new.nii type "nifti" "mask"',
      "dropped A files.lost.nii it is neither an output of the job nor a file of the destination",
    ],
  )
})

test("files of other places cannot be described", () => {
  assert.deepEqual(told("P/S/V/A", { session: { files: [{ name: "old.nii", tags: ["z"] }] } }), [
    "dropped V files.old.nii files can be described in the destination only",
  ])
})
