import { z } from "zod"
import { lastEvent, readEvents } from "../../database/events/read-events.ts"
import { EVENTS_TOPIC } from "../../database/events/server-event.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { lastSeen, type StreamMessage, sendEvents } from "../../http/event-stream.ts"
import { ID, SHORT_TEXT } from "../../http/json-words.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../../queue/queue-ports.ts"

/** Without a signal it looks again so often: it may have been lost. */
const LOOK_AGAIN_MS = 15_000
const AT_ONCE = 500

/** Only what happens from now on. */
const LATEST = "latest"

type EventPorts = Pick<QueuePorts, "database" | "access">

interface EventFilter {
  readonly after: number | typeof LATEST
  readonly project: string | undefined
  readonly subject: string | undefined
  readonly kinds: readonly string[] | undefined
}

/** Everything that happens in the projects that one may read, as it happens. */
export function eventRoutes(app: ApiApp, ports: EventPorts): void {
  app.get(
    "/api/v1/events",
    {
      schema: {
        operationId: "followEvents",
        tags: ["events"],
        summary: "What happens, by events that can be resumed",
        querystring: z.object({
          after: z
            .union([z.literal(LATEST), z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)])
            .optional()
            .describe("Number that was seen; latest: only what happens from now on, after a message `begin`"),
          project: ID.optional(),
          subject: SHORT_TEXT.optional().describe("Id of the job, file, place … that it is about"),
          kind: z.union([SHORT_TEXT, z.array(SHORT_TEXT).max(50)]).optional(),
        }),
      },
    },
    async (request, reply) => {
      const { after, project, subject, kind } = request.query
      const kinds = kind === undefined ? undefined : Array.isArray(kind) ? kind : [kind]
      const header = request.headers["last-event-id"]
      const seen = after === LATEST && header === undefined ? after : lastSeen(header, after === LATEST ? 0 : after)
      const filter = { after: seen, project, subject, kinds }
      return sendEvents(request, reply, (signal) => follow(ports, { caller: request.caller, filter }, signal))
    },
  )
}

async function* follow(
  ports: EventPorts,
  asked: { readonly caller: Caller; readonly filter: EventFilter },
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const { caller, filter } = asked
  let after = filter.after === LATEST ? await lastEvent(ports.database.read) : filter.after
  // Whoever asks knows by it that nothing is missed any more, and where to go on when the line is cut.
  if (filter.after === LATEST) yield { id: String(after), event: "begin", data: { seq: after } }
  while (!signal.aborted) {
    const woken = ports.database.signals.wait([EVENTS_TOPIC], { timeoutMs: LOOK_AGAIN_MS, signal })
    // Asked every time: what one may read can become less.
    const readable = await ports.access.readable(caller)
    const projects = visible(readable, filter.project)
    const events = await readEvents(ports.database.read, {
      after,
      limit: AT_ONCE,
      ...(projects === "all" ? {} : { projects }),
      ...(filter.kinds === undefined ? {} : { kinds: filter.kinds }),
      ...(filter.subject === undefined ? {} : { subject: filter.subject }),
    })
    for (const { seq, ...event } of events) {
      after = seq
      yield { id: String(seq), event: "event", data: { seq, ...event } }
    }
    if (events.length < AT_ONCE) await woken
  }
}

function visible(readable: "all" | readonly string[], project: string | undefined): "all" | readonly string[] {
  if (project === undefined) return readable
  return readable === "all" || readable.includes(project) ? [project] : []
}
