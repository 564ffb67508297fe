import { GeartrainError } from "@geartrain/spec"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import { PARENT_TYPES } from "./place.ts"

/** Said of a place that cannot lie in another. */
export function placeUnfit(type: PlaceType, above: { readonly id: string; readonly type: PlaceType }): GeartrainError {
  return new GeartrainError(
    "PLACE_UNFIT",
    `Cannot put a place of type ${type} into "${above.id}": that is of type ${above.type}, and it lies in ${PARENT_TYPES[type].join(", ")}`,
    { details: { type, parent: above.id, parentType: above.type } },
  )
}
