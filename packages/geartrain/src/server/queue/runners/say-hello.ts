import { GeartrainError } from "@geartrain/spec"
import type { HelloReply, HelloRequest } from "@geartrain/spec/server"
import { makeId } from "../../database/make-id.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"

/** Of a runner that takes jobs. */
export const NO_REST = { rest_until_ms: null, rest_why: null }

/**
 * A runner comes, or comes again: the same token and name are the same runner, with what it offers now.
 *
 * @throws {GeartrainError} NOT_PERMITTED for who has no runner's token.
 */
export async function sayHello(ports: QueuePorts, caller: Caller, hello: HelloRequest): Promise<HelloReply> {
  if (caller.kind !== "runner") {
    throw new GeartrainError("NOT_PERMITTED", "Cannot be a runner: that takes a runner's token", {
      hint: "Have an admin make one",
    })
  }
  const id = makeId()
  const nowMs = ports.now()
  const offer = {
    host: hello.host,
    slots: hello.slots,
    free: hello.slots,
    // What its token says of it is certain; what it says itself comes after that.
    labels: JSON.stringify({ ...hello.labels, ...caller.labels }),
    capabilities: JSON.stringify(hello.capabilities),
    versions: JSON.stringify(hello.versions),
    cpus: hello.machine.cpus,
    memory_bytes: hello.machine.memoryBytes,
    gpus: hello.machine.gpus,
    draining: 0,
    ...NO_REST,
    seen_ms: nowMs,
  }
  const runner = await ports.database.write(async (write) => {
    const row = await write.sql
      .insertInto("runners")
      .values({ id, principal: caller.user, name: hello.name, drained: 0, created_ms: nowMs, ...offer })
      .onConflict((conflict) => conflict.columns(["principal", "name"]).doUpdateSet(offer))
      .returningAll()
      .executeTakeFirstOrThrow()
    await write.event({ kind: "runner.came", subject: row.id, data: { name: row.name, slots: row.slots } })
    return row
  })
  const { leaseMs } = ports.queueSettings
  return { runner: runner.id, heartbeatMs: Math.floor(leaseMs / 3), leaseMs, serverTimeMs: nowMs }
}
