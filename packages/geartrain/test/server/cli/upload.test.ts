import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { test } from "node:test"
import { pause } from "../end-to-end/lab.ts"
import { openTestLab } from "./gear-user.ts"

interface UploadAnswer {
  readonly path: string
  readonly made: readonly string[]
  readonly files: readonly {
    readonly path: string
    readonly outcome: string
    readonly version?: number
    readonly digest?: string
    readonly code?: string
  }[]
  readonly leftOut: readonly unknown[]
}

test("a BIDS folder goes up, only its change goes up again, and all of it comes back the same", async (context) => {
  const { admin, folder } = await openTestLab(context)
  const source = join(folder, "memory")
  const files = makeBids(source)
  const plan = await admin.gear("upload", source, "--to", "lab/memory", "--dry-run", "--json")
  const { plans } = plan.data as unknown as {
    readonly plans: readonly { readonly counts: { readonly files: number } }[]
  }
  assert.equal(plans[0]?.counts.files, files.length)
  assert.notEqual((await admin.gear("ls", "lab/memory", "--server", "--json")).code, 0, "a dry run makes nothing")

  const first = answerOf(await admin.gear("upload", source, "--to", "lab/memory", "--json"))
  assert.deepEqual(outcomes(first), { sent: files.length })
  assert.equal(first.leftOut.length, 1)
  assert.ok(first.made.includes("lab/memory") && first.made.includes("lab/memory/sub-01/ses-01/anat-T1w"))

  const same = answerOf(await admin.gear("upload", source, "--to", "lab/memory", "--json"))
  assert.deepEqual([outcomes(same), same.made], [{ there: files.length }, []])
  assert.ok(same.files.every(({ version }) => version === 1))

  const changed = "sub-02/anat/sub-02_T1w.nii.gz"
  writeFileSync(join(source, changed), "another image")
  const second = answerOf(await admin.gear("upload", source, "--to", "lab/memory", "--json"))
  assert.deepEqual(outcomes(second), { there: files.length - 1, sent: 1 })
  const sent = second.files.find(({ outcome }) => outcome === "sent")
  assert.deepEqual(
    [sent?.path, sent?.version, sent?.digest],
    ["lab/memory/sub-02/ses-01/anat-T1w/files/sub-02_T1w.nii.gz", 2, digestOf(readFileSync(join(source, changed)))],
  )

  const listed = await admin.gear("ls", "lab/memory/sub-02/ses-01/anat-T1w", "--server")
  assert.match(listed.out, /sub-02_T1w\.nii\.gz +nifti +13 B +2 /)
  const subjects = await admin.gear("ls", "lab/memory", "--server", "--json")
  const kinds = subjects.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; label?: string })
  assert.deepEqual(
    kinds.filter(({ kind }) => kind === "subject").map(({ label }) => label),
    ["sub-01", "sub-02"],
  )

  const back = join(folder, "back")
  const down = await admin.gear("download", "lab/memory", "-o", back, "--json")
  assert.equal(down.code, 0, down.out)
  const sources = new Set(files.map((path) => digestOf(readFileSync(join(source, path)))))
  const came = filesBelow(back)
  assert.deepEqual(new Set(came.map((path) => digestOf(readFileSync(join(back, path))))), sources)
  assert.ok(came.includes("sub-01/ses-01/anat-T1w/sub-01_T1w.nii.gz"))
})

test("a client that is killed in the middle of a large file goes on with the same upload", async (context) => {
  const { admin, folder, cache, lab } = await openTestLab(context)
  const path = join(folder, "large.bin")
  const content = randomBytes(96 * 1024 * 1024)
  writeFileSync(path, content)
  const notes = join(cache, "geartrain/uploads")
  const client = admin.start("upload", path, "--to", "lab/Study")
  let id = ""
  for (let received = 0; received === 0; await pause(5)) {
    assert.equal(client.child.exitCode, null, "the client is still at it")
    const note = existsSync(notes) ? readdirSync(notes).find((name) => /^[0-9a-f]{64}$/.test(name)) : undefined
    if (note === undefined) continue
    id = readFileSync(join(notes, note), "utf8").trim()
    received = (await stateOf(id)).receivedBytes
  }
  await client.end("SIGKILL")
  const cut = await stateOf(id)
  assert.ok(cut.state === "open" && cut.receivedBytes < content.length, "it was cut in the middle")
  const again = answerOf(await admin.gear("upload", path, "--to", "lab/Study", "--json"))
  assert.deepEqual([again.files[0]?.outcome, again.files[0]?.digest], ["sent", digestOf(content)])
  assert.equal((await stateOf(id)).state, "done", "the upload that was begun is the one that ended")
  assert.deepEqual(readdirSync(notes), [])

  const target = join(folder, "back.bin")
  const down = admin.start("download", "lab/Study/files/large.bin", "-o", target)
  const part = () => readdirSync(folder).find((name) => name.endsWith(".part"))
  while (part() === undefined && down.child.exitCode === null) await pause(2)
  await down.end("SIGKILL")
  assert.equal(existsSync(target), false, "nothing half is there under its name")
  assert.ok(part() !== undefined)
  assert.equal((await admin.gear("download", "lab/Study/files/large.bin", "-o", target)).code, 0)
  assert.equal(digestOf(readFileSync(target)), digestOf(content))
  assert.equal(part(), undefined)

  function stateOf(upload: string) {
    return lab.ask<{ readonly state: string; readonly receivedBytes: number }>("GET", `/uploads/${upload}`)
  }
})

