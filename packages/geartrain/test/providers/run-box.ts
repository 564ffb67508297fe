import type { Box } from "@geartrain/ports"
import { OPENERS } from "./bench.ts"

/*
 * Runs boxes for tests that need another process: as another user, in another namespace, on a terminal, or to be killed.
 *
 *   node run-box.ts '<JSON: Order>'     prints lines of JSON: Printed
 */

/** What to do. */
export interface Order {
  readonly provider: string
  readonly boxes: readonly Box[]
  /** After all boxes are started: wait for their ends, stay, or exit without a word to the provider. */
  readonly afterwards: "wait" | "stay" | "exit"
}

/** What came of it. */
export type Printed =
  | { readonly at: "open"; readonly capabilities: unknown }
  | { readonly at: "started" }
  | {
      readonly at: "ended"
      readonly id: string
      readonly code: number
      readonly stdout: string
      readonly stderr: string
      readonly usage: unknown
    }
  | { readonly at: "failed"; readonly code: string; readonly message: string; readonly hint: string | undefined }

const order = JSON.parse(process.argv[2] ?? "") as Order

function print(line: Printed): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces).toString("utf8")
}

// As the command line does: on a terminal, what ends by Ctrl-C is the box.
if (order.boxes.some(({ streams }) => streams === "terminal")) process.on("SIGINT", () => undefined)

const open = OPENERS[order.provider]
if (open === undefined) throw new Error(`There is no provider "${order.provider}"`)
try {
  const provider = await open()
  print({ at: "open", capabilities: provider.capabilities })
  const containers = await Promise.all(order.boxes.map((box) => provider.start(box)))
  print({ at: "started" })
  if (order.afterwards === "exit") process.exit(0)
  const stay = order.afterwards === "stay" ? setInterval(() => undefined, 60_000) : undefined
  for (const container of containers) {
    const [exit, stdout, stderr] = await Promise.all([
      container.wait(),
      textOf(container.stdout),
      textOf(container.stderr),
    ])
    print({ at: "ended", id: container.id, code: exit.code, stdout, stderr, usage: exit.usage })
    await container.delete()
  }
  clearInterval(stay)
  await provider.close()
} catch (error) {
  const { code, message, hint } = error as { code: string; message: string; hint?: string }
  print({ at: "failed", code, message, hint })
}
