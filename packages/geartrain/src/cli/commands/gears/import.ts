import type { Command } from "../../command.ts"
import { IMAGE_LIMIT_NOTE, TAKE_IN_FLAGS, takeIn } from "./take-in.ts"

export const importCommand: Command = {
  name: "import",
  arguments: [
    {
      name: "IMAGE",
      says: "A tar, an archive of docker save or OCI, an OCI layout, a root filesystem in a folder, - for standard input, or docker://HOST/NAME:TAG",
      complete: "file",
    },
  ],
  flags: TAKE_IN_FLAGS,
  examples: [
    { command: "gear import fsl-bet.tar", says: "Take a gear in; its packing does not matter, .gz and .zst neither" },
    { command: "docker save fsl-bet | gear import -", says: "From standard input" },
    {
      command: "gear import fsl-bet.tar --image-env",
      says: "With the ENV that the image's Dockerfile set, which gears do not get otherwise",
    },
  ],
  notes: ["Importing again what is here already writes nothing.", IMAGE_LIMIT_NOTE],
  exits: "answer",
  run: async (context, given) => await takeIn(context, given, given.words[0] ?? ""),
}
