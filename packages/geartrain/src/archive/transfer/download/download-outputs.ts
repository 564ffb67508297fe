import type { GearClient, paths } from "@geartrain/sdk/client"
import { MemberPaths, memberPath } from "../../../packing/members/member-path.ts"
import { type Downloaded, downloadEach } from "./download-each.ts"
import type { Downloading } from "./download-file.ts"

type JobFacts = paths["/api/v1/jobs/{job}"]["get"]["responses"]["200"]["content"]["application/json"]

/** One of the files that a job put out. */
export type ServerOutput = JobFacts["outputs"][number]

export interface DownloadedOutput extends Downloaded {
  readonly output: ServerOutput
}

/** Downloads what a job put out into a folder, as it lay in the gear's output folder: also what is a file of no place. */
export async function downloadOutputs(
  client: GearClient,
  {
    job,
    folder,
    outputs,
  }: { readonly job: string; readonly folder: string; readonly outputs: readonly ServerOutput[] },
  { onFile, ...downloading }: Omit<Downloading, "client"> & { readonly onFile: (downloaded: DownloadedOutput) => void },
): Promise<void> {
  const names = new MemberPaths()
  const wanted = outputs.map((output) => ({
    path: names.takeNumbered(memberPath(output.name.split("/"))),
    output,
    wanted: { ...output, path: `/api/v1/jobs/${job}/output?name=${encodeURIComponent(output.name)}` },
  }))
  const onEach = (downloaded: Downloaded, { output }: { readonly output: ServerOutput }): void =>
    onFile({ ...downloaded, output })
  await downloadEach(wanted, folder, { ...downloading, client, onEach })
}
