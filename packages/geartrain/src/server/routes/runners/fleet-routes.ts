import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, WHOLE } from "../../http/json-words.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"
import { drainRunner } from "../../queue/runners/drain-runner.ts"
import { listRunners } from "../../queue/runners/list-runners.ts"

const WORDS = z.record(z.string(), z.string())

const RUNNER = z.object({
  id: ID,
  name: z.string(),
  host: z.string(),
  slots: WHOLE,
  free: WHOLE,
  running: WHOLE,
  labels: WORDS,
  capabilities: z.array(z.string()),
  versions: WORDS,
  machine: z.object({ cpus: WHOLE, memoryBytes: WHOLE, gpus: WHOLE }),
  state: z.enum(["ready", "resting", "drained", "away"]),
  rest: z
    .object({ untilMs: WHOLE, why: z.string() })
    .exactOptional()
    .describe("While it takes no jobs, since its machine has failed some"),
  createdMs: WHOLE,
  seenMs: WHOLE,
})

/** What admins see and say of runners. */
export function fleetRoutes(app: ApiApp, ports: QueuePorts): void {
  app.get(
    "/api/v1/runners",
    {
      schema: {
        operationId: "listRunners",
        tags: ["runners"],
        summary: "All runners, those heard of last first",
        response: { 200: z.object({ items: z.array(RUNNER) }) },
      },
    },
    async ({ caller }) => ({
      items: (await listRunners(ports, caller)).map((runner) => ({
        ...runner,
        capabilities: [...runner.capabilities],
      })),
    }),
  )
  app.post(
    "/api/v1/runners/:runner/drain",
    {
      schema: {
        operationId: "drainRunner",
        tags: ["runners"],
        summary: "Have a runner take no new jobs, or take some again",
        params: z.object({ runner: ID }),
        body: z.object({ drained: z.boolean() }),
        response: { 200: z.object({ runner: ID, drained: z.boolean() }) },
      },
    },
    async ({ caller, params: { runner }, body: { drained } }) => {
      await drainRunner(ports, caller, { runner, isDrained: drained })
      return { runner, drained }
    },
  )
}
