/** One line of a job's log. `fd`: 1 stdout, 2 stderr, -1 the system's own words. */
export interface LogLine {
  readonly time: string
  readonly fd: 1 | 2 | -1
  readonly msg: string
}

/** Whole lines that came at once, not yet taken apart: a line of it costs nothing but its bytes. */
export interface LogPassage {
  readonly time: string
  readonly fd: LogLine["fd"]
  readonly bytes: Buffer
}

export const LINE_FEED = 0x0a
/** A longer line is cut into several. */
const MAX_LINE = 16 * 1024
/** What a line costs beyond its text, in the file: empty lines are not free. */
export const LINE_OVERHEAD = 72

/** How many bytes are whole lines, or pieces of one that is too long; the rest has to wait for what comes. */
export function endOfWhole(bytes: Buffer): number {
  let end = bytes.lastIndexOf(LINE_FEED) + 1
  while (bytes.length - end > MAX_LINE) end = startOfCharacter(bytes, end + MAX_LINE)
  return end
}

/** @see RFC 3629, section 3: in UTF-8, all bytes of a character but the first begin with the bits 10; there are three at most. */
function startOfCharacter(bytes: Buffer, at: number): number {
  for (let start = at; start > at - 4; start--) if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start
  return at
}

/** Takes a passage apart: lines without line feed, and without the carriage return that some tools end them with. */
export function linesOf({ time, fd, bytes }: LogPassage): LogLine[] {
  const text = bytes.toString("utf8")
  const lines: LogLine[] = []
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf("\n", start)
    const end = feed === -1 ? text.length : feed
    const last = end > start && text[end - 1] === "\r" ? end - 1 : end
    pushPieces(lines, { time, fd, msg: text.slice(start, last) })
    start = end + 1
  }
  return lines
}

function pushPieces(lines: LogLine[], line: LogLine): void {
  const { time, fd, msg } = line
  if (msg.length <= MAX_LINE) lines.push(line)
  else for (let at = 0; at < msg.length; at += MAX_LINE) lines.push({ time, fd, msg: msg.slice(at, at + MAX_LINE) })
}
