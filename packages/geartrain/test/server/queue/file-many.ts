import type { Digest } from "@geartrain/spec"
import type { QueuePorts } from "../../../src/server/queue/queue-ports.ts"
import { once } from "./queue-bench.ts"

export interface ManyFiles {
  /** Of the project. */
  readonly path: string
  readonly files: readonly { readonly id: string; readonly name: string; readonly digests: readonly Digest[] }[]
}

const AT_ONCE = 500

/** Files of a project, each in two versions: stored and filed as if somebody had uploaded them. */
export async function fileMany(ports: QueuePorts, project: string, count: number): Promise<ManyFiles> {
  const put = async (text: string): Promise<Digest> => (await ports.blobs.put(once(Buffer.from(text)))).digest
  const files: ManyFiles["files"][number][] = []
  for (let at = 0; at < count; at += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, n) => at + n)
    const some = numbers.map(async (n) => {
      const id = `f1${n.toString(16).padStart(22, "0")}`
      return { id, name: `${n}.txt`, digests: [await put(`first ${n}`), await put(`second ${n}`)] }
    })
    files.push(...(await Promise.all(some)))
  }
  await ports.database.write(async ({ sql }) => {
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const some = files.slice(at, at + AT_ONCE)
      await sql
        .insertInto("files")
        .values(
          some.map(({ id, name, digests }) => ({
            ...{ id, name, place: project, project, lineage: `${project}/`, type: null, mimetype: "text/plain" },
            ...{ modality: null, classification: "{}", tags: "[]", info: "{}", member_count: null, version: 2 },
            ...{ digest: digests[1] ?? "", size_bytes: 8, created_ms: 1, modified_ms: 1, revision: 1 },
            ...{ deleted_ms: null, deleted_by: null, deleted_with: null },
          })),
        )
        .execute()
      const versions = some.flatMap(({ id, digests }) =>
        digests.map((digest, index) => ({
          ...{ file: id, version: index + 1, digest, size_bytes: 8, created_ms: 1, created_by: "x" },
          ...{ origin: "user" as const, job: null },
        })),
      )
      await sql.insertInto("file_versions").values(versions).execute()
    }
  })
  const { label, group_id } = await ports.database.read
    .selectFrom("places")
    .select(["label", "group_id"])
    .where("id", "=", project)
    .executeTakeFirstOrThrow()
  return { path: `${group_id}/${label}`, files }
}
