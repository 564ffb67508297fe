import type { Box, BoxMount } from "@geartrain/ports"
import { openFilesLimit } from "../../system/linux/resource-limits.ts"
import { callersTerminal } from "../../system/linux/terminal.ts"
import type { PreparedBox } from "./backend.ts"
import { environmentOf } from "./environment.ts"
import type { BoxFolder } from "./root/box-folder.ts"

/** More open files than this help no one, and cost those who close all they might have. */
const MOST_OPEN_FILES = 1024 * 1024

/** Puts together what a backend is told of a box. */
export function prepareBox(
  box: Box,
  made: {
    readonly box: BoxFolder
    /** Where the backend is to keep its files, in the holder's mount namespace. */
    readonly folder: string
    /** With their targets resolved. */
    readonly mounts: readonly BoxMount[]
    readonly state: string
    readonly userMapping: "full" | "single"
    readonly network: string | undefined
  },
): PreparedBox {
  const terminal = box.streams === "terminal" ? callersTerminal() : undefined
  return {
    box,
    folder: made.folder,
    root: `${made.box.inside}/root`,
    state: made.state,
    environment: environmentOf(box),
    mounts: made.mounts,
    ...(made.network === undefined ? {} : { networkNamespace: made.network }),
    streams: box.streams,
    ...(terminal === undefined ? {} : { terminal }),
    userMapping: made.userMapping,
    resourceLimits: {
      coreBytes: 0,
      openFiles: Math.min(MOST_OPEN_FILES, openFilesLimit()),
      ...(box.fileBytes === undefined ? {} : { fileBytes: box.fileBytes }),
    },
  }
}
