import type { JobId } from "@geartrain/spec"

/** The folders of one job while it runs. All lie in one folder, which is removed when the record is written. */
export interface JobFolders {
  readonly base: string
  /** The provider's own. */
  readonly box: string
  readonly input: string
  readonly output: string
  readonly scratch: string
  readonly temporary: string
  readonly home: string
  readonly configFile: string
  readonly secrets: string
  readonly log: string
}

export function jobFolders(workFolder: string, id: JobId): JobFolders {
  const base = `${workFolder}/${id}`
  return {
    base,
    box: `${base}/box`,
    input: `${base}/input`,
    output: `${base}/output`,
    scratch: `${base}/work`,
    temporary: `${base}/tmp`,
    home: `${base}/home`,
    configFile: `${base}/config.json`,
    secrets: `${base}/secrets`,
    log: `${base}/log.ndjson`,
  }
}
