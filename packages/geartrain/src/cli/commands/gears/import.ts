import type { Command } from "../../command.ts"
import { importPegasusWorkflow, PEGASUS_FLAGS, refuseWithoutPegasus } from "./import-pegasus.ts"
import { IMAGE_LIMIT_NOTE, TAKE_IN_FLAGS, takeIn } from "./take-in.ts"

export const importCommand: Command = {
  name: "import",
  arguments: [
    {
      name: "IMAGE",
      says: "A tar, an archive of docker save or OCI, an OCI layout, a root filesystem in a folder, - for standard input, or docker://HOST/NAME:TAG; with --pegasus, a workflow.yml",
      complete: "file",
    },
  ],
  flags: { ...TAKE_IN_FLAGS, ...PEGASUS_FLAGS },
  examples: [
    { command: "gear import fsl-bet.tar", says: "Take a gear in; its packing does not matter, .gz and .zst neither" },
    { command: "docker save fsl-bet | gear import -", says: "From standard input" },
    {
      command: "gear import fsl-bet.tar --image-env",
      says: "With the ENV that the image's Dockerfile set, which gears do not get otherwise",
    },
    {
      command: "gear import --pegasus workflow.yml --image debian.tar -o split",
      says: "A workflow of Pegasus, as gears and a workflow that gear workflow run runs",
    },
  ],
  notes: ["Importing again what is here already writes nothing.", IMAGE_LIMIT_NOTE],
  exits: "answer",
  run: async (context, given) => {
    if (given.has("pegasus")) return await importPegasusWorkflow(context, given)
    refuseWithoutPegasus(given)
    return await takeIn(context, given, given.words[0] ?? "")
  },
}
