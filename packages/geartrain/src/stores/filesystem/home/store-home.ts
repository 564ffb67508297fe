import { GeartrainError } from "@geartrain/spec"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { mkdir, readdir, readFile, rmdir } from "../../../system/files.ts"
import { ownIdentity } from "../../../system/host.ts"
import { processName } from "../../../system/linux/process-name.ts"
import { randomHex } from "../../../system/random.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { explainingDisk, ifThere } from "./disk-error.ts"
import { LAYOUT_VERSION, type StoreLayout, storeLayout } from "./layout.ts"

/** The folder of a store, as one process has it open. */
export interface StoreHome {
  readonly layout: StoreLayout
  /**
   * Makes the folders of the store where they are missing. Everything that writes calls it first, so that reading leaves no trace.
   *
   * @throws {GeartrainError} STORE_FULL, STORE_READ_ONLY.
   */
  prepare(): Promise<void>
  /** Runs something that has to be done once in this process, or again when it failed. */
  once(name: string, run: () => Promise<void>): Promise<void>
  /** A path in this process's own temporary folder, with nothing there yet. */
  temporary(): Promise<string>
  /** A path in it for what is kept from one job to the next, perhaps with nothing there yet. */
  readonly spares: string
  /** A path in the trash for one collection of this process, with nothing there yet. */
  trash(): string
  close(): Promise<void>
}

/**
 * Opens the folder of a store, which may not be there yet.
 *
 * @throws {GeartrainError} STORE_TOO_NEW when a newer program has laid it out; STORE_FOREIGN when it holds something else.
 */
export async function openStoreHome(path: string): Promise<StoreHome> {
  const layout = storeLayout(path)
  await explainingDisk(`open store "${path}"`, () => checkLayout(layout))
  const own = `${layout.temporary}/${processName(ownIdentity())}`
  const done = new Map<string, Promise<void>>()
  const once: StoreHome["once"] = (name, run) => {
    const known = done.get(name)
    if (known !== undefined) return known
    const running = run().catch((error: unknown) => {
      done.delete(name)
      throw error
    })
    done.set(name, running)
    return running
  }
  const prepare = (): Promise<void> =>
    once("prepare", () => explainingDisk(`make store "${path}"`, () => makeFolders(layout)))
  return {
    layout,
    prepare,
    once,
    temporary: async () => {
      await prepare()
      await once("temporary", () => explainingDisk(`write to store "${path}"`, () => mkdir(own, OWN)))
      return `${own}/${randomHex(8)}`
    },
    spares: `${own}/spares`,
    trash: () => `${layout.trash}/${processName(ownIdentity())}.${randomHex(4)}`,
    close: async () => {
      // Not empty, or never made: then it is as it should be, or will be swept when this process is gone.
      await rmdir(own).catch(() => undefined)
      done.delete("temporary")
    },
  }
}

/** For its owner alone, with those above it. */
const OWN = { recursive: true, mode: 0o700 } as const

async function makeFolders(layout: StoreLayout): Promise<void> {
  const { home, blobs, roots, temporary, trash, work, version } = layout
  // Looked for at once: they are there but for the first time, and six times to a thread and back is more than all the rest.
  for (const folder of [home, blobs, roots, temporary, trash, work])
    if (lookAtOnce(folder)?.isDirectory() !== true) await makeFolder(layout, folder)
  if ((await ifThere(readFile(version))) === undefined) {
    await writeAtomically(version, async (file) => {
      await file.writeFile(`${LAYOUT_VERSION}\n`)
    })
  }
}

async function makeFolder({ home }: StoreLayout, folder: string): Promise<void> {
  try {
    await mkdir(folder, OWN)
  } catch (error) {
    const because = NO_PLACE.get(systemCode(error) ?? "")
    if (because === undefined) throw error
    throw new GeartrainError("STORE_READ_ONLY", `Cannot make store "${home}": ${because}`, {
      details: { folder },
      hint: "Set GEARTRAIN_HOME to a folder of yours on a disk",
      cause: error,
    })
  }
}

/** @see mkdir(2) */
const NO_PLACE = new Map([
  ["ENOENT", "no folder can be made there"],
  ["EEXIST", "there is something that is no folder"],
  ["ENOTDIR", "there is something that is no folder"],
])

async function checkLayout(layout: StoreLayout): Promise<void> {
  const text = await ifThere(readFile(layout.version, "utf8"))
  if (text === undefined) return checkForeign(layout)
  const version = /^\d{1,9}\n$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
  if (version >= 1 && version <= LAYOUT_VERSION) return
  const details = { found: text.slice(0, 100), known: LAYOUT_VERSION }
  if (version > LAYOUT_VERSION) {
    throw new GeartrainError(
      "STORE_TOO_NEW",
      `Cannot open store "${layout.home}": it has layout ${version}, and this program knows layouts up to ${LAYOUT_VERSION}`,
      { details, hint: "Use the newer Geartrain that wrote it, or set GEARTRAIN_HOME to another folder" },
    )
  }
  throw new GeartrainError("STORE_DAMAGED", `Cannot open store "${layout.home}": its file VERSION holds no number`, {
    details,
    hint: `Write the number back, if this is a store of yours: echo ${LAYOUT_VERSION} > '${layout.version}'`,
  })
}

/** A folder that somebody uses for something else is left alone: garbage collection in it would be a surprise. */
async function checkForeign(layout: StoreLayout): Promise<void> {
  const names = (await ifThere(readdir(layout.home))) ?? []
  // Another process has made the store between the two looks.
  if (names.includes("VERSION")) return checkLayout(layout)
  // A process that was killed while it made the store may have left some of these, and no VERSION.
  const foreign = names.find((name) => !/^(blobs|roots|tmp|trash|work|VERSION\.[0-9a-f]{12}\.tmp)$/.test(name))
  if (foreign === undefined) return
  throw new GeartrainError(
    "STORE_FOREIGN",
    `Cannot use "${layout.home}" as a store: it holds "${foreign}" and no VERSION`,
    {
      details: { home: layout.home, found: foreign },
      hint: "Set GEARTRAIN_HOME to an empty folder, or to one that is not there yet",
    },
  )
}
