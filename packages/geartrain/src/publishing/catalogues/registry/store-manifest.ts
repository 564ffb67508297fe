import type { HttpAnswer } from "../../registry/http-fetch.ts"
import type { UploadTarget } from "../../registry/registry-upload.ts"

/** Stores a manifest under a tag or its digest, and answers with what the registry says. */
export function storeManifest(
  { session, repository }: UploadTarget,
  reference: string,
  { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<HttpAnswer> {
  return session.ask({
    method: "PUT",
    path: `${repository}/manifests/${reference}`,
    what: `manifest "${reference}" in "${session.host}/${repository}"`,
    verb: "store",
    scope: `repository:${repository}:pull,push`,
    headers: { "content-type": mediaType },
    body: {
      sizeBytes: bytes.length,
      read: async function* () {
        yield bytes
      },
    },
    accepts: [201],
  })
}
