import type { JobId, JobRecord } from "@geartrain/spec"
import { writeAtomically } from "../../../system/atomic-write.ts"
import { readdir, readFile } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { asRecord } from "./read-record.ts"

/**
 * Records of jobs that a server carried out for a run, in the run's folder, so that the run can be told of without the server:
 *
 *   <home>/runs/<run>/records/<job>.json
 */
export interface KeptRecords {
  get(id: JobId): Promise<JobRecord | undefined>
  /** Over one of an earlier attempt. */
  keep(record: JobRecord): Promise<void>
  list(): Promise<readonly JobId[]>
}

/** @param run  Folder of the run. */
export function openKeptRecords(run: string): KeptRecords {
  const folder = `${run}/records`
  return {
    get: async (id) => {
      if (!isId(id)) return undefined
      try {
        return asRecord(JSON.parse(await readFile(`${folder}/${id}.json`, "utf8")), id)
      } catch (error) {
        // One that a crash has torn is asked of the server again.
        if (systemCode(error) === "ENOENT" || error instanceof SyntaxError) return undefined
        throw error
      }
    },
    keep: async (record) => {
      if (!isId(record.id)) throw new RangeError(`No id of a job: ${record.id}`)
      const text = `${JSON.stringify(record)}\n`
      await writeAtomically(`${folder}/${record.id}.json`, (file) => file.writeFile(text))
    },
    list: async () => {
      try {
        const names = await readdir(folder)
        return names.flatMap((name) => (/^[0-9a-f]{24}\.json$/.test(name) ? [name.slice(0, 24)] : []))
      } catch (error) {
        if (systemCode(error) === "ENOENT") return []
        throw error
      }
    },
  }
}

function isId(id: string): boolean {
  return /^[0-9a-f]{24}$/.test(id)
}
