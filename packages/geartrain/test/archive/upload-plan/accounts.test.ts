import assert from "node:assert/strict"
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { isFolderName } from "@geartrain/spec"
import { checkMember, FILE_MEMBERS, PLACE_MEMBERS } from "@geartrain/spec/archive"
import fc from "fast-check"
import { countPlan } from "../../../src/archive/upload-plan/count-plan.ts"
import { planUpload } from "../../../src/archive/upload-plan/plan-upload.ts"
import { readPlannedFile } from "../../../src/archive/upload-plan/read-planned-file.ts"
import type { UploadPlan } from "../../../src/archive/upload-plan/upload-plan.ts"
import { missing, run } from "../../images/support/foreign.ts"
import { nodeAsNobody } from "../../programs/as-nobody.ts"
import { dicomFile, imageValues } from "./dicom-file.ts"
import { accounts, filesOf, folderOf } from "./folder-of.ts"

const step = fc.constantFrom(
  ...["sub-01", "sub-02", "ses-a", "anat", "func", "derivatives", "fmriprep", "code", ".git", "a b", "é", "x.ds"],
  ...["files", "..a", "C:", "line\nfeed"],
)
const name = fc.constantFrom(
  ...[
    "sub-01_T1w.nii.gz",
    "sub-01_task-r_bold.nii.gz",
    "sub-01_task-r_bold.json",
    "sub-01_task-r_events.tsv",
    "README",
  ],
  ...[".DS_Store", "participants.tsv", "dataset_description.json", "a\u202eb", "no suffix.", "x*?.dcm", "T1 (2).nii"],
)
const tag = fc.constantFrom("1", "2", "")
const content = fc.oneof(
  fc.constant<string | Buffer>("{}"),
  fc.constant<string | Buffer>("participant_id\tsex\nsub-01\tF\n"),
  fc.tuple(tag, tag, tag, fc.integer({ min: 1, max: 3 })).map(([p, s, r, i]) => dicomFile(imageValues(p, s, [r, i]))),
)
const tree = fc.array(fc.record({ folders: fc.array(step, { maxLength: 5 }), name, content }), { maxLength: 14 })

/** Writes what can be written: a file does not become a folder. */
function build(files: readonly { folders: readonly string[]; name: string; content: string | Buffer }[]): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-upload-")))
  writeFileSync(join(root, "dataset_description.json"), '{"Name":"x","BIDSVersion":"1.9.0"}')
  for (const { folders, name: last, content: bytes } of files) {
    const path = join(root, ...folders, last)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
  return root
}

function everyFile(root: string, path = ""): readonly string[] {
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const below = path === "" ? entry.name : `${path}/${entry.name}`
    return entry.isDirectory() ? everyFile(root, below) : [below]
  })
}

function checkPlan(plan: UploadPlan, root: string): void {
  const told = accounts(plan)
  assert.equal(new Set(told).size, told.length, "nothing is told twice")
  const leftFolders = plan.leftOut.filter(({ kind }) => kind === "folder").map(({ path }) => `${path}/`)
  for (const path of everyFile(root)) {
    const isTold = told.includes(path)
    const isBelow = leftFolders.some((folder) => path.startsWith(folder))
    assert.ok(isTold !== isBelow, `${JSON.stringify(path)} is told once`)
  }
  const paths = new Set<string>()
  for (const { level, labels, fields, files } of plan.places) {
    const at = labels.join("/")
    assert.ok(!paths.has(at) && labels.every((label) => isFolderName(label) && label.length <= 256), at)
    assert.ok(labels.length === 0 || paths.has(labels.slice(0, -1).join("/")), "its parent comes before")
    paths.add(at)
    assert.equal(new Set(files.map((file) => file.name)).size, files.length)
    for (const [member, value] of Object.entries(fields)) {
      const kind = PLACE_MEMBERS[level][member]
      assert.ok(
        kind !== undefined && checkMember(kind, value) === undefined,
        `${level}.${member}: ${JSON.stringify(value)}`,
      )
    }
    for (const file of files) {
      assert.ok(isFolderName(file.name))
      for (const [member, value] of Object.entries(file.fields)) {
        const kind = FILE_MEMBERS[member]
        assert.ok(kind !== undefined && checkMember(kind, value) === undefined, `${member}: ${JSON.stringify(value)}`)
      }
    }
  }
}

async function bytesOf(plan: UploadPlan, file: UploadPlan["places"][number]["files"][number]): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of readPlannedFile(plan, file)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

test("whatever a folder holds, each file is planned or left out, once, and each planned file has the bytes it promises", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.constantFrom("bids", "dicom", "folders", "auto"), async (files, as) => {
      const root = build(files as Parameters<typeof build>[0])
      try {
        const plan = await planUpload(root, { as: as as "bids" }).catch((error: { code?: string }) => {
          if (as === "dicom" && error.code === "UPLOAD_UNSORTABLE") return undefined
          throw error
        })
        if (plan === undefined) return
        checkPlan(plan, root)
        const again = await planUpload(root, { as: as as "bids" })
        assert.deepEqual(again, plan)
        for (const file of plan.places.flatMap((place) => place.files))
          assert.equal((await bytesOf(plan, file)).length, file.sizeBytes)
        assert.equal(countPlan(plan).sourceFiles + plan.leftOut.length, accounts(plan).length)
      } finally {
        rmSync(root, { recursive: true, force: true })
      }
    }),
    { numRuns: 60 },
  )
})

