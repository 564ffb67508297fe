import { writeAtomically } from "../../../system/atomic-write.ts"
import { mkdir, readFile, rm } from "../../../system/files.ts"
import { sha256 } from "../../../system/hash.ts"
import { systemCode } from "../../../system/system-code.ts"

/** What tells one upload from all others: where it goes, and its very bytes. */
export interface NotedUpload {
  readonly server: string
  readonly place: string
  readonly name: string
  readonly digest: string
}

/** Remembers the ids of uploads that are under way, so that the same command goes on where another was killed. */
export interface UploadNotes {
  find(upload: NotedUpload): Promise<string | undefined>
  keep(upload: NotedUpload, id: string): Promise<void>
  remove(upload: NotedUpload): Promise<void>
}

/** In a folder of small files, each with an id. When it is gone, uploads begin again. */
export function openUploadNotes(folder: string): UploadNotes {
  const pathOf = ({ server, place, name, digest }: NotedUpload): string => {
    const key = sha256(Buffer.from(JSON.stringify([server, place, name, digest])))
    return `${folder}/${key.slice("sha256:".length)}`
  }
  return {
    find: async (upload) => {
      try {
        const text = await readFile(pathOf(upload), "utf8")
        return /^[0-9a-f]{24}\n$/.test(text) ? text.trimEnd() : undefined
      } catch (error) {
        if (systemCode(error) === "ENOENT") return undefined
        throw error
      }
    },
    keep: async (upload, id) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeAtomically(pathOf(upload), (file) => file.writeFile(`${id}\n`))
    },
    remove: (upload) => rm(pathOf(upload), { force: true }),
  }
}
