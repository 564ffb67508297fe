import type { KnownFile } from "@geartrain/spec/workflow"
import type { Settings } from "../../settings/settings.ts"
import { createAtomically } from "../../system/atomic-write.ts"
import { sha256 } from "../../system/hash.ts"
import { CommitStore } from "../../workflows/pipelines/folders/commit-store.ts"

/** Where the commits of pipelines are kept on this machine. */
export function openCommits({ home }: Pick<Settings, "home">): CommitStore {
  return new CommitStore(`${home}/pipelines`)
}

/** A file with nothing in it, for inputs that give names only. */
export async function openEmptyFile({ home }: Pick<Settings, "home">): Promise<KnownFile> {
  const path = `${home}/pipelines/empty`
  // One that is there already has nothing in it, too.
  await createAtomically(path, "")
  return { name: "empty", digest: sha256(new Uint8Array()), sizeBytes: 0, path }
}
