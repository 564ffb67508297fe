import { GeartrainError } from "@geartrain/spec"
import { sql } from "kysely"
import { z } from "zod"
import { sha256 } from "../../system/hash.ts"
import type { ApiApp } from "../http/api-app.ts"
import type { AppPorts } from "./app-ports.ts"

/** Whoever asks wants an answer sooner than a database gives up by itself. */
const READY_MS = 4000

const NO_BYTES = sha256(new Uint8Array())

/** Whether the process lives, and whether it could do something: for whatever restarts it, and whatever sends it requests. */
export function healthRoutes(app: ApiApp, ports: Pick<AppPorts, "database" | "blobs">): void {
  app.get(
    "/api/v1/health",
    {
      config: { open: true },
      schema: {
        operationId: "getHealth",
        tags: ["server"],
        summary: "Whether the server process lives",
        response: { 200: z.object({ status: z.literal("ok") }) },
      },
    },
    async () => ({ status: "ok" as const }),
  )
  app.get(
    "/api/v1/ready",
    {
      config: { open: true },
      schema: {
        operationId: "getReady",
        tags: ["server"],
        summary: "Whether its database and its store of bytes answer",
        response: { 200: z.object({ status: z.literal("ready"), database: z.enum(["sqlite", "postgres"]) }) },
      },
    },
    async () => {
      await Promise.all([
        answers("database", sql`select 1`.execute(ports.database.read)),
        answers("blob store", ports.blobs.stat(NO_BYTES)),
      ])
      return { status: "ready" as const, database: ports.database.kind }
    },
  )
}

async function answers(what: string, answer: Promise<unknown>): Promise<void> {
  const refused = (cause?: unknown): GeartrainError =>
    new GeartrainError("SERVER_NOT_READY", `The server is not ready: its ${what} does not answer`, {
      hint: "Its log tells why; an admin of the machine sees more with: gear doctor",
      ...(cause === undefined ? {} : { cause }),
    })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(refused()), READY_MS)
  })
  try {
    await Promise.race([answer.catch((error: unknown) => Promise.reject(refused(error))), late])
  } finally {
    clearTimeout(timer)
  }
}
