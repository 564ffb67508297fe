import type { Gear } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import type { Command, Context } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { interruptible } from "../../run/interrupts.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const pushCommand: Command = {
  name: "push",
  arguments: [
    { name: "GEAR", says: "A gear that is stored here, an image, or the folder of a gear's sources", complete: "gear" },
  ],
  flags: SERVER_FLAG,
  examples: [
    { command: "gear push fsl-bet@1.0.0", says: "Bring a gear to the server, so that jobs there can use it" },
    { command: "gear push ./my-gear", says: "Build it first, if anything has changed" },
  ],
  notes: [
    "The server reads the image itself and has to come to the same id. A gear that it has is not sent again.",
    "A name and version is one gear for ever. While a gear changes, give it a version that ends in -dev.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ openEngine }, { sendGear }, { connectServer }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../server/send-gear.ts"),
      import("../../server/connect.ts"),
    ])
    const { reply, terminal } = context
    const client = await connectServer(context.settings(), given)
    const engine = await openEngine(context.settings(), { write: true })
    try {
      const gear = await storedGear(given.words[0] ?? "", engine, context)
      const reference = `${gear.manifest.name}@${gear.manifest.version}`
      const sent = await interruptible(
        () => reply.say("stopping"),
        ({ signal }) =>
          sendGear(gear, { client, engine }, { signal, onSend: (bytes) => reply.say(`sending ${formatSize(bytes)}`) }),
      )
      reply.print(`${terminal.out.paint.bold(escapeText(reference))}  ${reply.id(gear.id)}`)
      reply.say(`${sent.outcome === "new" ? "pushed to" : "was there already, on"} ${client.url}`)
      if (sent.state === "disabled") reply.warn("it is disabled there: no job can use it")
      reply.say(`→ gear submit ${shellWord(reference)}`)
      return { data: { reference, gear: gear.id, server: client.url, ...sent } }
    } finally {
      await engine.close()
    }
  },
}

/** A root filesystem in a folder can be run as it lies there; what others are to have is stored first. */
async function storedGear(reference: string, engine: Engine, context: Context): Promise<Gear> {
  const { openGear } = await import("../../run/open-gear.ts")
  const { gear, development } = await openGear(reference, engine, context)
  if (development === undefined) return gear
  const [{ openImageReference }, { importGear }] = await Promise.all([
    import("../../../compose/images/open-image.ts"),
    import("../../../engine/gears/import-gear.ts"),
  ])
  const image = await openImageReference(reference, context.settings(), {})
  try {
    return (await importGear(image, engine)).gear
  } finally {
    await image.close()
  }
}
