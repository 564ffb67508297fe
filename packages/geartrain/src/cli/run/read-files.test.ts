import assert from "node:assert/strict"
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type ErrorCode, isGeartrainError, JOB_RECORD_FORMAT } from "@geartrain/spec"
import { readConfigFile } from "./read-config-file.ts"
import { isRecordPath, readRecordFile } from "./read-record.ts"
import { readSecrets } from "./read-secret.ts"

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "gear-cli-files-"))
})
after(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, content: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}

function refusal(code: ErrorCode, pattern: RegExp) {
  return (error: unknown): boolean => isGeartrainError(error, code) && pattern.test(error.message)
}

test("a config.json gives config, files, contexts, keys and destination", async () => {
  const path = await write("config.json", {
    config: { speed: 2 },
    inputs: {
      dicom: {
        base: "file",
        hierarchy: { type: "acquisition", id: "0" },
        location: { name: "scan.zip", path: "/flywheel/v0/input/dicom/scan.zip" },
        object: { type: "dicom", size: 1 },
      },
      near: { base: "file", location: { name: "x", path: "data/x" }, object: {} },
      atlas: { base: "context", found: true, value: "aal" },
      absent: { base: "context", found: false },
      key: { base: "api-key", key: "host:secret" },
    },
    destination: { type: "session", id: "5" },
  })
  assert.deepEqual(structuredClone(await readConfigFile(path)), {
    config: { speed: 2 },
    files: { dicom: join(folder, "input/dicom/scan.zip"), near: join(folder, "data/x") },
    fileNames: { dicom: "scan.zip", near: "x" },
    fileObjects: { dicom: { type: "dicom", size: 1 }, near: {} },
    contexts: { atlas: "aal" },
    keys: { key: "host:secret" },
    destination: { type: "session", id: "5" },
    elsewhere: {},
  })
})

test("inputs of an invocation, and those of a platform's own arguments, are known for files that lie elsewhere", async () => {
  const path = await write("arguments.json", {
    config: {},
    inputs: {
      dicom: { type: "dicom" },
      cases: { type: "project", id: "5f17", name: "cases.csv" },
      destination: { type: "project", id: "5f17" },
    },
  })
  const read = structuredClone(await readConfigFile(path))
  assert.deepEqual(read.files, {})
  assert.deepEqual(read.fileObjects, { dicom: { type: "dicom" } })
  assert.deepEqual(read.elsewhere, {
    dicom: "a file that is described, and lies nowhere",
    cases: 'the file "cases.csv" of project 5f17 on a platform',
    destination: "the whole of project 5f17 on a platform",
  })
})

test("every fault of a config.json is told with its line and column, and what mends it", async () => {
  const path = await write("faults.json", '{"config": {\n  "a": 1,\n  "a": NaN,\n}}')
  await assert.rejects(readConfigFile(path), (error) => {
    assert.ok(isGeartrainError(error, "CONFIG_FILE_INVALID"))
    const lines = error.message.split("\n")
    assert.equal(lines[0], `Cannot read config file "${path}": it has 3 faults`)
    assert.match(lines[1] ?? "", /faults\.json:3:3: .*"a".*; /)
    assert.match(lines[2] ?? "", /faults\.json:3:8: .*; /)
    assert.match(lines[3] ?? "", /faults\.json:3:11: .*comma.*; /)
    assert.equal(lines.length, 4)
    return true
  })
  const binary = join(folder, "latin1.json")
  await writeFile(binary, Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]))
  await assert.rejects(readConfigFile(binary), /latin1\.json:1:3: byte 0xe9 is not part of UTF-8 text; save the file/)
  const deep = await write("deep.json", `${"[".repeat(100_000)}`)
  await assert.rejects(readConfigFile(deep), /deep\.json:1:65: /)
})

test("an empty config.json asks for nothing", async () => {
  const path = await write("empty.json", {})
  assert.deepEqual((await readConfigFile(path)).config, {})
})

