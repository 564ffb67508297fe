import { GeartrainError } from "@geartrain/spec"

/** Said of a label, name or id that something living has already. */
export function labelTaken(label: string): GeartrainError {
  return new GeartrainError("LABEL_TAKEN", `Cannot use "${label}": there is one of this name here already`, {
    details: { label },
    hint: "Choose another name, or change the one that is there",
  })
}
