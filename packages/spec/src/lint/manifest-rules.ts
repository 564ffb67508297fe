import { ACCEPTED_RULES } from "./accepted-rules.ts"
import type { LintRule, ManifestRule } from "./lint-rule.ts"
import { additionRule } from "./rules/addition.ts"
import { categoryRule } from "./rules/category.ts"
import { commandTemplateRule } from "./rules/command-template.ts"
import { fileTypeRule } from "./rules/file-type.ts"
import { homeRule } from "./rules/home.ts"
import { imageTagRule, imageVersionRule } from "./rules/image-name.ts"
import { membersRule } from "./rules/members.ts"
import { networkRule } from "./rules/network.ts"
import { pathRule } from "./rules/path.ts"
import { secretRule } from "./rules/secret.ts"
import { secretValueRule } from "./rules/secret-value.ts"
import { shellVariableRule } from "./rules/shell-variable.ts"
import { timeZoneRule } from "./rules/time-zone.ts"
import { unexpandedRule } from "./rules/unexpanded.ts"
import { JSON_RULES, SCHEMA_RULES } from "./text-rules.ts"

/** Rules beyond what `parseManifest` looks at: they speak of what is likely, and refuse nothing. */
export const ADVICE_RULES: readonly ManifestRule[] = [
  additionRule,
  categoryRule,
  commandTemplateRule,
  fileTypeRule,
  homeRule,
  imageTagRule,
  imageVersionRule,
  membersRule,
  networkRule,
  pathRule,
  secretRule,
  secretValueRule,
  shellVariableRule,
  timeZoneRule,
  unexpandedRule,
]

/** All rules about manifests, for the reference. */
export const MANIFEST_LINT_RULES: readonly LintRule[] = [
  ...JSON_RULES,
  ...SCHEMA_RULES,
  ...ACCEPTED_RULES,
  ...ADVICE_RULES.filter(({ id }) => !ACCEPTED_RULES.some((rule) => rule.id === id)),
]
