export { type MetadataOwner, type MetadataPath, readMetadataPath } from "./metadata-path.ts"
export { readFlywheelRule } from "./read-flywheel-rule.ts"
export { type RuleReading, readRule } from "./read-rule.ts"
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
} from "./rule.ts"
export type { RuleFault } from "./rule-fault.ts"
export { anchoredPattern, globPattern, type PatternReading } from "./text-pattern.ts"
export { readVersionRange, type VersionRange } from "./version-range.ts"
export { mentions, walkConditions } from "./walk-conditions.ts"
