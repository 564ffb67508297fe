import { Readable } from "node:stream"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { checkFiles } from "../../archive/blobs/check-files.ts"
import type { ApiApp } from "../../http/api-app.ts"

/** Whether the bytes of all files are still what they were. */
export function checkRoutes(app: ApiApp, ports: ArchivePorts): void {
  app.get(
    "/api/v1/archive/check",
    {
      schema: {
        operationId: "checkFiles",
        tags: ["archive"],
        summary: "Read every byte, and tell what is damaged, a line of JSON for each step; an admin of the site may",
      },
    },
    async ({ caller }, reply) => {
      await ports.access.needSiteAdmin(caller, "archive.check")
      return reply
        .header("content-type", "application/x-ndjson")
        .send(Readable.from(linesOf(ports), { objectMode: false }))
    },
  )
}

async function* linesOf(ports: ArchivePorts): AsyncGenerator<Buffer, void> {
  for await (const step of checkFiles(ports)) yield Buffer.from(`${JSON.stringify(step)}\n`)
}
