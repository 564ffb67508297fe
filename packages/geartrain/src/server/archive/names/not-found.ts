import { GeartrainError } from "@geartrain/spec"

/** Said of a place that is not there, and in the same words of one that the caller may not know of. */
export function placeNotFound(asked: string): GeartrainError {
  return new GeartrainError(
    "PLACE_NOT_FOUND",
    `Cannot find ${quoted(asked)}: there is no such place that you can see`,
    {
      hint: "See what there is with: gear ls --server",
    },
  )
}

/** The same of a file. */
export function fileNotFound(asked: string): GeartrainError {
  return new GeartrainError(
    "ARCHIVE_FILE_NOT_FOUND",
    `Cannot find file ${quoted(asked)}: there is none that you can see`,
  )
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 300).toWellFormed())
}
