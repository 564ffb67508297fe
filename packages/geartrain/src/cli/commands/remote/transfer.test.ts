import assert from "node:assert/strict"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { answerWith, SERVER_ENV } from "../../../../test/cli/answering-server.ts"
import { HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { sha256 } from "../../../system/hash.ts"
import { downloadCommand } from "./download.ts"
import { pushCommand } from "./push.ts"
import { uploadCommand } from "./upload.ts"

const env = SERVER_ENV

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-transfer-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const CONTENT = "one file"
const FILE = {
  ...{ id: "f1", name: "t1.nii", version: 2, sizeBytes: CONTENT.length, modifiedMs: 0 },
  digest: sha256(Buffer.from(CONTENT)),
}

function withFile(context: TestContext) {
  return answerWith(context, {
    "GET /api/v1/lookup": ({ query }) =>
      query["path"] === "lab" ? { kind: "group", group: { id: "lab" } } : { kind: "file", file: FILE },
    "GET /api/v1/files/*/content": () => new Response(CONTENT),
  })
}

test("a file is fetched into a folder or under a name, and told to be there the next time", async (context) => {
  const home = folder(context)
  withFile(context)
  const { out, err, result } = await told(downloadCommand, ["lab/s/files/t1.nii", "-o", `${home}/`], { env })
  assert.deepEqual([out, err], [`${join(home, "t1.nii")}\n`, "8 B\n"])
  assert.equal(readFileSync(join(home, "t1.nii"), "utf8"), CONTENT)
  assert.deepEqual([Object(result.data).outcome, Object(result.data).version], ["fetched", 2])
  const again = await told(downloadCommand, ["lab/s/files/t1.nii", "-o", home], { env })
  assert.equal(again.err, "was there already\n")
  writeFileSync(join(home, "other"), "mine")
  await assert.rejects(told(downloadCommand, ["lab/s/files/t1.nii", "-o", join(home, "other")], { env }), {
    code: "OUTPUT_EXISTS",
  })
  assert.equal(readFileSync(join(home, "other"), "utf8"), "mine")
})

test("bytes go to standard output alone, and to no terminal", async (context) => {
  withFile(context)
  const file = "lab/s/files/t1.nii"
  for (const options of [{ isTerminal: true }, { json: true }])
    await assert.rejects(told(downloadCommand, [file, "-o", "-"], { env, ...options }), {
      ...{ code: "USAGE", hint: "Name a file: -o FILE" },
    })
})

test("what chooses among files is refused of one file and of a job's outputs; a group is not downloaded", async (context) => {
  withFile(context)
  for (const flag of ["--name=*", "--type=nifti", "--tag=t", "--as=tar"]) {
    await assert.rejects(told(downloadCommand, ["lab/s/files/t1.nii", flag], { env }), { code: "USAGE" }, flag)
    await assert.rejects(told(downloadCommand, ["job:latest", flag], { env }), { code: "USAGE" }, flag)
  }
  await assert.rejects(told(downloadCommand, ["lab"], { env }), {
    code: "USAGE",
    hint: "List its projects: gear ls lab --server",
  })
})

test("a packing is said, or meant by the name of the archive; what is in the way stays", async (context) => {
  const home = folder(context)
  const requests = answerWith(context, {
    "GET /api/v1/lookup": () => ({
      kind: "place",
      place: { id: "p1", type: "project", label: "study", path: "lab/study" },
    }),
    "POST /api/v1/downloads": () => ({ ticket: "t", files: 0, bytes: 0 }),
  })
  await assert.rejects(told(downloadCommand, ["lab/study", "--as", "rar"], { env }), { code: "USAGE" })
  for (const name of ["a.tar", "a.zip"]) {
    writeFileSync(join(home, name), "mine")
    await assert.rejects(told(downloadCommand, ["lab/study", "-o", join(home, name)], { env }), {
      code: "OUTPUT_EXISTS",
    })
    assert.equal(readFileSync(join(home, name), "utf8"), "mine")
  }
  assert.ok(requests.every(({ path }) => !path.includes("/t")))
})

test("all that a job put out comes into a folder, in folders of its own", async (context) => {
  const home = folder(context)
  const outputs = [{ name: "sub/out.txt", digest: FILE.digest, sizeBytes: CONTENT.length }]
  const id = "ab".repeat(12)
  answerWith(context, {
    "GET /api/v1/jobs/*": () => ({ id, outputs }),
    "GET /api/v1/jobs/*/output": () => new Response(CONTENT),
  })
  const to = join(home, "results")
  const { out, result } = await told(downloadCommand, [`job:${id}`, "-o", to], { env })
  assert.equal(readFileSync(join(to, "sub/out.txt"), "utf8"), CONTENT)
  assert.match(out, /1 file fetched, 8 B/)
  assert.equal(result.exitCode, undefined)
})

test("a dry run shows how a folder and files are sorted, and asks no server", async (context) => {
  const home = folder(context)
  mkdirSync(join(home, "memory/sub-01/ses-01/T1w"), { recursive: true })
  writeFileSync(join(home, "memory/sub-01/ses-01/T1w/t1.nii"), "1")
  writeFileSync(join(home, HOSTILE.replaceAll("/", "")), "22")
  const requests = answerWith(context, {})
  const args = [join(home, "memory"), join(home, HOSTILE), "--to", "lab/study", "--dry-run"]
  const { out, result } = await told(uploadCommand, args)
  assert.ok(out.includes("T1w/  1 file: nifti, 1 B") && !hasControls(out), out)
  const data = Object(result.data)
  assert.deepEqual([data.plans.length, data.files.length, data.files[0].sizeBytes], [1, 1, 2])
  assert.equal(requests.length, 0)
})

test("an upload says where to, and how it sorts; a folder goes into a project", async (context) => {
  const home = folder(context)
  mkdirSync(join(home, "memory"))
  writeFileSync(join(home, "memory/a.txt"), "1")
  const requests = answerWith(context, {})
  await assert.rejects(told(uploadCommand, [home], { env }), {
    code: "USAGE",
    hint: "gear upload PATH --to GROUP/PROJECT",
  })
  await assert.rejects(told(uploadCommand, [home, "--to", "lab/s", "--as", "magic"], { env }), { code: "USAGE" })
  await assert.rejects(told(uploadCommand, [join(home, "memory"), "--to", "lab/s/sub-01"], { env }), {
    ...{ code: "USAGE", message: /it is no project$/ },
  })
  await assert.rejects(told(uploadCommand, [join(home, "none"), "--to", "lab/s"], { env }), /none/)
  assert.equal(requests.length, 0)
})

test("a gear that is not there is pushed nowhere", async (context) => {
  const home = folder(context)
  const requests = answerWith(context, {})
  const own = { ...env, GEARTRAIN_HOME: join(home, "gears"), XDG_CACHE_HOME: join(home, "cache") }
  await assert.rejects(told(pushCommand, ["none"], { env: own }), { code: "GEAR_NOT_FOUND" })
  await assert.rejects(told(pushCommand, [join(home, "none.tar")], { env: own }), { code: "IMAGE_NOT_FOUND" })
  assert.equal(requests.length, 0)
  assert.ok(!existsSync(join(home, "none.tar")))
})
