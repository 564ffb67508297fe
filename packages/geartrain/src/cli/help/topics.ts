import { SETTINGS_VARIABLES } from "../../settings/settings.ts"
import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import { flagRow, type HelpSection } from "./command-help.ts"

/** A page of help that is about no single command. */
export interface Topic {
  readonly summary: string
  readonly says: readonly string[]
  readonly sections: readonly HelpSection[]
}

/** Pages by the word after `gear help`. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  "exit-codes": {
    summary: "What the exit codes mean",
    says: [
      "gear run, gear replay and gear debug end with the exit code of the gear, or of the shell, that they ran. Their own troubles have codes from 124 on, as those of docker run have. A gear may use those codes itself: with --json, the reason tells the two apart.",
    ],
    sections: [
      {
        title: "gear run, gear replay, gear debug",
        rows: [
          ["0 to 123", "the gear's own exit code"],
          ["124", "the gear ran longer than its --timeout"],
          [
            "125",
            "the gear was not run, or not to its end, for a reason outside of it: a mistake in the command, a missing input, a full disk",
          ],
          ["126", "the gear's command cannot be executed"],
          ["127", "the gear's command was not found"],
          [
            "128 + n",
            "signal n ended the gear: 137 when it was killed, by its memory limit for one (the reason is then OUT_OF_MEMORY)",
          ],
          ["130", "the job was cancelled with Ctrl-C; 143 by gear cancel, 129 when the terminal went away"],
        ],
      },
      {
        title: "All other commands",
        rows: [
          ["0", "yes, or done"],
          ["1", "a definite no: the outputs differ, the store is damaged, no provider works, the image is no gear"],
          ["2", "the command was not understood"],
          ["3", "what it is about was not found"],
          ["4", "a log-in is needed, or was refused"],
          [
            "5",
            "it cannot be done as things are: several things have this name, something is in the way, the machine or the store refuses",
          ],
          ["6", "undecided: the job could not be run again, so that nothing is known"],
          ["70", "a bug in gear"],
          ["130", "interrupted with Ctrl-C"],
          ["141", "whoever read the output went away before all of it was written"],
        ],
      },
    ],
  },
  environment: {
    summary: "The environment variables that are read",
    says: ["Nothing else in the environment changes what gear does, and none of it reaches a gear."],
    sections: [{ title: "Variables", rows: SETTINGS_VARIABLES.map(({ name, says }) => [name, says]) }],
  },
  json: {
    summary: "What --json prints",
    says: [
      'With --json a command prints one object to standard output: {"schema", "ok", "data", "error"}. ok is true exactly when the exit code is 0. error is null, or says why not: {"code", "message", "fix", "docs", "culprit", "retryable"}. code is stable; message and fix are for people and may change.',
      "The lists (gear ls, gear ps, gear jobs) and gear logs print one object a line instead, one for each element. When they fail, the last line is an object as above, with ok false.",
      "Ids are always whole. Members are added over time, never changed or taken away. The JSON Schema of the object: gear schema reply",
      "gear run --json has the record of the job as data, with the folder of its outputs as outputFolder, and sends what the gear writes to stdout to standard error, too.",
    ],
    sections: [],
  },
  references: {
    summary: "How gears and jobs are named",
    says: [],
    sections: [
      {
        title: "Gears",
        rows: [
          ["name@version", "a stored gear, such as fsl-bet@1.0.0"],
          ["name", "the one of that name that was imported last"],
          ["0123456789ab", "a stored gear whose id begins so, from 8 digits on; sha256: may stand before"],
          ["./gear.tar", "a tar or archive, which is imported first; a path has a slash or an ending such as .tar"],
          ["./folder", "an unpacked root filesystem with flywheel/v0/manifest.json, run as it lies there"],
          [
            "./sources",
            "a folder with manifest.json beside gear.yaml or a Dockerfile, built first when it has changed",
          ],
          ["docker://host/name:tag", "an image in a registry, for gear import and gear pull"],
        ],
      },
      {
        title: "Jobs",
        rows: [
          ["0123456789abcdef01234567", "the id of a job, or its beginning, from 4 digits on"],
          ["latest", "the newest job, but for the re-runs of gear verify"],
        ],
      },
    ],
  },
  flags: {
    summary: "The flags that every command has",
    says: ["They may stand before or after the command, in any order. After -- nothing is a flag."],
    sections: [{ title: "Flags", rows: Object.entries(GLOBAL_FLAGS).map(flagRow) }],
  },
}
