import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { runnerNotFound } from "./need-runner.ts"

/**
 * Has a runner take no new jobs, or take some again. What it runs it goes on with.
 *
 * @throws {GeartrainError} NOT_PERMITTED, RUNNER_NOT_FOUND
 */
export async function drainRunner(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly runner: string; readonly isDrained: boolean },
): Promise<void> {
  await ports.access.needSiteAdmin(caller, "runner.drain")
  await ports.database.write(async (write) => {
    const row = await write.sql
      .updateTable("runners")
      .set({ drained: asked.isDrained ? 1 : 0 })
      .where("id", "=", asked.runner)
      .returning("id")
      .executeTakeFirst()
    if (row === undefined) throw runnerNotFound(asked.runner)
    const kind = asked.isDrained ? "runner.drained" : "runner.resumed"
    await write.event({ kind, subject: row.id, byUser: caller.user })
    write.wake("queue")
  })
}
