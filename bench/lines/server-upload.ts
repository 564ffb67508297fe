import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { send, sendJson, startArchive } from "../../packages/geartrain/test/server/archive/archive-process.ts"
import type { Measurement, Row } from "../bench.ts"

const MIB = 1024 * 1024

/** Size of the file; for one of 10 GB: `GEARTRAIN_BENCH_UPLOAD_MIB=10240 npm run bench -- server-upload`. */
const FILE_MIB = Number(process.env["GEARTRAIN_BENCH_UPLOAD_MIB"] ?? 1024)

/** What a large upload costs the server, in memory above all. */
export const serverUpload: Measurement = {
  name: "server-upload",
  measure: async (bench) => {
    mkdirSync(bench.folder, { recursive: true })
    const server = await startArchive(join(bench.folder, "server.db"), bench.folder)
    try {
      return await measureOn(server)
    } finally {
      await server.kill()
    }
  },
}

async function measureOn(server: Awaited<ReturnType<typeof startArchive>>): Promise<readonly Row[]> {
  const url = `${server.address}/api/v1`
  await sendJson("POST", `${url}/groups`, { id: "lab" })
  const { body: project } = await sendJson("POST", `${url}/places`, { type: "project", parent: "lab", label: "Large" })
  const body = { place: project.id, name: "large", sizeBytes: FILE_MIB * MIB }
  const { body: upload } = await sendJson("POST", `${url}/uploads`, body)
  const start = performance.now()
  // Cut in the middle, and gone on with.
  const half = Math.floor(FILE_MIB / 2)
  await send("PUT", `${url}/uploads/${upload.id}/chunks/0`, noise(0, half))
  await send("PUT", `${url}/uploads/${upload.id}/chunks/${half * MIB}`, noise(half, FILE_MIB))
  const { status } = await send("POST", `${url}/uploads/${upload.id}/finish`)
  if (status !== 200) throw new Error(`The upload ended with ${status}`)
  const ms = performance.now() - start
  const peak = server.peakBytes()
  return [
    {
      what: `memory of the server after an upload of ${FILE_MIB} MiB`,
      ours: peak,
      against: "what was promised",
      theirs: 300 * MIB,
      unit: "bytes",
      ratio: peak / (300 * MIB),
      limit: 1,
    },
    {
      what: `upload of ${FILE_MIB} MiB, to a file with a digest`,
      ours: ms,
      against: "100 MB/s",
      theirs: (FILE_MIB * MIB) / 100_000,
      unit: "ms",
      ratio: ms / ((FILE_MIB * MIB) / 100_000),
      note: "hashed once, written once; each 16 MiB are on the disk before they are told",
    },
  ]
}

async function* noise(fromMiB: number, untilMiB: number): AsyncGenerator<Uint8Array> {
  for (let mebibyte = fromMiB; mebibyte < untilMiB; mebibyte++) yield Buffer.alloc(MIB, `mebibyte ${mebibyte} `)
}
