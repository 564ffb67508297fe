export type { ExpectedOutput, GearTest, LikeFile, Tolerance } from "./build/gear-test.ts"
export type { DebianSuite, Recipe } from "./build/recipe.ts"
export { CATALOGUE, type ErrorCode, RETIRED_CODES } from "./errors/catalogue.ts"
export type { Entry, Fault, Retry } from "./errors/entry.ts"
export { type Details, GeartrainError, type GeartrainErrorOptions, isGeartrainError } from "./errors/geartrain-error.ts"
export { describeFile } from "./files/describe-file.ts"
export { fileType, mimeType, suffixesOf } from "./files/file-type.ts"
export { isFolderName } from "./files/folder-name.ts"
export {
  type Digest,
  type GearId,
  hexOf,
  type InvocationDigest,
  isDigest,
  type Sha256,
  shortDigest,
  type TreeDigest,
} from "./identity/digest.ts"
export { GEAR_FORMAT, gearId, type Platform } from "./identity/gear-id.ts"
export type {
  DeviceEntry,
  FifoEntry,
  FileEntry,
  FolderEntry,
  LinkEntry,
  TreeEntry,
  Xattrs,
} from "./identity/tree-entry.ts"
export { comparePaths, countsInTree, isCountedXattr, TREE_LISTING_HEADER, treeLine } from "./identity/tree-listing.ts"
export { fillDefaults, wantedValue } from "./invocation/check-config.ts"
export { checkInvocation, findInvocationFaults, type InvocationRequest } from "./invocation/check-invocation.ts"
export { deriveInvocationSchema, isolateConfigSchema, isolateInputSchema } from "./invocation/derive-schema.ts"
export {
  type ApiKeyInput,
  type ContextInput,
  type Destination,
  type FileInput,
  INVOCATION_FORMAT,
  type Invocation,
  type InvocationInput,
  type Network,
} from "./invocation/invocation.ts"
export { invocationDigest } from "./invocation/invocation-digest.ts"
export { type InvocationFault, invocationError } from "./invocation/invocation-fault.ts"
export { parseSetting, parseSettingValue, type SettingResult } from "./invocation/parse-setting.ts"
export {
  BADGE_VERDICTS,
  type BadgeVerdict,
  type DeterminismBadge,
  MOST_BADGE_RESULTS,
  MOST_BADGE_TESTS,
  PROBE_CONDITIONS,
  type ProbeCondition,
  type ProbedCondition,
  type ProbedTest,
  type UntriedPart,
} from "./job/determinism-badge.ts"
export { type Culprit, type Failure, REASONS, type Reason } from "./job/failure.ts"
export { type FailureGroup, groupFailures, groupOf, type TellingFailure } from "./job/failures/group-failures.ts"
export { normaliseMessage } from "./job/failures/normalise-message.ts"
export { isAccepted, type JobEnd } from "./job/is-accepted.ts"
export {
  type HeldCondition,
  type InputOrigin,
  JOB_RECORD_FORMAT,
  type JobId,
  type JobRecord,
  type Limits,
  type OutputFile,
  type PromisedOutput,
  type SkippedOutput,
  type Usage,
  type Verification,
} from "./job/job-record.ts"
export { isEnded, JOB_STATES, JOB_TRANSITIONS, type JobPhase, type JobState } from "./job/job-state.ts"
export { type NamedBlobs, namedBlobs } from "./job/named-blobs.ts"
export { canonicalJson } from "./json/canonical-json.ts"
export { type DecodeResult, decodeUtf8 } from "./json/decode-utf8.ts"
export type { JsonDocument } from "./json/json-document.ts"
export type { JsonFault, JsonFaultKind } from "./json/json-fault.ts"
export { formatPath, type JsonPath } from "./json/json-path.ts"
export type { JsonObject, JsonValue } from "./json/json-value.ts"
export { type JsonLimits, type JsonResult, parseJson } from "./json/parse-json.ts"
export { unfitJson } from "./json/unfit-json.ts"
export { countFindings, type LintCounts, type LintFinding, type LintPlace, type LintSeverity } from "./lint/finding.ts"
export { lintManifestFile, type ManifestLint } from "./lint/lint-manifest-file.ts"
export type { LintRule } from "./lint/lint-rule.ts"
export { MANIFEST_LINT_RULES } from "./lint/manifest-rules.ts"
export { type MendedManifest, mendManifest } from "./lint/mend-manifest.ts"
export { configVariable } from "./manifest/config-variable.ts"
export { isDevelopmentVersion } from "./manifest/development-version.ts"
export type { Gear, GearOrigin, ImageDeclaration } from "./manifest/gear.ts"
export type {
  ApiKeyInputDeclaration,
  ConfigItem,
  ContextInputDeclaration,
  FileInputDeclaration,
  GearManifest,
  InputDeclaration,
} from "./manifest/gear-manifest.ts"
export { LICENSES } from "./manifest/licenses.ts"
export { manifestError, manifestFaultLine } from "./manifest/manifest-error.ts"
export type { ManifestFault } from "./manifest/manifest-fault.ts"
export { type ManifestResult, manifestViolations, parseManifest } from "./manifest/parse-manifest.ts"
export { flywheelMembers, HIGHEST_ID, isUserId, KNOWN_CAPABILITIES } from "./manifest/reserved-members.ts"
export { type PatternResult, type PythonPattern, readPythonPattern } from "./pattern/python-pattern.ts"
export { StepBudget, StepBudgetSpent } from "./pattern/step-budget.ts"
export { baseEnvironment, DEFAULT_PATH } from "./run/base-environment.ts"
export { type ConfigEnvironment, configEnvironment } from "./run/config-environment.ts"
export { type ConfigJsonParts, configJson, inputPath, LOCAL_DESTINATION } from "./run/config-json.ts"
export { GEAR_FOLDER, type GearCommand, gearCommand } from "./run/gear-command.ts"
export { pythonNumber, pythonText } from "./run/python-text.ts"
export { DRAFT_04, META_SCHEMA } from "./schema/meta-schema.ts"
export type { SchemaOptions } from "./schema/schema-check.ts"
export type { SchemaViolation } from "./schema/schema-violation.ts"
export { validateDraft04 } from "./schema/validate-draft-04.ts"
export { compareVersions } from "./text/compare-versions.ts"
export { nearestName } from "./text/did-you-mean.ts"
export { listWords } from "./text/list-words.ts"
export { applyEdits, type TextEdit } from "./text/text-edit.ts"
export { countCodePoints, positionsOf, type TextPosition } from "./text/text-position.ts"
