import type { OpenedCatalogue } from "../../../compose/catalogue/open-catalogue.ts"
import type { Context, Flag, Given } from "../../command.ts"

/** The flag of all commands that look into a catalogue. */
export const CATALOGUE_FLAG = {
  catalogue: {
    type: "text",
    short: "c",
    value: "PLACE",
    says: "A folder, or HOST/PATH of a registry. Default: $GEARTRAIN_CATALOGUE",
    complete: "folder",
  },
} as const satisfies Readonly<Record<string, Flag>>

export async function catalogueOf(context: Context, given: Given): Promise<OpenedCatalogue> {
  const { openCatalogue } = await import("../../../compose/catalogue/open-catalogue.ts")
  return openCatalogue(given.text("catalogue"), context.settings())
}
