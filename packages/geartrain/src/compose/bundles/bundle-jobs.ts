import { type Digest, type Gear, GeartrainError, isEnded, type JobRecord, shortDigest } from "@geartrain/spec"
import type { CrateDescription } from "../../provenance/ro-crate/crate-root.ts"
import type { BundleIndex } from "../../publishing/bundle/format/bundle-index.ts"
import { type PackOptions, packBundle } from "../../publishing/bundle/write/pack-bundle.ts"
import { planBundle } from "../../publishing/bundle/write/plan-bundle.ts"
import { type FoundBytes, type NamedBytes, namedBytes } from "../../publishing/bundle/write/plan-files.ts"
import { existsSync, stat } from "../../system/files.ts"
import { writeByDraft } from "../../system/linux/drafts.ts"
import { readChunks } from "../../system/read-chunks.ts"
import { systemCode } from "../../system/system-code.ts"
import type { Engine } from "../open-engine.ts"
import { rootTar } from "./root-tar.ts"

/** How a bundle is wanted. */
export interface BundleWish extends PackOptions {
  /** The file to write. */
  readonly path: string
  /** Replace what is there. */
  readonly force: boolean
  /** Inputs that no bundled job has made stay here, for this reason. */
  readonly inputsStay?: string
  /** Inputs by name, and outputs by path, that stay here, and why. */
  readonly standIns: ReadonlyMap<string, string>
  /** Where inputs lie now. */
  readonly files: Readonly<Record<string, string>>
  readonly description: Omit<CrateDescription, "published">
}

export interface BundledJobs {
  readonly index: BundleIndex
  readonly digest: Digest
  readonly sizeBytes: number
}

/**
 * Writes jobs as a paper bundle: one file, whole or not at all.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS; JOB_NOT_ENDED; JOB_NOT_REPLAYABLE, GEAR_NOT_FOUND and ROOT_NOT_FOUND where the gear of a job is gone;
 *   INPUT_NOT_FOUND, INPUT_CHANGED; USAGE for a stand-in that is none of the files of a job
 */
export async function bundleJobs(
  records: readonly JobRecord[],
  engine: Engine,
  wish: BundleWish,
): Promise<BundledJobs> {
  if (!wish.force && existsSync(wish.path)) throw occupied(wish.path)
  const gears = new Map<string, Gear>()
  for (const record of records) gears.set(record.gear.id, await gearOf(record, engine))
  const finder = createFinder(records, engine, wish)
  const root = (gear: Gear) => rootTar(gear.tree, engine.stores.roots, signalOf(wish))
  const contents = await planBundle({ records, gears, root, find: finder, description: wish.description })
  let packed: Awaited<ReturnType<typeof packBundle>> | undefined
  await writeByDraft(wish.path, async (file) => {
    packed = await packBundle(contents, file, wish)
  }).catch((error: unknown) => {
    throw unwritable(wish.path, error)
  })
  if (packed === undefined) throw new TypeError("The bundle was not written")
  return { ...packed, sizeBytes: (await stat(wish.path)).size }
}

function signalOf({ signal }: PackOptions): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

async function gearOf(record: JobRecord, engine: Engine): Promise<Gear> {
  const { id, state, gear } = record
  const what = `Cannot bundle job "${id}"`
  const details = { id, gear: gear.id }
  if (!isEnded(state)) {
    throw new GeartrainError("JOB_NOT_ENDED", `${what}: it is ${state}`, {
      details: { id, state },
      hint: `Wait for it: gear logs -f ${id}`,
    })
  }
  const name = `gear "${gear.name}@${gear.version}"`
  if (gear.development === true) {
    throw new GeartrainError(
      "JOB_NOT_REPLAYABLE",
      `${what}: ${name} was run from a folder, whose bytes were not kept`,
      {
        details,
        hint: `Import the folder, run it, and bundle that job: gear import ${gear.origin.reference}`,
      },
    )
  }
  const hint = `Import it again: gear import ${gear.origin.reference}`
  const stored = await engine.gears.getGear(gear.id)
  if (stored === undefined)
    throw new GeartrainError("GEAR_NOT_FOUND", `${what}: ${name} is not stored`, { details, hint })
  if ((await engine.roots.stat(stored.tree)) === undefined) {
    const message = `${what}: the root filesystem of ${name} is no longer stored`
    throw new GeartrainError("ROOT_NOT_FOUND", message, { details: { ...details, tree: stored.tree }, hint })
  }
  return stored
}

type Finder = (wanted: NamedBytes) => Promise<FoundBytes>

