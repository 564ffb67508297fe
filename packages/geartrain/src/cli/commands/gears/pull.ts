import type { Command } from "../../command.ts"
import { IMAGE_LIMIT_NOTE, TAKE_IN_FLAGS, takeIn } from "./take-in.ts"

export const pullCommand: Command = {
  name: "pull",
  arguments: [{ name: "REFERENCE", says: "HOST/NAME:TAG or HOST/NAME@sha256:…, with or without docker:// before it" }],
  flags: TAKE_IN_FLAGS,
  examples: [{ command: "gear pull localhost:5000/lab/fsl-bet:1.0.0", says: "Take a gear in from a registry" }],
  notes: ["A tag may be moved to another image; the id of the gear that is printed may not.", IMAGE_LIMIT_NOTE],
  exits: "answer",
  run: async (context, given) => await takeIn(context, given, registryReference(given.words[0] ?? "")),
}

/** Says that it is a registry's, so that a file of the same name is not taken for it. */
function registryReference(word: string): string {
  return word.startsWith("docker://") ? word : `docker://${word}`
}
