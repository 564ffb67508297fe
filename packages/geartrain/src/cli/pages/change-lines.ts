import type { Gear, JsonObject, JsonValue } from "@geartrain/spec"
import type { TreeComparison } from "../../provenance/trees/compare-trees.ts"
import { formatCount } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { type Difference, diffGears } from "./diff-gears.ts"
import { valueText } from "./value-text.ts"

/** What is different about a gear since its name was built last. */
export interface GearChanges {
  readonly manifest: readonly Difference[]
  /** Absent where the other root filesystem is not kept any more. */
  readonly tree?: TreeComparison
}

export function changesOf(before: Gear, now: Gear, tree: TreeComparison | undefined): GearChanges {
  const manifest = diffGears(before, now).filter(({ part }) => part === "manifest")
  return { manifest, ...(tree === undefined ? {} : { tree }) }
}

/** Told in other words already: the manifest by its members, and the notes of the package manager by the packages. */
const TOLD_ALREADY = /^flywheel\/v0\/manifest\.json$|^var\/lib\/dpkg\//
const MOST_SHOWN = 10

/** The changes for people: the manifest member by member, then packages, then files, of which the first are named and all are counted. */
export function changeLines({ manifest, tree }: GearChanges): readonly string[] {
  return [
    ...manifest.map(({ name, a, b }) => `manifest ${escapeText(name)}: ${valueText(a)} → ${valueText(b)}`),
    ...(tree === undefined ? ["files: the last build is not kept any more"] : treeLines(tree)),
  ]
}

/** Packages and files that differ, of which the first are named and all are counted. */
export function treeLines({ added, removed, changed, packages }: TreeComparison): readonly string[] {
  const told = changed.filter(({ path, what }) => isNews(path) && what !== "time")
  const touched = changed.filter(({ what }) => what === "time").length
  return [
    ...line("packages added", packages.added),
    ...line("packages removed", packages.removed),
    ...line("packages changed", packages.changed),
    ...line("files added", added.filter(isNews)),
    ...line("files removed", removed.filter(isNews)),
    ...line(
      "files changed",
      told.map(({ path, what }) => (what === "permissions" ? `${path} (permissions)` : path)),
    ),
    ...(touched === 0 ? [] : [`${formatCount(touched, "file")} with another time and nothing else`]),
  ]
}

function isNews(path: string): boolean {
  return !TOLD_ALREADY.test(path)
}

function line(title: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, MOST_SHOWN).map(escapeText).join(", ")
  const more = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : ""
  return [`${title}: ${shown}${more}`]
}

/** The changes for programs: lists are whole. */
export function changesData({ manifest, tree }: GearChanges): JsonObject {
  return {
    manifest: manifest.map(({ name, a, b }) => ({ name, before: a ?? null, now: b ?? null })),
    tree: (tree ?? null) as unknown as JsonValue,
  }
}
