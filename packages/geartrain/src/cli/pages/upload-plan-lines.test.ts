import assert from "node:assert/strict"
import { test } from "node:test"
import type { PlannedPlace, UploadPlan } from "../../archive/upload-plan/upload-plan.ts"
import { createPaint } from "../output/paint.ts"
import { uploadPlanData, uploadPlanLines } from "./upload-plan-lines.ts"

const PAINT = createPaint(false)

function place(labels: readonly string[], rest: Partial<PlannedPlace> = {}): PlannedPlace {
  const level = (["project", "subject", "session", "acquisition"] as const)[labels.length] ?? "project"
  return { level, labels, fields: {}, files: [], ...rest }
}

function file(name: string, type?: string): PlannedPlace["files"][number] {
  return { name, sizeBytes: 1536, fields: type === undefined ? {} : { type }, content: { kind: "file", path: name } }
}

const SOURCE = { kind: "file", path: "IM1" } as const
const ZIP: PlannedPlace["files"][number] = {
  ...{ name: "3 - T1.dicom.zip", sizeBytes: 8e9, fields: { type: "dicom" } },
  content: { kind: "zip", members: Array.from({ length: 2000 }, () => ({ name: "x", sizeBytes: 1, source: SOURCE })) },
}
const PLAN: UploadPlan = {
  folder: "/data/memory",
  sorter: "dicom",
  places: [
    place([], { files: [file("README")] }),
    place(["P1"], { fields: { sex: "female" } }),
    place(["P1", "2020-01-31 Brain\u001b[2J"], { fields: { timestamp: "2020-01-31T12:00:00Z" } }),
    place(["P1", "2020-01-31 Brain\u001b[2J", "3 - T1"], { files: [ZIP] }),
  ],
  leftOut: [
    { path: ".DS_Store", kind: "file", why: "is of macOS, and no data" },
    { path: ".git", kind: "folder", why: "is the history of version control" },
    { path: "a/.DS_Store", kind: "file", why: "is of macOS, and no data" },
    { path: "b/.DS_Store", kind: "file", why: "is of macOS, and no data" },
  ],
  warnings: [{ about: "IM7", says: "is of series 1.2, which has files of 2 patients" }],
}

test("a plan is shown as a tree, then what is left out and why, then in numbers", () => {
  assert.deepEqual(uploadPlanLines(PLAN, PAINT), [
    "/data/memory  sorted by the heads of its DICOM files",
    "  README  1.5 KiB",
    "  P1/  female",
    "    2020-01-31 Brain\\x1b[2J/  2020-01-31T12:00:00Z",
    "      3 - T1/  1 file of 2,000: dicom, 7.45 GiB",
    "LEFT OUT",
    "  .DS_Store, a/.DS_Store, … and 1 more: is of macOS, and no data",
    "  .git/: is the history of version control",
    "LOOK AT",
    "  IM7 is of series 1.2, which has files of 2 patients",
    "1 subject, 1 session, 1 acquisition, 2 files made of 2,001, 7.45 GiB; 4 left out",
  ])
})

test("of very many the first are shown, and the others counted, at every level", () => {
  const files = Array.from({ length: 5 }, (_, index) => file(`${index}.csv`, "tabular data"))
  const subjects = Array.from({ length: 12 }, (_, index) => place([`S${index}`]))
  const sessions = Array.from({ length: 6 }, (_, index) => place(["S0", `V${index}`]))
  const acquisitions = Array.from({ length: 20 }, (_, index) => place(["S0", "V0", `A${index}`], { files }))
  const leftOut = Array.from({ length: 12 }, (_, index) => ({
    path: `x${index}`,
    kind: "file" as const,
    why: `why ${index}`,
  }))
  const warnings = Array.from({ length: 12 }, (_, index) => ({ about: `x${index}`, says: "is odd" }))
  const places = [place([], { files }), ...subjects, ...sessions, ...acquisitions]
  const lines = uploadPlanLines({ ...PLAN, places, leftOut, warnings }, PAINT)
  for (const line of [
    "  … and 2 more files",
    "  … and 4 more subjects",
    "    … and 2 more sessions",
    "      … and 8 more acquisitions",
    "  … and 4 more, for other reasons",
    "  … and 2 more",
    "12 subjects, 6 sessions, 20 acquisitions, 105 files, 158 KiB; 12 left out",
  ])
    assert.ok(lines.includes(line), `${line}\n${lines.join("\n")}`)
  assert.ok(lines.length < 60)
})

test("programs get all of it, with its numbers", () => {
  const data = uploadPlanData(PLAN)
  assert.deepEqual(JSON.parse(JSON.stringify(data)), data)
  assert.equal(data.counts.sourceFiles, 2001)
})
