import assert from "node:assert/strict"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { openClient } from "@geartrain/sdk/client"
import { isGeartrainError } from "@geartrain/spec"
import { type OpenedArchives, openArchives } from "../../../src/compose/pipelines/open-archives.ts"
import { type FilesystemBlobStore, openBlobStore } from "../../../src/stores/filesystem/blobs/blob-store.ts"
import { openStoreHome } from "../../../src/stores/filesystem/home/store-home.ts"
import { type FakeArchive, idAt, openFakeArchive } from "./fake-archive.ts"

interface Bench {
  readonly server: FakeArchive
  readonly blobs: FilesystemBlobStore
  readonly folder: string
  /** As another program would open them. */
  open(): OpenedArchives
}

async function bench(context: TestContext): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-archives-"))
  const server = await openFakeArchive()
  const home = await openStoreHome(join(folder, "store"))
  const blobs = openBlobStore(home)
  const opened: OpenedArchives[] = []
  context.after(async () => {
    for (const archives of opened) await archives.close()
    await home.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const connect = async (url?: string) => openClient({ url: url ?? server.url, token: "key", patienceMs: 0 })
  const open = (): OpenedArchives => {
    const archives = openArchives({ connect, blobs, folder: join(folder, "arriving") })
    opened.push(archives)
    return archives
  }
  return { server, blobs, folder, open }
}

const QUERY = { place: "lab/study" }
/** Not the same anywhere, so that bytes at a wrong place are noticed. */
const LARGE = Buffer.from(Array.from({ length: 60_000 }, (_, index) => String(index)).join(","))

async function arrived({ folder }: Bench): Promise<readonly string[]> {
  const names = await readdir(join(folder, "arriving"), { recursive: true })
  return names.filter((name) => /\//.test(name) && !/\/lock/.test(name))
}

const contentRequests = ({ asked }: FakeArchive): readonly string[] => asked.filter((path) => path.includes("/content"))

test("a place is listed page by page, with what is asked of its files, and no byte of them", async (context) => {
  const { server, open } = await bench(context)
  server.files = Array.from({ length: 2500 }, (_, index) => ({
    ...{ path: `s${index % 7}/${index}.txt`, content: Buffer.from(String(index)) },
  }))
  const { files } = await open().list({ ...QUERY, type: "text", tag: "a&b" })
  assert.equal(files.length, 2500)
  assert.ok(files.every(({ path }, index) => index === 0 || (files[index - 1]?.path ?? "") < path))
  const lists = server.asked
    .filter((path) => path.includes("/files?"))
    .map((path) => new URL(path, server.url).searchParams)
  assert.equal(lists.length, 3)
  for (const query of lists)
    assert.deepEqual(
      ["below", "labels", "type", "tag", "limit"].map((name) => query.get(name)),
      ["true", "true", "text", "a&b", "1000"],
    )
  assert.deepEqual(contentRequests(server), [])
})

test("a server that never ends, and one that is none, are left", async (context) => {
  const { server, open } = await bench(context)
  const archives = open()
  const refused = async (code: string): Promise<void> => {
    await assert.rejects(archives.list(QUERY), (error) => isGeartrainError(error) && error.code === code)
  }
  let count = 0
  server.page = () => ({ items: [], next: String(count++) })
  await refused("SERVER_REPLY_UNREADABLE")
  assert.ok(count > 1000 && count < 10_000, String(count))
  server.page = () => ({ items: {} })
  await refused("SERVER_REPLY_UNREADABLE")
  server.page = () => ({ items: [{ name: "../../etc/passwd", labels: [] }] })
  await refused("PIPELINE_ARCHIVE_UNFIT")
  for (const found of [{ kind: "place" }, { kind: "place", place: { id: "../x" } }]) {
    server.found = found
    await refused("SERVER_REPLY_UNREADABLE")
  }
  server.found = { kind: "group", group: { id: "lab" } }
  await refused("PLACE_UNFIT")
  await assert.rejects(archives.list({ ...QUERY, server: "http://127.0.0.1:1" }), { code: "SERVER_UNREACHABLE" })
})

test("a file comes whole through a line that is cut again and again, each byte once", async (context) => {
  const opened = await bench(context)
  const { server, blobs, open } = opened
  server.files = [{ path: "a/large", content: LARGE }]
  const archives = open()
  const { files } = await archives.list(QUERY)
  server.most = { bytes: 150_000, end: "cut" }
  await archives.bring(server.url, files)
  const [file] = files
  assert.deepEqual(await readFile((file && (await blobs.locate(file.digest))) ?? ""), LARGE)
  const ranges = contentRequests(server).map((path) => Number(/bytes=(\d+)-/.exec(path)?.[1] ?? 0))
  assert.ok(ranges.length >= 3 && ranges.every((start, index) => index === 0 || start > (ranges[index - 1] ?? 0)))
  assert.deepEqual(await arrived(opened), [])
  await archives.bring(server.url, files)
  assert.equal(contentRequests(server).length, ranges.length, "what is stored is not fetched")
})

test("what a program had of a file when it was stopped is not fetched again by the next", async (context) => {
  const opened = await bench(context)
  const { server, blobs, open } = opened
  server.files = [{ path: "large", content: LARGE }]
  const first = open()
  const { files } = await first.list(QUERY)
  server.most = { bytes: 100_000, end: "stall" }
  const isStalled = Promise.withResolvers<void>()
  server.onStall = () => isStalled.resolve()
  const stop = new AbortController()
  const bringing = first.bring(server.url, files, stop.signal)
  await Promise.race([isStalled.promise, bringing])
  // What was sent is on its way to the disk.
  await setTimeout(500)
  stop.abort(new Error("stopped"))
  await assert.rejects(bringing, /stopped/)
  await first.close()
  server.most = undefined
  await open().bring(server.url, files)
  const [, again = ""] = contentRequests(server)
  assert.match(again, / bytes=[1-9]\d*-$/)
  assert.ok(files[0] !== undefined && (await blobs.stat(files[0].digest)) !== undefined)
})

test("two that fetch at one time are not in each other's way, and one fetches a file once", async (context) => {
  const opened = await bench(context)
  const { server, open } = opened
  server.files = ["a", "b"].map((path) => ({ path, content: LARGE }))
  const [one, two] = [open(), open()]
  const { files } = await one.list(QUERY)
  assert.equal(new Set(files.map(({ digest }) => digest)).size, 1)
  await Promise.all([one.bring(server.url, files), two.bring(server.url, files), one.bring(server.url, files)])
  assert.ok(contentRequests(server).length <= 2, contentRequests(server).join())
  assert.deepEqual((await readdir(join(opened.folder, "arriving"))).sort(), ["1", "2"])
})

test("other bytes than the list says, and a file that went meanwhile, are told, and nothing is stored", async (context) => {
  const opened = await bench(context)
  const { server, blobs, open } = opened
  const digest = `sha256:${"1".repeat(64)}` as const
  server.files = [{ path: "a", content: Buffer.from("bytes"), listed: { digest } }]
  const archives = open()
  const { files } = await archives.list(QUERY)
  await assert.rejects(archives.bring(server.url, files), { code: "BLOB_DIGEST_MISMATCH" })
  assert.equal(await blobs.stat(digest), undefined)
  assert.deepEqual(await arrived(opened), [])
  server.isGone = true
  await assert.rejects(archives.bring(server.url, files), {
    ...{ code: "ARCHIVE_FILE_NOT_FOUND", message: /Cannot fetch "a" of http\S+: it was removed since it was listed/ },
  })
  assert.match(contentRequests(server)[0] ?? "", new RegExp(`/files/${idAt(0)}/content\\?version=1$`))
})
