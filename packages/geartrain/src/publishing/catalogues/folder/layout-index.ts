import type { ArtifactDescriptor } from "@geartrain/ports"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { readdir } from "../../../system/files.ts"
import { listDescriptors } from "./descriptor-file.ts"
import type { Shelf } from "./shelf.ts"

/** More writers than this at once would have to meet every time. */
const MOST_ROUNDS = 100

/**
 * Writes what other tools find the artifacts by. Our own files of tags decide; this list follows them.
 *
 * Several may do this at once without a lock: whoever writes looks again afterwards, so the last one to write has seen everything.
 *
 * @see OCI image specification 1.1, image-layout.md, "index.json file"
 */
export async function writeLayoutIndex(shelf: Shelf): Promise<void> {
  await write(shelf.layout, { imageLayoutVersion: "1.0.0" })
  let written = ""
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const manifests = await describeAll(shelf)
    const text = JSON.stringify(manifests)
    if (text === written) return
    const mediaType = "application/vnd.oci.image.index.v1+json"
    await write(shelf.index, { schemaVersion: 2, mediaType, manifests })
    written = text
  }
}

async function describeAll(shelf: Shelf): Promise<readonly object[]> {
  const tagged = [...(await listDescriptors(shelf.tags))].map(([tag, descriptor]) => ({
    ...ociOf(descriptor),
    annotations: { "org.opencontainers.image.ref.name": tag },
  }))
  const subjects = await readdir(`${shelf.folder}/referrers`).catch((error: NodeJS.ErrnoException) => {
    // Nothing was ever signed there.
    if (error.code === "ENOENT") return []
    throw error
  })
  const referrers: object[] = []
  for (const subject of subjects.toSorted()) {
    const found = await listDescriptors(`${shelf.folder}/referrers/${subject}`)
    referrers.push(...[...found.values()].map(ociOf))
  }
  return [...tagged, ...referrers]
}

function ociOf({ mediaType, digest, sizeBytes }: ArtifactDescriptor) {
  return { mediaType, digest, size: sizeBytes }
}

function write(path: string, document: object): Promise<void> {
  return writeAtomically(path, async (file) => {
    await file.writeFile(JSON.stringify(document))
  })
}
