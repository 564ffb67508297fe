import { isGeartrainError } from "@geartrain/spec"
import { readEventLines, type StreamedEvent } from "./event-lines.ts"
import type { GearClient } from "./open-client.ts"
import { FIRST_WAIT_MS, longerWait, pause } from "./pause.ts"

/**
 * Follows an event stream of the server's, and takes it up where it was when the line is cut: nothing is missed, and nothing comes twice. A stream that
 * ends again and again with nothing in it, as a proxy may answer, is asked for more and more rarely.
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
  let waitMs = FIRST_WAIT_MS
  for (;;) {
    let isEmpty = true
    const headers = { accept: "text/event-stream", ...(last === undefined ? {} : { "last-event-id": last }) }
    const response = await client.send(path, {
      headers,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (response.body === null) return
    try {
      for await (const message of readEventLines(response.body.pipeThrough(new TextDecoderStream()))) {
        last = message.id ?? last
        isEmpty = false
        yield message
        if (message.event === "end") return
      }
    } catch (error) {
      // Cut: the next request goes on after the last message, or says that the server is away.
      if (options.signal?.aborted === true || isGeartrainError(error)) throw error
    }
    if (isEmpty) await pause(waitMs, options.signal)
    waitMs = isEmpty ? longerWait(waitMs) : FIRST_WAIT_MS
  }
}
