import type { RootForm } from "@geartrain/ports"
import { canonicalJson, type Digest, GeartrainError, isDigest, type TreeDigest } from "@geartrain/spec"
import { open } from "../../../system/files.ts"
import { hashOpenFile } from "../../../system/hash-file.ts"
import { lookAtOnce, readSmallFile } from "../../../system/small-file.ts"
import { ifThere } from "../home/disk-error.ts"

const FORMAT = "geartrain-root/1"
/** It says nothing that could be long. */
const MOST_FACTS_BYTES = 4096

/**
 * What `root.json` says of the folder that it lies in.
 *
 *   roots/<64 digits of the tree digest>/
 *     root.json       this; its modification time is the last time when the root was stored or wanted
 *     listing         the canonical listing, whose sha256 is the tree digest
 *   and, in the form `squashfs`,
 *     root.sqfs       the file system
 *   or, in the form `tree`,
 *     tree/           the file system, unpacked
 *     skeleton.zst    the tar it was unpacked from, without the bodies of its files: what `tree/` cannot hold is here
 *     uncounted       [path, sha256, size] of files that are not in the listing, such as etc/hosts: one JSON array a line
 */
export interface RootFacts {
  readonly form: RootForm
  /** The files beside `root.json`, by name. */
  readonly files: Readonly<Record<string, { readonly digest: Digest; readonly sizeBytes: number }>>
  /** Bytes of the files in `tree/`; 0 in the form `squashfs`. */
  readonly treeBytes: number
  /** Whether owners and devices in `tree/` are the true ones, since it was unpacked by somebody who may give files away. */
  readonly trueOwners: boolean
}

/** Names of the files that each form has. */
export const ROOT_FILES: Readonly<Record<RootForm, readonly string[]>> = {
  squashfs: ["listing", "root.sqfs"],
  tree: ["listing", "skeleton.zst", "uncounted"],
}

export const ROOT_PAYLOAD: Readonly<Record<RootForm, string>> = { squashfs: "root.sqfs", tree: "tree" }

export function encodeRootFacts(tree: TreeDigest, facts: RootFacts): string {
  const { form, files, treeBytes, trueOwners } = facts
  return `${canonicalJson({ format: FORMAT, tree, form, files, treeBytes, trueOwners })}\n`
}

/**
 * Reads `root.json`.
 *
 * @returns undefined when there is no such root.
 * @throws {GeartrainError} ROOT_DAMAGED when it does not say what such a file has to say.
 */
export async function readRootFacts(folder: string, tree: TreeDigest): Promise<RootFacts | undefined> {
  const text = await ifThere(readFacts(`${folder}/root.json`))
  if (text === undefined) {
    if (lookAtOnce(folder) === undefined) return undefined
    throw rootDamaged(tree, "its root.json is missing")
  }
  const facts = parseRootFacts(text)
  if (facts === undefined || encodeRootFacts(tree, facts) !== text) throw rootDamaged(tree, "its root.json is damaged")
  return facts
}

/** Every job asks for it, and a few hundred bytes take promises several times as long. */
async function readFacts(path: string): Promise<string> {
  return readSmallFile(path, MOST_FACTS_BYTES).toString("utf8")
}

/** Hashes the files beside `root.json`. */
export async function hashRootFiles(folder: string, names: readonly string[]): Promise<RootFacts["files"]> {
  const files: Record<string, { readonly digest: Digest; readonly sizeBytes: number }> = {}
  for (const name of names) {
    const file = await open(`${folder}/${name}`, "r")
    try {
      files[name] = await hashOpenFile(file)
    } finally {
      await file.close()
    }
  }
  return files
}

export function storedBytes(facts: RootFacts): number {
  return Object.values(facts.files).reduce((sum, file) => sum + file.sizeBytes, facts.treeBytes)
}

export function rootDamaged(tree: TreeDigest, because: string, cause?: unknown): GeartrainError<"ROOT_DAMAGED"> {
  return new GeartrainError("ROOT_DAMAGED", `Cannot use root filesystem "${tree}": ${because}`, {
    details: { tree, because },
    hint: "Find everything that is damaged with: gear store fsck",
    cause,
  })
}

function parseRootFacts(text: string): RootFacts | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Damaged: the caller says so.
    return undefined
  }
  if (!isObject(value)) return undefined
  const { form, files, treeBytes, trueOwners } = value
  if ((form !== "squashfs" && form !== "tree") || !isCount(treeBytes) || typeof trueOwners !== "boolean")
    return undefined
  if (!isObject(files) || Object.keys(files).toSorted().join() !== ROOT_FILES[form].join()) return undefined
  for (const file of Object.values(files)) {
    if (!isObject(file) || typeof file["digest"] !== "string" || !isDigest(file["digest"])) return undefined
    if (!isCount(file["sizeBytes"])) return undefined
  }
  return { form, files: files as RootFacts["files"], treeBytes, trueOwners }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
