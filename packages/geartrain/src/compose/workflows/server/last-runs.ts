import type { RunHeader, RunServer } from "../../../workflows/run/fold-run.ts"
import { listRuns, readableHeader } from "../../../workflows/run/run-folder.ts"
import { runsFolder } from "../run-workflow.ts"

/** Those before are not looked at. */
const MOST_RUNS = 20

/**
 * Folders of the last runs on a server, the newest first.
 *
 * @param home  Of this machine: the folder of all.
 */
export async function lastRuns(
  home: string,
  { url, project }: Pick<RunServer, "url"> & Partial<RunServer>,
): Promise<readonly string[]> {
  const runs = runsFolder(home)
  const headers: RunHeader[] = []
  for (const id of await listRuns(runs)) {
    const header = await readableHeader(`${runs}/${id}`)
    const isThere = header?.server?.url === url && (project === undefined || header.server.project === project)
    if (header !== undefined && isThere) headers.push(header)
  }
  const last = headers.toSorted((a, b) => (a.created < b.created ? 1 : -1)).slice(0, MOST_RUNS)
  return last.map(({ id }) => `${runs}/${id}`)
}
