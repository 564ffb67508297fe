import { GeartrainError, isGeartrainError, type JobRecord, shortDigest } from "@geartrain/spec"
import { type Verified, type VerifyOptions, verifyJob } from "../../engine/again/verify-job.ts"
import { type ReadInput, readInput } from "../../engine/phases/read-input.ts"
import { compareContents, type OutputComparison } from "../../engine/proof/compare-contents.ts"
import type { Settings } from "../../settings/settings.ts"
import { removeFolder } from "../../stores/filesystem/home/remove-folder.ts"
import { mkdir } from "../../system/files.ts"
import { type Engine, openEngine } from "../open-engine.ts"
import { openStores } from "../stores/open-stores.ts"
import { bundledBlobs } from "./bundled-blobs.ts"
import { checkGear } from "./bundled-gear.ts"
import type { OpenedBundle } from "./open-checked-bundle.ts"

/** What came of a bundled job that was to be run again. */
export type RunAgain = {
  readonly record: JobRecord
} /** `contents`: how outputs differ, since nothing can be looked at afterwards. */ & (
  | { readonly verified: Verified; readonly contents: readonly OutputComparison[] }
  /** `undecided`: why, and what would help. */
  | { readonly undecided: string; readonly hint?: string }
)

export interface RunBundleOptions {
  /** Names of providers; the default one where there is none. */
  readonly providers: readonly string[]
  readonly repeat: number
  /** Input files that the reader has: name and path. */
  readonly files: ReadonlyMap<string, string>
  /** Whether jobs that had the network get it again. */
  readonly network: boolean
  /** Runs one verification, under the eyes of whoever waits for it. */
  readonly watch: (record: JobRecord, verify: (options: VerifyOptions) => Promise<Verified>) => Promise<Verified>
  /** Is told of each as it comes. */
  readonly onResult: (result: RunAgain) => void
}

/**
 * Runs all jobs of a bundle again, in a store of their own that is gone afterwards, and compares. Each gear is checked to its last byte before it is
 * stored; no path that a record names is opened.
 *
 * @throws {GeartrainError} INPUT_DIGEST_MISMATCH for a file of the reader's that is no input of any job; what `checkMembers` throws of gears
 */
export async function runBundle(
  opened: OpenedBundle,
  settings: Settings,
  options: RunBundleOptions,
): Promise<readonly RunAgain[]> {
  const given = await readGiven(opened, options.files)
  const results: RunAgain[] = []
  const outer = await openStores(settings)
  const home = await outer.home.temporary()
  try {
    for (const provider of options.providers.length === 0 ? [undefined] : options.providers) {
      await mkdir(home, { recursive: true, mode: 0o700 })
      const named = provider === undefined ? {} : { provider }
      const engine = await openEngine({ ...settings, home }, { ...named, write: true })
      try {
        await storeGears(opened, engine)
        await storeRecords(opened, engine)
        for (const record of opened.records) {
          for (let run = 0; run < options.repeat; run += 1) {
            const result = await runOnce(record, opened, { engine, given, options })
            results.push(result)
            options.onResult(result)
          }
        }
      } finally {
        await engine.close()
      }
    }
    return results
  } finally {
    await removeFolder(home)
    await outer.close()
  }
}

async function storeGears({ bundle, gears }: OpenedBundle, engine: Engine): Promise<void> {
  for (const listed of gears) {
    if ((await engine.gears.getGear(listed.id)) !== undefined) continue
    const { gear, image, scan } = await checkGear(bundle, listed)
    await engine.roots.put(gear.tree, { tar: image.tar(scan), listing: scan.listing() })
    await engine.gears.putGear(gear)
  }
}

/** Where an input lay on another machine, and what was found about the job before, is nothing to go by. */
async function storeRecords({ records }: OpenedBundle, engine: Engine): Promise<void> {
  for (const record of records) {
    if ((await engine.jobs.get(record.id)) === undefined) await engine.jobs.create(strange(record), engine.owner)
  }
}

