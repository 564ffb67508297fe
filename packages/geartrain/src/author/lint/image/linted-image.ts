import type { TreeView } from "@geartrain/ports"
import type { GearManifest, ImageDeclaration, LintFinding, LintRule, Platform } from "@geartrain/spec"

/** What image rules look at. */
export interface LintedImage {
  readonly tree: TreeView
  /** `image`: the whole root filesystem. `sources`: only /flywheel/v0, as far as it lies in the author's folder. */
  readonly scope: "image" | "sources"
  /** Absent where it has none, or one that the specification refuses, which is told elsewhere. */
  readonly manifest?: GearManifest
  readonly declaration?: ImageDeclaration
  /** As the image's own programs tell. */
  readonly platform?: Platform
  /** As the image declares it. */
  readonly declaredPlatform?: Platform
}

/** What an image rule found. */
export type ImageFinding = Pick<LintFinding, "message" | "fix"> & {
  /** Path in the image, from the root, or what else the finding is about. */
  readonly file: string
  readonly line?: number
  /** Where it is not the rule's own. */
  readonly severity?: LintFinding["severity"]
}

export interface ImageRule extends LintRule {
  readonly check: (image: LintedImage) => readonly ImageFinding[]
}

/** Where the manifest lies, for findings about what it says. */
export const MANIFEST_FILE = "/flywheel/v0/manifest.json"

/** Names some of many: the first three, and how many more there are. */
export function nameSome(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${more} more` : names.join(", ")
}

const MOST_NAMED = 3
