import { join, resolve } from "node:path"
import { readdir } from "../../../system/files.ts"
import { pegasusFault } from "../pegasus-fault.ts"
import { unopened } from "../read-pegasus-file.ts"
import { collectReplicas, type Replica, type ReplicaCatalog } from "./replica-catalog.ts"

const MOST_FILES = 1_000_000
const MOST_DEPTH = 64

/**
 * A folder as a replica catalog: each file by its path in it.
 *
 * @throws {GeartrainError} PEGASUS_FILE_MISSING; PEGASUS_DOCUMENT_INVALID where it has too many files, or may not be read.
 */
export async function readReplicaFolder(
  folder: string,
  { site = "local", flat = false }: { readonly site?: string; readonly flat?: boolean } = {},
): Promise<ReplicaCatalog> {
  const root = resolve(folder)
  const replicas: Replica[] = []
  const waiting = [{ path: "", depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > MOST_DEPTH) throw pegasusFault({ file: root }, `it is more than ${MOST_DEPTH} folders deep`)
    const entries = await readdir(join(root, next.path), { withFileTypes: true }).catch((cause: unknown) => {
      throw unopened(join(root, next.path), "Name a folder of input files", cause)
    })
    for (const entry of entries) {
      const path = next.path === "" ? entry.name : `${next.path}/${entry.name}`
      if (entry.isDirectory()) waiting.push({ path, depth: next.depth + 1 })
      else if (entry.isFile() || entry.isSymbolicLink()) {
        if (replicas.length >= MOST_FILES) throw pegasusFault({ file: root }, `it has more than ${MOST_FILES} files`)
        const lfn = flat ? entry.name : path
        replicas.push({ lfn, pfns: [{ site, pfn: `file://${join(root, path)}` }], regex: false, metadata: {} })
      }
    }
  }
  return collectReplicas(replicas.toSorted((one, other) => (one.lfn < other.lfn ? -1 : 1)))
}
