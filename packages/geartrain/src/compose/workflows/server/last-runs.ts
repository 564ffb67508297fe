import { stat } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { RunServer } from "../../../workflows/run/fold-run.ts"
import { listRuns, readableHeader } from "../../../workflows/run/run-folder.ts"
import { runsFolder } from "../run-workflow.ts"

/** Those before are not looked at. */
const MOST_RUNS = 20
/** How many runs are read in search of them: a machine keeps all its runs, of every server and of none. */
const MOST_READ = 500

/**
 * Folders of the last runs on a server, the newest first.
 *
 * @param home  Of this machine: the folder of all.
 */
export async function lastRuns(
  home: string,
  { url, project }: Pick<RunServer, "url"> & Partial<RunServer>,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const folder of (await newestFirst(runsFolder(home))).slice(0, MOST_READ)) {
    if (found.length === MOST_RUNS) break
    const server = (await readableHeader(folder))?.server
    if (server?.url === url && (project === undefined || server.project === project)) found.push(folder)
  }
  return found
}

/** By when their headers were written, which is once: asking that of thousands takes a moment, reading them does not. */
async function newestFirst(runs: string): Promise<readonly string[]> {
  const dated: (readonly [string, number])[] = []
  for (const id of await listRuns(runs)) {
    const folder = `${runs}/${id}`
    const writtenMs = await writtenAt(`${folder}/run.json`)
    if (writtenMs !== undefined) dated.push([folder, writtenMs])
  }
  return dated.toSorted(([, a], [, b]) => b - a).map(([folder]) => folder)
}

/** Undefined where there is no such file: somebody is removing it. */
async function writtenAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}
