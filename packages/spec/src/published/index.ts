export { GEAR_MANIFEST_SCHEMA } from "./gear-manifest-schema.ts"
export { GEAR_SCHEMA } from "./gear-schema.ts"
export { INVOCATION_SCHEMA } from "./invocation-schema.ts"
export { JOB_RECORD_SCHEMA } from "./job-record-schema.ts"
