export { type GearContext, type GearContextOptions, type GearFile, openGearContext } from "./gear-context.ts"
export type { GearLog } from "./gear-log.ts"
export type { ConfigOf, FileOf, InputName, ManifestShape } from "./manifest-types.ts"
export {
  CONTAINER_FIELDS,
  type ContainerLevel,
  type ContainerMetadata,
  FILE_FIELDS,
  type FileMetadata,
} from "./metadata-fields.ts"
export { runGear } from "./run-gear.ts"
