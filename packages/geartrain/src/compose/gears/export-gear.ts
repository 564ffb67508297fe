import { dirname } from "node:path"
import { type Gear, GeartrainError } from "@geartrain/spec"
import { type ExportForm, type ExportOptions, exportImage } from "../../images/export/export-image.ts"
import { mkdir, open, rename, rm } from "../../system/files.ts"
import { givesFilesAway } from "../../system/host.ts"
import { draftPath, sweepDrafts } from "../../system/linux/drafts.ts"
import { runProcess } from "../../system/process.ts"
import { systemCode } from "../../system/system-code.ts"
import { standardOutput } from "../../system/user-files.ts"
import type { OpenedStores } from "../stores/open-stores.ts"

export interface ExportTarget {
  readonly as: "tar" | "docker-archive" | "oci" | "oci-archive" | "dir"
  /** A path, or `-` for standard output. */
  readonly to: string
  readonly compression?: NonNullable<ExportOptions["compression"]>
  readonly signal?: AbortSignal
}

/** A whole system may have to be unpacked to a slow disk. */
const UNPACK_MS = 60 * 60_000

/**
 * Writes a gear in a packing that other tools read, whole or not at all.
 *
 * @throws {GeartrainError} ROOT_NOT_FOUND when its bytes are gone; OUTPUT_EXISTS for a folder that holds something; OUTPUT_FOLDER_UNUSABLE.
 */
export async function exportGear(
  gear: Gear,
  engine: { readonly stores: OpenedStores },
  target: ExportTarget,
): Promise<void> {
  if (target.as === "dir") return exportFolder(gear, engine, target)
  const form: ExportForm = target.as === "oci" ? "oci-layout" : target.as
  const options: ExportOptions = {
    form,
    ...(target.compression === undefined ? {} : { compression: target.compression }),
    ...(target.signal === undefined ? {} : { signal: target.signal }),
  }
  const tar = engine.stores.roots.read(gear.tree)
  if (target.to !== "-") return exportImage({ gear, tar }, target.to, options)
  const temporary = await engine.stores.home.temporary()
  try {
    await exportImage({ gear, tar }, temporary, options)
    await copyToOutput(temporary)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function copyToOutput(path: string): Promise<void> {
  const output = standardOutput()
  const file = await open(path, "r")
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) await output.write(chunk as Uint8Array)
  } finally {
    await file.close()
  }
}

/** Unpacked beside its place, and renamed when it is whole. Who is not root owns everything, and gets no devices. */
async function exportFolder(
  gear: Gear,
  engine: { readonly stores: OpenedStores },
  target: ExportTarget,
): Promise<void> {
  const folder = dirname(target.to)
  await sweepDrafts(folder)
  const beside = draftPath(folder)
  const tar = draftPath(folder)
  try {
    await mkdir(beside, { recursive: true })
    await exportImage({ gear, tar: engine.stores.roots.read(gear.tree) }, tar, { form: "tar" })
    const owners = givesFilesAway() ? ["--same-owner"] : ["--no-same-owner", "--exclude=./dev/*", "--exclude=dev/*"]
    const flags = ["--numeric-owner", "--xattrs", "--xattrs-include=*", "--preserve-permissions", ...owners]
    const done = await runProcess(["tar", "--extract", `--file=${tar}`, `--directory=${beside}`, ...flags], {
      timeoutMs: UNPACK_MS,
    })
    if (done.exitCode !== 0) throw unusable(target.to, done.stderr.trim().split("\n").at(-1) ?? "tar failed")
    await rename(beside, target.to).catch((error: unknown) => {
      throw unusable(target.to, systemCode(error) ?? String(error), error)
    })
  } finally {
    await rm(tar, { force: true })
    await rm(beside, { recursive: true, force: true })
  }
}

function unusable(folder: string, because: string, cause?: unknown): GeartrainError {
  return new GeartrainError("OUTPUT_FOLDER_UNUSABLE", `Cannot unpack a gear to "${folder}": ${because}`, {
    details: { folder },
    hint: "Name a folder that is not there yet: -o DIR",
    cause,
  })
}
