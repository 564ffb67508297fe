import { isGeartrainError } from "@geartrain/spec"
import { readEventLines, type StreamedEvent } from "./event-lines.ts"
import type { GearClient } from "./open-client.ts"

/**
 * Follows an event stream of the server's, and takes it up where it was when the line is cut: nothing is missed, and nothing comes twice.
 *
 * @param path  Such as `/api/v1/events` or `/api/v1/jobs/ID/logs/stream`.
 * @param options.after  Id of the last message that was seen already.
 */
export async function* followEvents(
  client: GearClient,
  path: string,
  options: { readonly after?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<StreamedEvent> {
  let last = options.after
  for (;;) {
    const headers = { accept: "text/event-stream", ...(last === undefined ? {} : { "last-event-id": last }) }
    const response = await client.send(path, {
      headers,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (response.body === null) return
    try {
      for await (const message of readEventLines(response.body.pipeThrough(new TextDecoderStream()))) {
        last = message.id ?? last
        yield message
        if (message.event === "end") return
      }
    } catch (error) {
      // Cut: the next request goes on after the last message, or says that the server is away.
      if (options.signal?.aborted === true || isGeartrainError(error)) throw error
    }
  }
}
