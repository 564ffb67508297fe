import { answered, type GearClient, type paths } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"

export type ServerRule =
  paths["/api/v1/projects/{project}/rules"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

export async function listRules(client: GearClient, project: string): Promise<readonly ServerRule[]> {
  const params = { path: { project } }
  return answered(await client.api.GET("/api/v1/projects/{project}/rules", { params })).items
}

/** The rule of a project that is meant, by id or name. @throws {GeartrainError} RULE_NOT_FOUND */
export async function findRule(client: GearClient, project: string, word: string): Promise<ServerRule> {
  const found = (await listRules(client, project)).filter((rule) => rule.id === word || ruleWords(rule).name === word)
  const [rule] = found
  if (rule !== undefined && found.length === 1) return rule
  throw new GeartrainError(
    "RULE_NOT_FOUND",
    rule === undefined ? `The project has no rule "${word}"` : `The project has ${found.length} rules named "${word}"`,
    { details: { rule: word }, hint: "List them with their ids: gear rules ls PROJECT" },
  )
}

/** What is shown of a rule's document. */
export function ruleWords({ rule }: ServerRule): {
  readonly name: string
  readonly gear: string
  readonly isOff: boolean
} {
  const gear = rule["gear"] as { readonly name?: string; readonly version?: string } | undefined
  return {
    name: String(rule["name"] ?? ""),
    gear: gear?.version === undefined ? String(gear?.name ?? "") : `${gear.name}@${gear.version}`,
    isOff: rule["disabled"] === true,
  }
}
