export { type MetadataOwner, type MetadataPath, readMetadataPath } from "../../job/rules/metadata-path.ts"
export {
  COMPARISONS,
  type Comparison,
  FILE_PROPERTIES,
  type FileProperty,
  type JobTest,
  type MadeByTest,
  type MetadataTest,
  type Rule,
  type RuleCondition,
  type RuleGear,
  type RuleReach,
  type RuleSchedule,
  type TextTest,
  type WantedGear,
} from "../../job/rules/rule.ts"
export type { RuleFault } from "../../job/rules/rule-fault.ts"
export { anchoredPattern, globPattern, type PatternReading } from "../../job/rules/text-pattern.ts"
export { readVersionRange, type VersionRange } from "../../job/rules/version-range.ts"
export { mentions, walkConditions } from "../../job/rules/walk-conditions.ts"
export { readFlywheelRule } from "./read-flywheel-rule.ts"
export { type RuleReading, readRule } from "./read-rule.ts"