test("a wrong target, a missing right and a file that cannot be sent are told, and counted", async (context) => {
  const { admin, newcomer, folder, lab } = await openTestLab(context)
  const source = join(folder, "memory")
  makeBids(source)
  const file = join(source, "participants.tsv")
  const refused = async (code: string, ...args: readonly string[]): Promise<void> => {
    const ran = await admin.gear(...args, "--json")
    assert.deepEqual([ran.errorCode, ran.code === 0], [code, false], ran.out)
  }
  await refused("USAGE", "upload", source)
  await refused("USAGE", "upload", source, "--to", "lab/Study/sub-01")
  await refused("USAGE", "upload", source, "--to", "lab/Study", "--as", "magic")
  await refused("PLACE_UNFIT", "upload", file, "--to", "lab")
  await refused("PLACE_NOT_FOUND", "upload", file, "--to", "lab/Study/a/b/c/d/e")
  await refused("UPLOAD_FILE_CHANGED", "upload", join(folder, "nothing"), "--to", "lab/Study")
  await refused("PLACE_NOT_FOUND", "ls", "lab/nowhere", "--server")

  const stranger = await newcomer()
  const before = await stranger.gear("upload", file, "--to", "lab/Study", "--json")
  assert.notEqual(before.code, 0)
  await lab.ask("PUT", `/projects/${lab.project}/members/${stranger.id}`, { right: "read" })
  const reader = await stranger.gear("upload", file, "--to", "lab/Study", "--json")
  const answer = reader.data as unknown as UploadAnswer
  assert.deepEqual([reader.errorCode, outcomes(answer), reader.code], ["NOT_PERMITTED", { failed: 1 }, 5], reader.out)
  const group = await stranger.gear("upload", file, "--to", "others/theirs", "--json")
  assert.equal(group.errorCode, "NOT_PERMITTED")
})

test("a download writes over nothing, and follows no link out of its folder", async (context) => {
  const { admin, folder, lab } = await openTestLab(context)
  const session = await lab.session("ses-01")
  await lab.upload(session, "a.txt", Buffer.from("from the server"))
  await lab.upload(lab.project, "b.txt", Buffer.from("of the project"))
  const [target, elsewhere] = [join(folder, "target"), join(folder, "elsewhere")]
  mkdirSync(target)
  mkdirSync(elsewhere)
  symlinkSync(elsewhere, join(target, "sub-01"))
  writeFileSync(join(target, "b.txt"), "mine")
  const refused = await admin.gear("download", "lab/Study", "-o", target, "--json")
  const { files } = refused.data as unknown as UploadAnswer
  assert.deepEqual(files.map(({ path, code }) => [path, code]).toSorted(), [
    ["b.txt", "OUTPUT_EXISTS"],
    ["sub-01/ses-01/a.txt", "OUTPUT_FOLDER_UNUSABLE"],
  ])
  assert.equal(refused.code, 5)
  assert.deepEqual([readdirSync(elsewhere), readFileSync(join(target, "b.txt"), "utf8")], [[], "mine"])
  await admin.gear("download", "lab/Study", "-o", target, "--force", "--json")
  assert.deepEqual([readdirSync(elsewhere), readFileSync(join(target, "b.txt"), "utf8")], [[], "of the project"])
  const printed = await admin.gear("download", "lab/Study/sub-01/ses-01/files/a.txt", "-o", "-")
  assert.deepEqual([printed.out, printed.code], ["from the server", 0])
  const chosen = await admin.gear("download", "lab/Study", "-o", join(folder, "chosen"), "--name", "a.*", "--json")
  assert.deepEqual(
    (chosen.data as unknown as UploadAnswer).files.map(({ path }) => path),
    ["sub-01/ses-01/a.txt"],
  )
  const archive = join(folder, "all.tar")
  assert.equal((await admin.gear("download", "lab/Study", "-o", archive)).code, 0)
  assert.match(
    readFileSync(archive, "latin1"),
    /lab\/Study\/sub-01\/ses-01\/a\.txt.*from the server.*manifest-sha256\.txt/s,
  )
  assert.equal((await admin.gear("download", "lab/Study", "-o", archive, "--json")).errorCode, "OUTPUT_EXISTS")
})

/** @returns the paths of all files that belong to the dataset. */
function makeBids(folder: string): readonly string[] {
  const files: Readonly<Record<string, string | Buffer>> = {
    "dataset_description.json": JSON.stringify({ Name: "Memory", BIDSVersion: "1.8.0" }),
    "participants.tsv": "participant_id\tsex\nsub-01\tF\nsub-02\tM\n",
    "sub-01/anat/sub-01_T1w.nii.gz": randomBytes(100_000),
    "sub-01/anat/sub-01_T1w.json": JSON.stringify({ MagneticFieldStrength: 3 }),
    "sub-01/func/sub-01_task-rest_bold.nii.gz": randomBytes(50_000),
    "sub-02/anat/sub-02_T1w.nii.gz": randomBytes(70_000),
    ".DS_Store": "of macOS",
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return Object.keys(files).filter((path) => path !== ".DS_Store")
}

function answerOf(ran: { readonly code: number | null; readonly out: string; readonly data: unknown }): UploadAnswer {
  assert.equal(ran.code, 0, ran.out)
  return ran.data as UploadAnswer
}

function outcomes({ files }: UploadAnswer): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { outcome } of files) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}
