/** One message of an event stream. */
export interface StreamedEvent {
  readonly id?: string
  readonly event: string
  readonly data: string
}

/**
 * Reads the messages of an event stream from its text.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEventLines(text: AsyncIterable<string>): AsyncGenerator<StreamedEvent> {
  let rest = ""
  let data: string[] = []
  let event = "message"
  let id: string | undefined
  for await (const piece of text) {
    // A line may end in the middle of CRLF: its half stays until the other has come.
    const lines = `${rest}${piece}`.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ""
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { event, data: data.join("\n"), ...(id === undefined ? {} : { id }) }
        data = []
        event = "message"
        continue
      }
      const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (name === "data") data.push(value)
      else if (name === "event") event = value
      else if (name === "id" && !value.includes("\0")) id = value
    }
  }
}
