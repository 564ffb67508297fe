import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { type Asked, answeringClient, refusal } from "../../../../test/archive/transfer/answering-client.ts"
import { folderOf } from "../../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../../system/hash.ts"
import type { FoundPlace } from "../look-up.ts"
import { downloadArchive, selectFiles } from "./download-archive.ts"
import { downloadOutputs } from "./download-outputs.ts"
import { downloadTree } from "./download-tree.ts"

const { signal } = new AbortController()
const TOP = { id: "top", path: "lab/study" } as FoundPlace
const downloading = { signal, force: false, onBytes: () => undefined }

/** A file of a place, whose bytes are its id. */
function fileOf(place: string, name: string, id: string) {
  return { id, place, name, version: 1, digest: sha256(Buffer.from(id)), sizeBytes: id.length }
}

/** A server with these pages of files, and places whose paths are below the top. */
function serving(pages: readonly (readonly ReturnType<typeof fileOf>[])[], places: Readonly<Record<string, string>>) {
  return answeringClient(({ path, query }: Asked) => {
    const content = /^\/api\/v1\/files\/(\w+)\/content$/.exec(path)
    if (content !== null) return new Response(content[1] ?? "")
    if (path === "/api/v1/places/top/files") {
      const page = Number(query["cursor"] ?? 0)
      return Response.json({ items: pages[page], ...(page + 1 < pages.length ? { next: `${page + 1}` } : {}) })
    }
    const place = places[/^\/api\/v1\/places\/(\w+)$/.exec(path)?.[1] ?? ""]
    return place === undefined ? refusal("PLACE_NOT_FOUND") : Response.json({ path: place })
  })
}

function contentsOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const entries = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name)
    return [path.slice(folder.length + 1), readFileSync(path, "utf8")] as const
  })
  return Object.fromEntries(entries.toSorted())
}

test("files lie in folders by the labels below the place, from all pages, and each place is asked for once", async (context) => {
  const folder = folderOf(context, {})
  const pages = [
    [fileOf("top", "README", "r"), fileOf("s", "T1.nii", "t")],
    [fileOf("s", "T2.nii", "u"), fileOf("a", "x.dcm", "v")],
  ]
  const { client, asked } = serving(pages, { s: "lab/study/sub-1", a: "lab/study/sub-1/ses/scan" })
  const told: string[] = []
  const onFile = ({ file, outcome }: { readonly file: { readonly id: string }; readonly outcome: string }): void =>
    void told.push(`${file.id} ${outcome}`)
  const filter = { name: "*", tag: "good" }
  await downloadTree(TOP, { folder, filter }, { client, ...downloading, onFile })
  assert.deepEqual(contentsOf(folder), {
    README: "r",
    "sub-1/T1.nii": "t",
    "sub-1/T2.nii": "u",
    "sub-1/ses/scan/x.dcm": "v",
  })
  assert.deepEqual(told.toSorted(), ["r fetched", "t fetched", "u fetched", "v fetched"])
  const lists = asked.filter(({ path }) => path === "/api/v1/places/top/files").map(({ query }) => query)
  const query = { limit: "1000", name: "*", tag: "good", below: "true" }
  assert.deepEqual(lists, [query, { ...query, cursor: "1" }])
  assert.equal(asked.filter(({ path }) => path === "/api/v1/places/s").length, 1)
})

test("labels and names lead nowhere else, and two that come to one path stay two files", async (context) => {
  const folder = folderOf(context, {})
  const page = [
    fileOf("e", "../../out", "1"),
    fileOf("top", "a:b", "2"),
    fileOf("top", "a*b", "3"),
    fileOf("f", "x", "4"),
  ]
  // The second place has the name of a file.
  const { client } = serving([page], { e: "lab/study/..", f: "lab/study/a_b" })
  await downloadTree(TOP, { folder, filter: {} }, { client, ...downloading, onFile: () => undefined })
  assert.deepEqual(contentsOf(folder), { "_/__.._out": "1", a_b: "2", "a_b (2)": "3", "a_b (3)/x": "4" })
})

test("a place that the server does not tell of ends the download with its answer", async (context) => {
  const folder = folderOf(context, {})
  const { client } = serving([[fileOf("gone", "x", "1")]], {})
  const tree = downloadTree(TOP, { folder, filter: {} }, { client, ...downloading, onFile: () => undefined })
  await assert.rejects(tree, { code: "PLACE_NOT_FOUND" })
})

test("outputs of a job lie as in its output folder, asked for by their own names", async (context) => {
  const folder = folderOf(context, {})
  const outputs = ["maps/a b&c.nii", "../up", "é"].map((name) => ({
    ...{ name, sizeBytes: Buffer.byteLength(name), digest: sha256(Buffer.from(name)) },
  }))
  const { client } = answeringClient(({ path, query }) =>
    path === "/api/v1/jobs/j1/output" ? new Response(query["name"] ?? "") : refusal("PLACE_NOT_FOUND"),
  )
  const told: string[] = []
  await downloadOutputs(
    client,
    { job: "j1", folder, outputs: outputs as never },
    { ...downloading, onFile: ({ path, output }) => void told.push(`${output.name} > ${path}`) },
  )
  assert.deepEqual(contentsOf(folder), { "_/up": "../up", "maps/a b&c.nii": "maps/a b&c.nii", é: "é" })
  assert.deepEqual(told.toSorted(), ["../up > _/up", "maps/a b&c.nii > maps/a b&c.nii", "é > é"])
})

test("an archive replaces what is at its path only when all of it has come", async (context) => {
  const folder = folderOf(context, { "all.tar": "old" })
  const to = join(folder, "all.tar")
  let isCut = true
  const { client, asked } = answeringClient(
    () => new Response(isCut ? cutAfter("beginning") : "the whole archive", { status: 200 }),
  )
  const counts: number[] = []
  const options = { signal, onBytes: (count: number) => void counts.push(count) }
  const archive = { ticket: "t1", format: "tar", to } as const
  await assert.rejects(downloadArchive(client, archive, options), { code: "SERVER_UNREACHABLE" })
  assert.deepEqual(contentsOf(folder), { "all.tar": "old" })
  assert.deepEqual(counts, [9])
  isCut = false
  await downloadArchive(client, archive, options)
  assert.deepEqual(contentsOf(folder), { "all.tar": "the whole archive" })
  assert.deepEqual(
    asked.map(({ path, query }) => [path, query]),
    Array.from({ length: 2 }, () => ["/api/v1/downloads/t1", { format: "tar" }]),
  )
})

test("what is selected is the place with the filter, and a refusal is the server's own", async () => {
  const { client, asked } = answeringClient(({ body }) =>
    body.includes('"gone"') ? refusal("PLACE_NOT_FOUND") : Response.json({ ticket: "t", files: 2, bytes: 10 }),
  )
  assert.deepEqual(await selectFiles(client, "p1", { type: "dicom" }), { ticket: "t", files: 2, bytes: 10 })
  assert.deepEqual(JSON.parse(asked[0]?.body.toString() ?? ""), { places: ["p1"], files: [], type: "dicom" })
  await assert.rejects(selectFiles(client, "gone", {}), { code: "PLACE_NOT_FOUND" })
})

/** Sends a beginning, and then the error of a cut line. */
function cutAfter(text: string): ReadableStream<Uint8Array> {
  let isSent = false
  return new ReadableStream({
    pull: (controller) => {
      if (isSent) controller.error(new TypeError("terminated"))
      else controller.enqueue(new TextEncoder().encode(text))
      isSent = true
    },
  })
}
