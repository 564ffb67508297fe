import type { BlobStore } from "@geartrain/ports"
import type { Failure, JobId } from "@geartrain/spec"
import type { Collected } from "./collect-outputs.ts"
import { failure } from "./explain-failure.ts"
import { readMetadata } from "./read-metadata.ts"

/** Where a gear leaves what it has to say about its destination and its files. */
const METADATA_FILE = ".metadata.json"

/**
 * Says why a job fails by what it wrote to `.metadata.json`, as it would on a platform: it cannot be read, or says what no platform takes.
 *
 * @returns undefined where there is no such file, or it can be used.
 */
export async function metadataFailure(
  id: JobId,
  collected: Collected,
  stores: { readonly blobs: Pick<BlobStore, "get"> },
): Promise<Failure | undefined> {
  const skipped = collected.skipped.find((file) => file.path === METADATA_FILE)
  if (skipped !== undefined) return invalid(id, `${METADATA_FILE} was not taken: ${skipped.why}`)
  const result = await readMetadata(collected, stores)
  const [first] = result?.faults ?? []
  if (result === undefined || first === undefined) return undefined
  const more = result.faults.length === 1 ? "" : `, the first of ${result.faults.length} faults`
  const { line, column, problem, fix } = first
  return invalid(
    id,
    `${METADATA_FILE}:${line}:${column} ${problem}; ${fix.charAt(0).toLowerCase()}${fix.slice(1)}${more}`,
  )
}

function invalid(id: JobId, evidence: string): Failure {
  return failure("METADATA_INVALID", {
    message: `The gear did its work, but what it wrote to ${METADATA_FILE} cannot be used; its outputs are kept`,
    evidence,
    next: `gear metadata ${id}`,
  })
}
