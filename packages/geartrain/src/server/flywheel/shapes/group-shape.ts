import type { Group } from "../../archive/places/groups.ts"
import { timeOf } from "./words.ts"

export interface GroupShape {
  readonly _id: string
  readonly label: string
  readonly container_type: "group"
  readonly created: string
  readonly modified: string
  readonly revision: number
  readonly [member: string]: unknown
}

export function groupShape({ id, label, createdMs, modifiedMs, revision }: Group): GroupShape {
  return {
    _id: id,
    label,
    container_type: "group",
    created: timeOf(createdMs),
    modified: timeOf(modifiedMs),
    revision,
  }
}
