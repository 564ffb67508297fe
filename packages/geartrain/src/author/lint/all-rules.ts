import { type LintRule, MANIFEST_LINT_RULES } from "@geartrain/spec"
import { IMAGE_RULES, MANIFEST_MISSING } from "./image/image-rules.ts"
import { BASE_IMAGE_RULE } from "./sources/dockerfile-rules.ts"

/** Every rule of `gear lint`, in the order of its id. */
export const LINT_RULES: readonly LintRule[] = [
  ...MANIFEST_LINT_RULES,
  MANIFEST_MISSING,
  ...IMAGE_RULES,
  BASE_IMAGE_RULE,
].toSorted((a, b) => (a.id < b.id ? -1 : 1))
