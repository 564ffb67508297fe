import { join } from "node:path"
import type { GearClient, paths } from "@geartrain/sdk/client"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"
import { MemberPaths, memberPath } from "../../packing/members/member-path.ts"
import { inTurns } from "../in-turns.ts"
import { isOfTheLine } from "../persist.ts"
import { type Downloading, downloadFile } from "./download-file.ts"
import { Folders, unwritable } from "./folders.ts"

type JobFacts = paths["/api/v1/jobs/{job}"]["get"]["responses"]["200"]["content"]["application/json"]

/** One of the files that a job put out. */
export type ServerOutput = JobFacts["outputs"][number]

export interface DownloadedOutput {
  /** In the folder. */
  readonly path: string
  readonly output: ServerOutput
  readonly outcome: "fetched" | "there" | "failed"
  readonly error?: GeartrainError
}

const AT_ONCE = 4

/**
 * Downloads what a job put out into a folder, as it lay in the gear's output folder: also what is a file of no place. A fault of one leaves the
 * others alone; when the server is away the rest is not tried.
 */
export async function downloadOutputs(
  client: GearClient,
  {
    job,
    folder,
    outputs,
  }: { readonly job: string; readonly folder: string; readonly outputs: readonly ServerOutput[] },
  downloading: Omit<Downloading, "client"> & { readonly onFile: (downloaded: DownloadedOutput) => void },
): Promise<void> {
  const { onFile, signal } = downloading
  const [folders, names] = [new Folders(folder), new MemberPaths()]
  let isOver = false
  await inTurns(outputs, AT_ONCE, async (output) => {
    signal.throwIfAborted()
    if (isOver) return
    const path = names.takeNumbered(memberPath(output.name.split("/")))
    try {
      await folders.make(path)
      const wanted = { ...output, path: `/api/v1/jobs/${job}/output?name=${encodeURIComponent(output.name)}` }
      onFile({ path, output, outcome: await downloadFile(wanted, join(folder, path), { ...downloading, client }) })
    } catch (error) {
      signal.throwIfAborted()
      const known = isGeartrainError(error) ? error : unwritable(join(folder, path), error)
      isOver ||= isOfTheLine(known) || known.code === "NOT_AUTHENTICATED"
      onFile({ path, output, outcome: "failed", error: known })
    }
  })
}
