import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { openClient } from "@geartrain/sdk/client"
import { answerWith, SERVER } from "../../../test/cli/answering-server.ts"
import { contextOf, HOSTILE, hasControls, type ToldOptions } from "../../../test/cli/told.ts"
import { listPlace } from "./list-place.ts"

const place = (type: string, label: string) => ({ id: `id-${label}`, type, label, path: `g/p/${label}`, modifiedMs: 0 })
const file = (name: string, more: object = {}) => ({
  id: name,
  name,
  sizeBytes: 2048,
  version: 3,
  modifiedMs: 0,
  ...more,
})

const ARCHIVE = {
  "GET /api/v1/groups": () => ({ items: [{ id: "lab", label: "Lab", modifiedMs: 0 }] }),
  "GET /api/v1/projects": () => ({ items: [place("project", "study")] }),
  "GET /api/v1/places/*/children": ({ query }: { readonly query: Readonly<Record<string, unknown>> }) => ({
    items: query["type"] === "subject" ? [place("subject", HOSTILE)] : [place("analysis", "bet")],
  }),
  "GET /api/v1/places/*/files": ({ query }: { readonly query: Readonly<Record<string, unknown>> }) =>
    query["cursor"] === undefined
      ? { items: [file("t1.nii.gz", { type: "nifti" })], next: "2" }
      : { items: [file("notes")] },
}

async function listed(context: TestContext, path: string, options: ToldOptions & { readonly found?: unknown } = {}) {
  const { found, ...told } = options
  const requests = answerWith(context, { ...ARCHIVE, "GET /api/v1/lookup": () => found })
  const { context: with_, out, err } = contextOf(told)
  await listPlace(with_, openClient({ url: SERVER }), path)
  return { out: out(), err: err(), requests }
}

const PROJECT = { kind: "place", place: place("project", "study") }

test("the empty path lists groups, and is looked up nowhere", async (context) => {
  for (const path of ["", "/", "//"]) {
    const { out, requests } = await listed(context, path)
    assert.match(out, /^NAME +TYPE[^\n]*\nlab\/ +group +1970-01-01/, path)
    assert.equal(requests.length, 1, path)
  }
})

test("a group lists its projects", async (context) => {
  const { out, requests } = await listed(context, "lab", { found: { kind: "group", group: { id: "lab" } } })
  assert.match(out, /\nstudy\/ +project/)
  assert.equal(requests.at(-1)?.query["group"], "lab")
})

test("a place lists what is below it before its files, page after page under one title", async (context) => {
  const { out } = await listed(context, "lab/study", { found: PROJECT })
  const lines = out.trimEnd().split("\n")
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(/ {2,}/)[1]),
    ["subject", "analysis", "nifti", "-"],
  )
  assert.equal(lines.filter((line) => line.startsWith("NAME")).length, 1)
  assert.match(lines[2] ?? "", /^analyses\/bet\//)
  assert.match(lines[3] ?? "", /2 KiB +3 /)
  assert.ok(!hasControls(out))
})

test("for programs each entry is a line with its kind, and for scripts its name alone", async (context) => {
  const { out } = await listed(context, "lab/study", { found: PROJECT, json: true })
  const items = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ["subject", "analysis", "file", "file"],
  )
  assert.equal(items[0]?.["label"], HOSTILE)
  const quiet = await listed(context, "lab/study", { found: PROJECT, quiet: true })
  assert.deepEqual(quiet.out.split("\n").slice(1), ["analyses/bet/", "t1.nii.gz", "notes", ""])
  assert.ok(!hasControls(quiet.out))
})

test("a file is a row by itself", async (context) => {
  const { out } = await listed(context, "lab/study/files/a", { found: { kind: "file", file: file("a") } })
  assert.match(out, /\na +- +2 KiB +3 /)
})

test("an acquisition has nothing below it but analyses, and an analysis nothing at all", async (context) => {
  for (const [type, kinds] of [
    ["acquisition", ["analysis"]],
    ["analysis", []],
  ] as const) {
    const { requests } = await listed(context, "x", { found: { kind: "place", place: place(type, "x") } })
    assert.deepEqual(
      requests.flatMap(({ query }) => query["type"] ?? []),
      kinds,
      type,
    )
  }
})

test("a table of more rows than are held at a time has one title", async (context) => {
  const many = (from: number) => Array.from({ length: 1000 }, (_, at) => file(`f${from + at}`))
  answerWith(context, {
    "GET /api/v1/lookup": () => ({ kind: "place", place: place("analysis", "x") }),
    "GET /api/v1/places/*/files": ({ query }) =>
      query["cursor"] === undefined ? { items: many(0), next: "1" } : { items: many(1000) },
  })
  const { context: with_, out } = contextOf()
  await listPlace(with_, openClient({ url: SERVER }), "x")
  const lines = out().trimEnd().split("\n")
  assert.equal(lines.length, 2001)
  assert.equal(lines.filter((line) => line.startsWith("NAME")).length, 1)
})

test("nothing is told in a sentence, and is no element of a list", async (context) => {
  const empty = { "GET /api/v1/groups": () => ({ items: [] }) }
  answerWith(context, empty)
  for (const json of [false, true]) {
    const { context: with_, out, err } = contextOf({ json })
    await listPlace(with_, openClient({ url: SERVER }), "")
    assert.deepEqual([out(), err()], ["", json ? "" : "There is no group that you can see\n"])
  }
})