test("what is no config.json is refused with what is wrong", async () => {
  const refused = (pattern: RegExp) => refusal("CONFIG_FILE_INVALID", pattern)
  await assert.rejects(readConfigFile(join(folder, "none.json")), refused(/there is no such file$/))
  await assert.rejects(readConfigFile(folder), refused(/it is no regular file$/))
  await assert.rejects(readConfigFile(await write("bad.json", "{")), refused(/bad\.json:1:2: /))
  await assert.rejects(readConfigFile(await write("list.json", [])), refused(/it is not a JSON object$/))
  await assert.rejects(
    readConfigFile(await write("c.json", { config: [] })),
    refused(/its member "config" is no object\n.*c\.json:1:11: it stands here$/),
  )
  await assert.rejects(readConfigFile(await write("i.json", { inputs: { a: 1 } })), refused(/input "a" is no object\n/))
  await assert.rejects(
    readConfigFile(await write("p.json", { inputs: { a: { base: "file" } } })),
    refused(/does not say where its file is/),
  )
})

test("secrets are read from files, without the line end", async () => {
  const path = await write("key.txt", "  s3cret\n")
  await chmod(path, 0o600)
  assert.deepEqual(await readSecrets({ key: path }), { key: "s3cret" })
})

test("a secret that cannot be read is refused, and never in the message", async () => {
  const refused = (pattern: RegExp) => refusal("SECRET_UNREADABLE", pattern)
  await assert.rejects(readSecrets({ key: join(folder, "none") }), refused(/there is no such file$/))
  await assert.rejects(readSecrets({ key: folder }), refused(/it is no regular file$/))
  await assert.rejects(readSecrets({ key: await write("blank", "\n") }), refused(/it is empty$/))
  const long = await write("long", "x".repeat(100_000))
  await assert.rejects(readSecrets({ key: long }), refused(/it has 100000 bytes, and 65536 are the most$/))
  const binary = join(folder, "binary")
  await writeFile(binary, Buffer.from([0xe9, 0xff]))
  await assert.rejects(readSecrets({ key: binary }), refused(/it is not text in UTF-8$/))
})

const DIGEST = `sha256:${"a".repeat(64)}`
const RECORD = {
  format: JOB_RECORD_FORMAT,
  id: "0123456789abcdef01234567",
  gear: { id: DIGEST, name: "g", version: "1", origin: { kind: "tar", reference: "g.tar" } },
  invocation: { config: {}, network: "none", inputs: { a: { base: "file", name: "x", digest: DIGEST, object: {} } } },
  inputs: {},
  outputs: [],
  limits: {},
}

test("a record is read bare, or as gear show prints it", async () => {
  assert.deepEqual(structuredClone(await readRecordFile(await write("bare.json", RECORD))), RECORD)
  const shown = { schema: "geartrain-cli-show/1", ok: true, data: RECORD, error: null }
  assert.deepEqual(structuredClone(await readRecordFile(await write("shown.json", shown))), RECORD)
})

test("what is no record is refused with what is wrong", async () => {
  const refused = (pattern: RegExp) => refusal("RECORD_FILE_INVALID", pattern)
  await assert.rejects(readRecordFile(join(folder, "none.json")), refused(/there is no such file$/))
  await assert.rejects(readRecordFile(await write("b.json", "nope")), refused(/b\.json:1:1: /))
  const changes: readonly (readonly [object, RegExp])[] = [
    [{ format: "other/1" }, /it is not the record of a job/],
    [{ id: "../../etc" }, /its id is not that of a job/],
    [{ gear: { id: "sha256:1" } }, /does not name the gear by its id/],
    [{ gear: { id: DIGEST } }, /does not say which gear it was/],
    [{ invocation: {} }, /has no config or no inputs/],
    [{ invocation: { ...RECORD.invocation, network: "host" } }, /does not say what network/],
    [{ outputs: 1 }, /its inputs, outputs or limits are missing/],
    [
      { invocation: { ...RECORD.invocation, inputs: { a: { base: "file", digest: "x" } } } },
      /input "a" of its invocation has no digest/,
    ],
  ]
  for (const [change, pattern] of changes) {
    await assert.rejects(
      readRecordFile(await write("changed.json", { ...RECORD, ...change })),
      refused(pattern),
      String(pattern),
    )
  }
})

test("a word with a slash or .json is a file, ids are not", () => {
  assert.deepEqual(["job.json", "./x", "0123456789ab", "latest"].map(isRecordPath), [true, true, false, false])
})
