/**
 * Keeps Geartrain's blobs in a bucket of S3, or of anything that speaks its protocol.
 *
 * @example
 *   parseS3Address("s3://lab-blobs/geartrain?region=eu-central-1") // => { bucket: "lab-blobs", prefix: "geartrain/", region: "eu-central-1" }
 */
export { openS3Store, type S3BlobStore, type Stretch, type SweepOptions, type Swept } from "./open-store.ts"
export { parseS3Address } from "./parse-address.ts"
export type { S3Credentials, S3StoreSettings } from "./settings.ts"

/** The version of Geartrain's ports that this package fills: another one is refused by name. */
export const portsVersion = 1