function strange(record: JobRecord): JobRecord {
  const inputs = Object.entries(record.inputs).map(([name, input]) => [name, { ...input, path: "" }] as const)
  return { ...record, inputs: Object.fromEntries(inputs), history: [] }
}

interface Means {
  readonly engine: Engine
  readonly given: readonly GivenFile[]
  readonly options: RunBundleOptions
}

async function runOnce(record: JobRecord, { bundle }: OpenedBundle, means: Means): Promise<RunAgain> {
  const { engine, given, options } = means
  const blobs = bundledBlobs(engine.blobs, bundle)
  if (record.invocation.network !== "none" && !options.network) {
    const undecided = "it could reach out to the network, and nothing in a bundle is granted that unasked"
    return { record, undecided, hint: "Grant it: --network outbound" }
  }
  const files: Record<string, string> = {}
  for (const [name, input] of Object.entries(record.invocation.inputs)) {
    if (input.base !== "file") continue
    const file = given.find((one) => one.name === name && one.read.digest === input.digest)
    if (file !== undefined) files[name] = file.read.path
    else if ((await blobs.stat(input.digest)) === undefined) return { record, ...missing(bundle, record, name) }
  }
  try {
    const verify = (watched: VerifyOptions): Promise<Verified> =>
      verifyJob(strange(record), { ...engine, blobs }, { ...watched, files })
    const verified = await options.watch(record, verify)
    const stores = { blobs }
    const contents = await compareContents(record, verified.job, { stores, most: MOST_COMPARED })
    return { record, verified, contents }
  } catch (error) {
    if (!isUndecided(error)) throw error
    return { record, undecided: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
}

/** The reading of each may take long. */
const MOST_COMPARED = 20

/** What one job, or this machine, cannot do says nothing about the other jobs. */
function isUndecided(error: unknown): error is GeartrainError {
  const codes = ["JOB_NOT_REPLAYABLE", "PROVIDER_UNAVAILABLE", "CAPABILITY_MISSING"] as const
  return codes.some((code) => isGeartrainError(error, code))
}

function missing(
  bundle: OpenedBundle["bundle"],
  record: JobRecord,
  name: string,
): { readonly undecided: string; readonly hint: string } {
  const standIn = bundle.index.standIns.find(
    (one) => one.job === record.id && one.role === "input" && one.name === name,
  )
  const file = standIn === undefined ? "" : ` ("${standIn.file}", sha256 ${shortDigest(standIn.digest)}…)`
  const why = standIn === undefined ? "" : `: ${standIn.why}`
  return {
    undecided: `input "${name}"${file} does not travel with the bundle${why}`,
    hint: `Say where it is: --input ${name}=PATH`,
  }
}

interface GivenFile {
  readonly name: string
  readonly read: ReadInput
}

/** Each file is read once, and has to be an input of some job: a wrong one is told before anything is run. */
async function readGiven(
  { records, bundle }: OpenedBundle,
  files: ReadonlyMap<string, string>,
): Promise<readonly GivenFile[]> {
  const given: GivenFile[] = []
  for (const [name, path] of files) {
    const wanted = records.flatMap(({ invocation }) => {
      const input = Object.hasOwn(invocation.inputs, name) ? invocation.inputs[name] : undefined
      return input?.base === "file" ? [input.digest] : []
    })
    if (wanted.length === 0) {
      throw new GeartrainError(
        "USAGE",
        `Cannot use --input ${name}: no job of the bundle has a file input of this name`,
        {
          details: { name },
          hint: "See the names on its page, or with --no-run",
        },
      )
    }
    const read = await readInput(name, path)
    if (!wanted.includes(read.digest)) {
      throw new GeartrainError(
        "INPUT_DIGEST_MISMATCH",
        `Cannot verify "${bundle.path}" with "${path}" as input "${name}": its digest is ${read.digest}, not ${wanted.join(" or ")}`,
        { details: { input: name, path, found: read.digest, wanted }, hint: "Give the file that the job read" },
      )
    }
    given.push({ name, read })
  }
  return given
}
