import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"

/**
 * Has the jobs of a project wait, or go on: for its admins. What runs goes on.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function pauseProject(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly project: string; readonly isPaused: boolean },
): Promise<void> {
  const { project, isPaused } = asked
  const action = isPaused ? "queue.pause" : "queue.resume"
  await ports.access.need(caller, { right: "admin", project, action, target: project })
  const paused = isPaused ? 1 : 0
  await ports.database.write(async (write) => {
    await write.sql
      .insertInto("queue_limits")
      .values({ kind: "project", subject: project, paused, revision: 1 })
      .onConflict((conflict) =>
        conflict.columns(["kind", "subject"]).doUpdateSet(({ eb, ref }) => ({
          paused,
          revision: eb(ref("queue_limits.revision"), "+", 1),
        })),
      )
      .execute()
    await write.event({
      kind: isPaused ? "queue.paused" : "queue.resumed",
      subject: project,
      project,
      byUser: caller.user,
    })
    write.wake("queue")
  })
}