function createFinder(records: readonly JobRecord[], engine: Engine, wish: BundleWish): Finder {
  const named = records.flatMap(namedBytes)
  const staying = stayingDigests(named, wish)
  const places = new Map(
    records.flatMap(({ id, inputs }) =>
      Object.entries(inputs).map(([name, input]) => [`${id} ${name}`, input.path] as const),
    ),
  )
  return async (wanted) => {
    const why = staying.get(wanted.digest)
    if (why !== undefined) return { why }
    if (wanted.role === "input")
      return findInput(wanted, engine, { wish, lay: places.get(`${wanted.job} ${wanted.name}`) })
    const stored = await engine.blobs.locate(wanted.digest)
    return stored === undefined ? { why: "Its bytes are no longer stored" } : storedBytes(wanted, stored)
  }
}

/** What is not to travel does so under no other name either: bytes stay by their digest. */
function stayingDigests(named: readonly NamedBytes[], wish: BundleWish): ReadonlyMap<Digest, string> {
  const staying = new Map<Digest, string>()
  if (wish.inputsStay !== undefined) {
    const made = new Set(named.filter(({ role }) => role === "output").map(({ digest }) => digest))
    for (const { role, digest } of named)
      if (role === "input" && !made.has(digest)) staying.set(digest, wish.inputsStay)
  }
  for (const [name, why] of wish.standIns) {
    const meant = named.filter((one) => one.role !== "log" && one.name === name)
    if (meant.length === 0) throw noSuchFile(name, named)
    for (const { digest } of meant) staying.set(digest, why)
  }
  return staying
}

async function findInput(
  wanted: NamedBytes,
  engine: Engine,
  { wish, lay }: { readonly wish: BundleWish; readonly lay: string | undefined },
): Promise<FoundBytes> {
  const given = wish.files[wanted.name]
  if (given !== undefined) return fileBytes(wanted, given)
  const stored = await engine.blobs.locate(wanted.digest)
  if (stored !== undefined) return storedBytes(wanted, stored)
  if (lay !== undefined && (await isThere(lay, wanted))) return fileBytes(wanted, lay)
  const { job, name, file, digest } = wanted
  const where = lay === undefined ? "" : `, nor at "${lay}" as it was`
  throw new GeartrainError(
    "INPUT_NOT_FOUND",
    `Cannot bundle job "${job}": input "${name}" ("${file}", ${shortDigest(digest)}) is not stored${where}`,
    {
      details: { id: job, input: name, digest },
      hint: `Say where it is, --input ${name}=PATH, or that it stays: --stand-in ${name}=WHY`,
    },
  )
}

async function isThere(path: string, { sizeBytes }: NamedBytes): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size === sizeBytes
  } catch {
    // Not there, or not to be looked at: then it does not help.
    return false
  }
}

function fileBytes({ job, name }: NamedBytes, path: string): FoundBytes {
  return {
    open: () => readChunks(path, { buffers: "reused" }),
    changed: (problem) =>
      new GeartrainError(
        "INPUT_CHANGED",
        `Cannot bundle job "${job}": input "${name}" at "${path}" is another: ${problem}`,
        {
          details: { id: job, input: name, path },
          hint: `Say where it is, --input ${name}=PATH, or that it stays: --stand-in ${name}=WHY`,
        },
      ),
  }
}

function storedBytes({ job, digest }: NamedBytes, path: string): FoundBytes {
  return {
    open: () => readChunks(path, { buffers: "reused" }),
    changed: (problem) =>
      new GeartrainError(
        "BLOB_DIGEST_MISMATCH",
        `Cannot bundle job "${job}": stored blob ${digest} is damaged: ${problem}`,
        {
          details: { id: job, digest },
          hint: "See what else is damaged: gear store fsck",
        },
      ),
  }
}

function noSuchFile(name: string, named: readonly NamedBytes[]): GeartrainError {
  const names = [...new Set(named.filter(({ role }) => role !== "log").map((one) => one.name))]
  const there = names.length === 0 ? "they have none" : `they have ${names.slice(0, 10).join(", ")}`
  return new GeartrainError(
    "USAGE",
    `Cannot leave out "${name}": no input or output of the jobs is called so; ${there}`,
    {
      details: { name },
      hint: "Write the name of an input, or the path of an output, as gear show has it",
    },
  )
}

/** What the path itself is to blame for; a full disk, say, is told as everywhere. */
const OF_THE_PATH = ["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "EROFS", "ENAMETOOLONG", "ELOOP"]

function unwritable(path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === undefined || !OF_THE_PATH.includes(code)) return error
  const why = code === "EISDIR" ? "it is a folder" : code
  return new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot write a bundle to "${path}": ${why}`, {
    details: { path, code },
    hint: "Name a file in a folder that you may write to: -o FILE",
    cause: error,
  })
}

function occupied(path: string): GeartrainError {
  return new GeartrainError("OUTPUT_EXISTS", `Cannot write a bundle to "${path}": there is something`, {
    details: { path },
    hint: "Name another file, -o FILE, or replace it with --force",
  })
}
