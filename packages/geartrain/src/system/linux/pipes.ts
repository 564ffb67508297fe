import { closeSync, constants, openSync, writeSync } from "node:fs"
import { Socket } from "node:net"
import { systemCode } from "../system-code.ts"

/**
 * Opens a named pipe for reading, before or after somebody opens it for writing. The stream ends when the last writer has closed it, once
 * there was one.
 *
 * @see fifo(7), and `pipe_poll` in Linux's fs/pipe.c: no end is reported until there was a first writer.
 */
export function openPipe(path: string): Socket {
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

/**
 * Gives something to whoever waits for somebody to open a named pipe for writing, and then its end. Answers whether somebody does; to others nothing
 * is given.
 *
 * @see fifo(7): opened so, a pipe without a reader is refused with ENXIO.
 */
export function feedPipe(path: string, content: Uint8Array): boolean {
  let fd: number
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === "ENXIO") return false
    throw error
  }
  const written = writeAtOnce(fd, content)
  if (written === content.length) {
    closeSync(fd)
    return true
  }
  // More than the pipe holds: the rest goes when there is room.
  const stream = new Socket({ fd, readable: false, writable: true })
  // Whoever read it has ended, and will be asked why.
  stream.on("error", () => undefined)
  stream.end(content.subarray(written))
  return true
}

/** Answers with how many bytes there was room for. Who reads no more has ended, and gets them all. */
function writeAtOnce(fd: number, content: Uint8Array): number {
  try {
    return writeSync(fd, content)
  } catch (error) {
    const code = systemCode(error)
    if (code === "EAGAIN") return 0
    if (code === "EPIPE") return content.length
    closeSync(fd)
    throw error
  }
}
