import { GeartrainError } from "@geartrain/spec"
import { askedBy } from "../audit/audit.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"

/**
 * Refuses what only a person may do with all their rights: otherwise a key that is held to little could make one that is held to nothing.
 *
 * @throws {GeartrainError} NOT_PERMITTED
 */
export async function needWhole(
  ports: Pick<PeoplePorts, "audit">,
  caller: Caller,
  { action, target }: { readonly action: string; readonly target?: string },
): Promise<void> {
  const isWhole = caller.kind === "person" && caller.scopes === undefined && caller.user !== ""
  const entry = { ...askedBy(caller), action, target }
  if (isWhole) return ports.audit.addNow({ ...entry, outcome: "allowed" })
  await ports.audit.addNow({ ...entry, outcome: "refused", reason: "NOT_PERMITTED" })
  throw new GeartrainError("NOT_PERMITTED", `Cannot do ${action}: it needs a person with all their rights`, {
    hint: "Log in, or use a key without scopes",
  })
}
