import type { LintRule } from "@geartrain/spec"
import { COMMAND_RULES } from "./command/command-rules.ts"
import type { ImageRule } from "./linted-image.ts"
import { DECLARATION_RULES } from "./portability/declaration-rules.ts"
import { TREE_RULES } from "./portability/tree-rules.ts"
import { REPEAT_RULES } from "./repeat/repeat-rules.ts"

/** Rules about an image and its manifest together. */
export const IMAGE_RULES: readonly ImageRule[] = [
  ...COMMAND_RULES,
  ...DECLARATION_RULES,
  ...TREE_RULES,
  ...REPEAT_RULES,
]

/** An image that is no gear at all. */
export const MANIFEST_MISSING: LintRule = {
  id: "image/manifest",
  severity: "error",
  finds: "An image without /flywheel/v0/manifest.json",
  why: "The manifest is what makes an image a gear.",
}
