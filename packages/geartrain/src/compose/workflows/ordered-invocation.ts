import { type Digest, type GearId, invocationDigest } from "@geartrain/spec"
import { wantedNetwork } from "../../engine/request/grant-resources.ts"
import { type GearForm, gearForm, makeInvocation } from "../../engine/request/make-invocation.ts"
import { sha256 } from "../../system/hash.ts"
import type { OrderedInvocation, StepOrder } from "../../workflows/workflow-jobs.ts"
import { orderRequest, seenName } from "./order-request.ts"

/**
 * What an order comes to, by content: the same for whoever carries it out, the engine of this machine or a server's runner.
 *
 * @param forms  Gears that were read before; those that are not there are added.
 * @throws {GeartrainError} INVOCATION_INVALID
 */
export function orderedInvocation(order: StepOrder, forms: Map<GearId, GearForm>): OrderedInvocation {
  const { gear } = order
  const known = forms.get(gear.id)
  const form = known ?? gearForm(gear)
  if (known === undefined) forms.set(gear.id, form)
  const request = orderRequest(order)
  const files = new Map<string, { readonly name: string; readonly digest: Digest; readonly sizeBytes: number }>()
  for (const [name, file] of order.files)
    files.set(name, { name: seenName(file), digest: file.digest, sizeBytes: file.sizeBytes })
  const invocation = makeInvocation(request, files, { form, network: wantedNetwork(request, form.command) })
  return { invocation, digest: invocationDigest(invocation, sha256) }
}
