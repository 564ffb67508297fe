import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import type { TestContext } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { Database } from "../../../src/server/database/database.ts"
import { appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"

async function opened(context: TestContext, database: Database) {
  const blobs = memoryBlobStore()
  const bench = await appBench(context, database, { blobs })
  const admin = bench.as("admin")
  await admin.post("/groups", { id: "lab" })
  const make = async (type: string, parent: string, label: string): Promise<string> =>
    (await admin.post("/places", { type, parent, label })).body.id
  const project = await make("project", "lab", "Memory")
  const subject = await make("subject", project, "sub-01")
  const session = await make("session", subject, "ses-01")
  await bench.grant("user", project, "write")
  return { bench, blobs, user: bench.as("user"), other: bench.as("other"), project, subject, session }
}

onDatabases((databases) => {
  databases.test("the archive is used through its interface, from a group to the bytes of a file", async (context) => {
    const { user, other, project, subject, session } = await opened(context, await databases.open(context))
    const acquisition = await user.post("/places", {
      type: "acquisition",
      parent: session,
      label: "T1w",
      metadata: { instrument: "3T" },
      tags: ["b", "a"],
    })
    assert.deepEqual([acquisition.status, acquisition.body.tags, acquisition.headers["etag"]], [201, ["a", "b"], '"1"'])
    const { id } = acquisition.body
    const upload = await user.post("/uploads", { place: id, name: "t1.nii.gz", sizeBytes: 10 })
    assert.deepEqual([upload.status, upload.body.receivedBytes], [201, 0])
    assert.equal((await user.put(`/uploads/${upload.body.id}/chunks/0`, Buffer.from("01234"))).body.receivedBytes, 5)
    assert.equal((await user.put(`/uploads/${upload.body.id}/chunks/7`, Buffer.from("789"))).status, 409)
    assert.equal((await user.put(`/uploads/${upload.body.id}/chunks/3`, Buffer.from("3456789"))).body.receivedBytes, 10)
    const finished = await user.post(`/uploads/${upload.body.id}/finish`)
    assert.deepEqual([finished.body.file.type, finished.body.file.sizeBytes, finished.body.isNew], ["nifti", 10, true])
    const file = finished.body.file.id
    const content = await user.get(`/files/${file}/content`)
    assert.deepEqual(
      [content.text, content.headers["content-length"], content.headers["etag"]],
      ["0123456789", "10", `"sha256:${createHash("sha256").update("0123456789").digest("hex")}"`],
    )
    assert.equal(content.headers["content-disposition"], `attachment; filename="t1.nii.gz"; filename*=UTF-8''t1.nii.gz`)
    const part = await user.get(`/files/${file}/content`, { headers: { range: "bytes=-3" } })
    assert.deepEqual([part.status, part.text, part.headers["content-range"]], [206, "789", "bytes 7-9/10"])
    const behind = await user.get(`/files/${file}/content`, { headers: { range: "bytes=10-" } })
    assert.deepEqual(
      [behind.status, behind.headers["content-range"], behind.body.code],
      [416, "bytes */10", "RANGE_UNFIT"],
    )
    const stale = await user.get(`/files/${file}/content`, { headers: { range: "bytes=1-2", "if-range": '"other"' } })
    assert.deepEqual([stale.status, stale.text], [200, "0123456789"])
    assert.equal(
      (await user.get(`/files/${file}/content`, { headers: { "if-none-match": String(content.headers["etag"]) } }))
        .status,
      304,
    )
    const found = await user.get("/lookup?path=lab/Memory/sub-01/ses-01/T1w/files/t1.nii.gz")
    assert.deepEqual(
      [found.body.kind, found.body.file.id, found.body.place.path],
      ["file", file, "lab/Memory/sub-01/ses-01/T1w"],
    )
    assert.deepEqual(
      (await user.get(`/places/${project}/files?below=true&type=nifti`)).body.items.map(
        (each: { id: string }) => each.id,
      ),
      [file],
    )
    assert.deepEqual((await user.get(`/places/${project}/files`)).body.items, [])
    assert.deepEqual(
      (await user.get(`/places/${subject}/children?type=session`)).body.items.map((each: { id: string }) => each.id),
      [session],
    )
    assert.deepEqual(
      (await user.get("/projects?group=lab")).body.items.map((each: { label: string }) => each.label),
      ["Memory"],
    )
    assert.deepEqual(
      [(await user.get("/groups")).body.items.length, (await other.get("/groups")).body.items.length],
      [1, 0],
    )
    for (const path of [
      `/places/${project}`,
      `/files/${file}`,
      `/files/${file}/content`,
      `/uploads/${upload.body.id}`,
      "/lookup?path=lab",
      "/groups/lab",
    ])
      assert.equal((await other.get(path)).status, 404, path)
  })

  databases.test("of two who change what they both read, the second is told so", async (context) => {
    const { user, session } = await opened(context, await databases.open(context))
    const { headers } = await user.get(`/places/${session}`)
    const ifMatch = { headers: { "if-match": String(headers["etag"]) } }
    assert.equal((await user.patch(`/places/${session}`, { set: { operator: "kim" } }, ifMatch)).headers["etag"], '"2"')
    const late = await user.patch(`/places/${session}`, { set: { operator: "lee" } }, ifMatch)
    assert.deepEqual([late.status, late.body.code, late.body.details.revision], [409, "ETAG_MISMATCH", 2])
    assert.equal((await user.patch(`/places/${session}`, {}, { headers: { "if-match": "W/x" } })).status, 400)
    assert.equal((await user.delete(`/places/${session}`)).status, 403)
  })

  databases.test(
    "a whole file is put in one stream, hostile names stay names, and nothing of theirs gets into headers",
    async (context) => {
      const { user, session } = await opened(context, await databases.open(context))
      const name = `a"b;é' ${"x".repeat(200)}.html`
      const put = await user.put(`/places/${session}/files/${encodeURIComponent(name)}`, Buffer.from("<script>"))
      assert.deepEqual([put.status, put.body.file.name], [200, name])
      const { id } = put.body.file
      const patched = await user.patch(`/files/${id}`, { set: { mimetype: "text/html\r\nset-cookie: x=1" } })
      assert.equal(patched.status, 200)
      const content = await user.get(`/files/${id}/content`)
      assert.deepEqual(
        [content.status, content.headers["content-type"], content.headers["set-cookie"]],
        [200, "application/octet-stream", undefined],
      )
      assert.match(
        String(content.headers["content-disposition"]),
        /^attachment; filename="a_b_?_+ x+\.html"; filename\*=UTF-8''a%22b%3B%C3%A9%27%20x+\.html$/,
      )
      for (const bad of ["..", "a%2Fb", "a%00b", "%0a", "x".repeat(256)]) {
        const { status } = await user.put(`/places/${session}/files/${bad}`, Buffer.from("x"))
        assert.ok(status >= 400 && status < 500, `${bad} ${status}`)
      }
      const wrong = await user.put(`/places/${session}/files/w?digest=sha256:${"0".repeat(64)}`, Buffer.from("x"))
      assert.deepEqual([wrong.status, wrong.body.code], [422, "UPLOAD_UNFIT"])
      assert.equal((await user.get(`/places/${session}/files/w`)).status, 404)
      const empty = await user.put(`/places/${session}/files/empty`, Buffer.alloc(0))
      assert.deepEqual([empty.status, empty.body.file?.sizeBytes], [200, 0])
      assert.deepEqual([(await user.get(`/files/${empty.body.file.id}/content`)).text], [""])
    },
  )

  databases.test("trash, analyses and collections through the interface", async (context) => {
    const { user, bench, project, session } = await opened(context, await databases.open(context))
    const admin = bench.as("admin")
    const file = (await user.put(`/places/${session}/files/a.txt`, Buffer.from("x"))).body.file.id
    assert.equal((await user.delete(`/files/${file}`)).status, 204)
    assert.equal((await user.get(`/projects/${project}/trash/files`)).body.items[0].id, file)
    assert.equal((await user.post(`/files/${file}/restore`)).status, 200)
    assert.equal((await admin.delete(`/places/${session}`)).status, 204)
    assert.equal((await user.get(`/projects/${project}/trash/places`)).body.items[0].id, session)
    assert.equal((await admin.post(`/places/${session}/restore`)).status, 200)
    const analysis = await user.post("/analyses", { parent: session, label: "stats", inputs: [file] })
    assert.deepEqual([analysis.status, analysis.body.inputs[0].name], [201, "a.txt"])
    assert.equal((await user.post(`/analyses/${analysis.body.id}/notes`, { text: "fine" })).body.notes[0].text, "fine")
    assert.equal((await user.get(`/analyses/${analysis.body.id}`)).body.path, "lab/Memory/sub-01/ses-01/analyses/stats")
    const collection = (await user.post("/collections", { project, label: "good" })).body.id
    assert.equal(
      (await user.patch(`/collections/${collection}`, { addPlaces: [session], addFiles: [file] })).body.revision,
      2,
    )
    assert.equal((await user.get(`/collections/${collection}/items`)).body.items.length, 2)
    assert.equal((await user.get(`/collections/${collection}`)).headers["etag"], '"2"')
    assert.equal((await user.get(`/projects/${project}/collections`)).body.items.length, 1)
    assert.equal((await user.delete(`/collections/${collection}`)).status, 204)
    assert.equal((await admin.put(`/projects/${project}/quota`, { quotaBytes: 1 })).status, 204)
    const full = await user.put(`/places/${session}/files/b.txt`, Buffer.from("more"))
    assert.deepEqual([full.status, full.body.code], [507, "QUOTA_EXCEEDED"])
    assert.equal((await admin.patch("/groups/lab", { label: "The lab" })).body.label, "The lab")
    assert.equal((await user.get("/groups/lab")).body.label, "The lab")
    assert.equal((await user.get(`/files/${file}/versions`)).body.items.length, 1)
    assert.equal((await user.post(`/places/${session}/move`, { parent: project })).status, 422)
    assert.equal((await user.get(`/projects?cursor=${"x".repeat(50)}`)).status, 400)
    const dropped = (await user.post("/uploads", { place: session, name: "c" })).body.id
    assert.equal((await user.delete(`/uploads/${dropped}`)).status, 204)
    assert.equal((await user.get(`/uploads/${dropped}`)).status, 404)
  })

  databases.test("a download that meets a damaged file is cut, so that nobody takes it for whole", async (context) => {
    const { bench, blobs, user, session } = await opened(context, await databases.open(context))
    const file = (await user.put(`/places/${session}/files/a.bin`, Buffer.alloc(300_000, 7))).body.file
    const ticket = (await user.post("/downloads", { places: [session] })).body
    assert.deepEqual([ticket.files, ticket.bytes], [1, 300_000])
    const address = await bench.listen()
    const fetchAs = (path: string): Promise<Response> =>
      fetch(`${address}/api/v1${path}`, { headers: { authorization: `Bearer ${bench.key("user")}` } })
    const whole = await fetchAs(`/downloads/${ticket.ticket}?format=zip`)
    assert.equal(whole.headers.get("content-type"), "application/zip")
    assert.ok((await whole.arrayBuffer()).byteLength > 0)
    // Behind what is sent already.
    const later = (await user.put(`/places/${session}/files/z.bin`, Buffer.from("gone"))).body.file
    await blobs.remove?.(later.digest)
    const cut = await fetchAs(`/downloads/${ticket.ticket}`)
    assert.equal(cut.status, 200)
    await assert.rejects(cut.arrayBuffer(), TypeError)
    assert.notEqual((await fetchAs(`/files/${later.id}/content`)).status, 200)
    assert.equal((await user.get("/archive/check")).status, 403)
    const checked = await fetch(`${address}/api/v1/archive/check`, {
      headers: { authorization: `Bearer ${bench.key("admin")}` },
    })
    const lines = (await checked.text()).trim().split("\n")
    const steps = lines.map((line) => JSON.parse(line))
    assert.deepEqual(
      [steps[0].damaged?.versions[0]?.file ?? steps[1].damaged.versions[0].file, steps.at(-1)],
      [later.id, { blobs: 2, bytes: 300_000 }],
    )
    assert.equal((await (await fetchAs(`/files/${file.id}/content`)).arrayBuffer()).byteLength, 300_000)
  })
})
