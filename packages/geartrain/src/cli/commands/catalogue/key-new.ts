import type { Command } from "../../command.ts"

export const keyNewCommand: Command = {
  name: "key new",
  arguments: [
    { name: "NAME", says: "What to call it. Default: default, which gear publish signs with", optional: true },
  ],
  flags: {},
  examples: [{ command: "gear key new", says: "Make a key, and print its public half to be given to others" }],
  notes: [
    "Its secret half stays in a file that only you can read, and is not protected by a password: whoever has the file can sign for you.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const { openKeys } = await import("../../../compose/catalogue/open-catalogue.ts")
    const { id, name, pem, path } = await openKeys(context.settings()).create(given.words[0] ?? "default")
    const { reply } = context
    reply.print(pem.trimEnd())
    reply.say(`made key ${name}, ${reply.id(id)}; its public half is in ${path}`)
    reply.say(
      "→ give the public half to those who install your gears, who then: gear key trust FILE --as YOU --for 'GEAR-*'",
    )
    return { data: { name, id, publicKey: pem, path } }
  },
}