test("what is no data, leads out or cannot be read is left out, with the reason", async (context) => {
  const folder = folderOf(context, { "S/A/B/real.txt": "x", ".DS_Store": "x", ".git/config": "x", "store/x.bin": "xy" })
  const outside = folderOf(context, { "secret.txt": "secret" })
  symlinkSync(join(outside, "secret.txt"), join(folder, "S/A/B/out.txt"))
  symlinkSync(outside, join(folder, "S/A/B/outside"))
  symlinkSync("../../..", join(folder, "S/A/B/loop"))
  symlinkSync("nowhere", join(folder, "S/A/B/broken"))
  symlinkSync("self", join(folder, "S/A/B/self"))
  symlinkSync("../../../store/x.bin", join(folder, "S/A/B/inside.bin"))
  run(["mkfifo", join(folder, "S/A/B/pipe")])
  writeFileSync(Buffer.concat([Buffer.from(join(folder, "S/A/B/")), Buffer.from([0xff, 0x41])]), "x")
  const plan = await planUpload(folder)
  assert.equal(plan.sorter, "folders")
  assert.deepEqual(
    plan.leftOut.map(({ path, kind, why }) => [path, kind, why]),
    [
      [".DS_Store", "file", "is of macOS, and no data"],
      [".git", "folder", "is the history of version control"],
      ["S/A/B/broken", "file", "is a link to nothing: data that is not here has to be fetched first"],
      ["S/A/B/loop", "file", "is a link to a folder, and those are not followed"],
      ["S/A/B/out.txt", "file", "is a link out of the folder"],
      ["S/A/B/outside", "file", "is a link to a folder, and those are not followed"],
      ["S/A/B/pipe", "file", "is a named pipe"],
      ["S/A/B/self", "file", "is a link to nothing: data that is not here has to be fetched first"],
      ["S/A/B/\ufffdA", "file", "has a name that is no UTF-8 text"],
    ],
  )
  assert.deepEqual(filesOf(plan), {
    "S/A/B/inside.bin": ["S/A/B/inside.bin"],
    "S/A/B/real.txt": ["S/A/B/real.txt"],
    "store/x.bin": ["store/x.bin"],
  })
  const linked = plan.places.flatMap((place) => place.files).find((file) => file.name === "inside.bin")
  assert.ok(linked !== undefined)
  assert.equal((await bytesOf(plan, linked)).toString(), "xy")
})

test("a file that is not what was planned is not uploaded", async (context) => {
  const folder = folderOf(context, { "S/a.txt": "four", "S/b.txt": "four", "S/c.txt": "four", "S/D/e/f/g": "four" })
  const outside = folderOf(context, { "secret.txt": "four", "e/f/g": "four" })
  const plan = await planUpload(folder, { template: "{subject}" })
  writeFileSync(join(folder, "S/a.txt"), "longer")
  rmSync(join(folder, "S/b.txt"))
  rmSync(join(folder, "S/c.txt"))
  symlinkSync(join(outside, "secret.txt"), join(folder, "S/c.txt"))
  rmSync(join(folder, "S/D"), { recursive: true })
  symlinkSync(outside, join(folder, "S/D"))
  const why: string[] = []
  for (const file of plan.places.flatMap((place) => place.files)) {
    await assert.rejects(bytesOf(plan, file), (error: { readonly code?: string; readonly message: string }) => {
      why.push(error.message)
      return error.code === "UPLOAD_FILE_CHANGED"
    })
  }
  assert.deepEqual(why, [
    'Cannot upload "S/a.txt": it has 6 bytes, and had 4',
    'Cannot upload "S/b.txt": it is not there any more',
    'Cannot upload "S/c.txt": it has become a link',
    'Cannot upload "S/D/e/f/g": it has become a link',
  ])
})

test("a folder that cannot be sorted says why, and what can be done", async (context) => {
  const folder = folderOf(context, { "notes.txt": "x" })
  const problem = async (path: string, options: Parameters<typeof planUpload>[1]): Promise<string> => {
    const plan = await planUpload(path, options).catch((error: { code?: string; message: string; hint?: string }) => {
      assert.equal(error.code, "UPLOAD_UNSORTABLE")
      assert.ok(error.hint !== undefined)
      return error.message.replace(/^Cannot sort the folder ".*?": /, "")
    })
    return typeof plan === "string" ? plan : "sorted"
  }
  assert.equal(await problem(folder, { as: "bids" }), "it has no dataset_description.json, so it is no BIDS dataset")
  assert.equal(await problem(folder, { as: "dicom" }), "it has no DICOM file with a series")
  assert.equal(await problem(join(folder, "none"), {}), "there is no such folder")
  assert.equal(await problem(join(folder, "notes.txt"), {}), "it is no folder")
  assert.match(
    await problem(folder, { template: "{subjekt}" }),
    /^"\{subjekt\}" is no template: "\{subjekt\}" is none of/,
  )
  assert.match(
    await problem(folder, { template: "{subject}", as: "dicom" }),
    /^a template says nothing to the sorter dicom/,
  )
})

test("what the user cannot read is left out", { skip: missing("unshare", "setpriv") }, (context) => {
  const folder = folderOf(context, { "S/a.txt": "x", "T/b.txt": "x" })
  chmodSync(folder, 0o755)
  chmodSync(join(folder, "S/a.txt"), 0)
  chmodSync(join(folder, "T"), 0)
  const act = join(import.meta.dirname, "print-left-out.ts")
  const isRoot = process.getuid?.() === 0
  const said = isRoot ? nodeAsNobody(act, folder) : run([process.execPath, act, folder]).toString("utf8")
  chmodSync(join(folder, "T"), 0o700)
  assert.deepEqual(JSON.parse(said), [
    { path: "S/a.txt", kind: "file", why: "cannot be read: EACCES" },
    { path: "T", kind: "folder", why: "cannot be read: EACCES" },
  ])
})
