export { additionManifestFaults } from "./addition-manifest-faults.ts"
export { GEAR_ADDITIONS_SCHEMA } from "./additions-schema.ts"
export { readDuration, readSize } from "./amounts.ts"
export { matchesFile } from "./file-pattern.ts"
export { type AddedRequest, findAddedFaults } from "./find-added-faults.ts"
export { type AdditionFault, findAdditionFaults } from "./find-addition-faults.ts"
export type {
  AddedTo,
  ComparisonRule,
  ConfigAddition,
  ConfigGroup,
  GearAdditions,
  InputAddition,
  OutputAddition,
  SecretAddition,
  Sensitivity,
  WrittenResources,
} from "./gear-additions.ts"
export { readAdditions, shownAdditions } from "./read-additions.ts"
