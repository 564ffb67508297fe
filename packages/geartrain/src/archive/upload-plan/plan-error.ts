import { GeartrainError } from "@geartrain/spec"

/** A folder that cannot be sorted as it is wished. */
export function unsortable(folder: string, problem: string, hint: string): GeartrainError {
  return new GeartrainError("UPLOAD_UNSORTABLE", `Cannot sort the folder "${folder}": ${problem}`, {
    details: { folder },
    hint,
  })
}

/** A file is not any more what was planned. */
export function fileChanged(path: string, problem: string): GeartrainError {
  return new GeartrainError("UPLOAD_FILE_CHANGED", `Cannot upload "${path}": ${problem}`, {
    details: { file: path },
    hint: "Upload the folder again when nothing writes to it: what has arrived already is not sent twice",
  })
}
