import { closeSync, constants, openSync, writeSync } from "node:fs"
import { Socket } from "node:net"
import type { Readable } from "node:stream"

/**
 * Opens a named pipe for reading, before or after somebody opens it for writing. The stream ends when the last writer has closed it, once
 * there was one.
 *
 * @see fifo(7), and `pipe_poll` in Linux's fs/pipe.c: no end is reported until there was a first writer.
 */
export function openPipe(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stream = new Socket({ fd, readable: true, writable: false })
  // A pipe that nobody reads any more has no one to tell about an error.
  stream.on("error", () => undefined)
  return stream
}

/**
 * Puts a short text (less than 4096 bytes) into an empty named pipe, whoever reads it now or later. It is kept until `close`, or until it was
 * read.
 */
export function fillPipe(path: string, text: string): { close(): void } {
  // Open for reading too, on Linux: so this does not wait for a reader.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  writeSync(fd, text)
  return { close: () => closeSync(fd) }
}
