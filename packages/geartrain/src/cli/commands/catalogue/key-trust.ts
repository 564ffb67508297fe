import { GeartrainError } from "@geartrain/spec"
import type { Command, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"

const LONGEST_BYTES = 64 * 1024

export const keyTrustCommand: Command = {
  name: "key trust",
  arguments: [{ name: "FILE", says: "The public half of a key, in PEM", complete: "file" }],
  flags: {
    as: { type: "text", value: "NAME", says: "What to call whoever holds it" },
    for: {
      type: "text",
      value: "GEAR",
      many: true,
      says: "Name of a gear that they publish; * stands for any letters. Default: all gears",
    },
  },
  examples: [
    {
      command: "gear key trust lab.pub --as lab --for 'fsl-*'",
      says: "Let no gear fsl-… in that this key has not signed",
    },
  ],
  notes: [
    "From then on, gears of these names are installed only if a trusted key has signed them.",
    "Compare the id that is printed with that of the publisher, by another way than the one on which the file came.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ openKeys }, { readPublicKey }, { readSmallFile }] = await Promise.all([
      import("../../../compose/catalogue/open-catalogue.ts"),
      import("../../../publishing/signing/key-pair.ts"),
      import("../../run/read-small-file.ts"),
    ])
    const file = given.words[0] ?? ""
    const refuse = ({ is }: { readonly is: string }) =>
      new GeartrainError("KEY_INVALID", `Cannot use key "${file}": ${is}`, { hint: "Name the file of a public key" })
    const key = readPublicKey(await readSmallFile(file, { longestBytes: LONGEST_BYTES, refuse }), file)
    const gears = readGears(given)
    const { name, id } = await openKeys(context.settings()).trust(readName(given), key, gears)
    const { reply } = context
    reply.print(`${escapeText(name)}  ${reply.id(id)}`)
    reply.say(
      `gears that have to be signed by it, or by another that is trusted for them: ${escapeText(gears.join(", "))}`,
    )
    return { data: { name, id, gears: [...gears] } }
  },
}

function readName(given: Given): string {
  const name = given.text("as")
  if (name !== undefined) return name
  throw new GeartrainError("USAGE", "Cannot trust a key: nobody is named", {
    hint: "Say whose key it is: --as NAME",
  })
}

function readGears(given: Given): readonly string[] {
  const gears = given.list("for")
  const wrong = gears.find((gear) => !/^[a-z0-9*-]{1,100}$/.test(gear))
  if (wrong === undefined) return gears.length === 0 ? ["*"] : gears
  throw new GeartrainError("USAGE", `Cannot trust a key for "${wrong}": it is no name of a gear`, {
    hint: "Use lower-case letters, digits and -, and * for any of them",
  })
}
