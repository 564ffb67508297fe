import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"

/** A line to a server that can be cut: every connection breaks, and none comes through until it is mended. */
export interface UnsteadyLine {
  readonly address: string
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** @param port  Where the server listens on loopback now. */
export async function openLine(port: () => number): Promise<UnsteadyLine> {
  const open = new Set<Socket>()
  let isCut = false
  const line: Server = createServer((from) => {
    if (isCut) {
      from.destroy()
      return
    }
    const to = connect(port(), "127.0.0.1")
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(one)
      one.on("error", () => other.destroy())
      one.on("close", () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }).listen(0, "127.0.0.1")
  await once(line, "listening")
  const { port: own } = line.address() as { readonly port: number }
  const cut = (): void => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    address: `http://127.0.0.1:${own}`,
    cut,
    mend: () => {
      isCut = false
    },
    close: async () => {
      cut()
      line.close()
      await once(line, "close")
    },
  }
}
