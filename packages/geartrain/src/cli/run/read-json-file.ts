import { type JsonDocument, type JsonLimits, parseJson } from "@geartrain/spec"
import { faultRefusal, readSmallFile, type SmallFileRules } from "./read-small-file.ts"

/**
 * Reads a JSON document that the user named, as strictly as a gear's manifest is read: what two programs would read differently is refused.
 *
 * @throws {GeartrainError} What `refuse` makes, with the line and column of every fault and what would mend it.
 */
export async function readJsonFile(
  path: string,
  rules: SmallFileRules & Pick<JsonLimits, "maxValues">,
): Promise<JsonDocument> {
  const { longestBytes, maxValues } = rules
  const text = await readSmallFile(path, rules)
  const result = parseJson(text, { maxBytes: longestBytes, ...(maxValues === undefined ? {} : { maxValues }) })
  if (result.ok) return result.document
  throw rules.refuse(faultRefusal(path, result.faults))
}
