export { checkMember, type MemberFault } from "../hierarchy/check-member.ts"
export type { DocumentFault } from "../hierarchy/document-faults.ts"
export { type FoundContext, findContext } from "../hierarchy/find-context.ts"
export { type FoundFile, findFile, findPlace } from "../hierarchy/find-place.ts"
export {
  type ArchiveFile,
  HIERARCHY_FORMAT,
  type Hierarchy,
  type Level,
  type Place,
  type PlaceId,
  placesUpwards,
} from "../hierarchy/hierarchy.ts"
export { FILE_MEMBERS, type MemberKind, type Members, PLACE_MEMBERS } from "../hierarchy/members.ts"
export { isPlaceId, placeId } from "../hierarchy/place-id.ts"
export { type HierarchyResult, readHierarchy } from "../hierarchy/read-hierarchy.ts"
export { METADATA_LEVELS, METADATA_MEMBERS, type MetadataLevel } from "../metadata/metadata-members.ts"
export {
  type FileMetadata,
  LARGEST_METADATA_BYTES,
  METADATA_FILE,
  type Metadata,
  type MetadataFault,
  type MetadataResult,
  oversizeMetadata,
  type PlaceMetadata,
  parseMetadata,
} from "../metadata/parse-metadata.ts"
export { type JobResult, type MetadataChange, planChanges, type SavedFile } from "../metadata/plan-changes.ts"
export { leavesOf, type Standing, valueAt } from "../metadata/value-leaves.ts"
