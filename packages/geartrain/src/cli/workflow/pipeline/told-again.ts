import type { Engine } from "../../../compose/open-engine.ts"
import type { BringBackMeans } from "../../../workflows/pipelines/run/bring-back.ts"
import type { Context } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { otherwiseLines, restoredLine } from "../../pages/restoring-lines.ts"
import { MOST_TOLD } from "./datum-lines.ts"

/** Makes freed bytes again that a pipeline reads, and tells of it. What it takes is loaded when there are any. */
export function toldAgain(engine: Engine, { reply, terminal }: Context): BringBackMeans["makeAgain"] {
  const words = { paint: terminal.err.paint, id: reply.id }
  let count = 0
  return async (digests, watching) => {
    const { makerAgain } = await import("../../../compose/pipelines/make-again.ts")
    const makeAgain = makerAgain(engine, {
      onPlan: (steps) => {
        const outputs = steps.flatMap((step) => step.outputs)
        const bytes = outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
        const what = `${formatCount(outputs.length, "freed output")}, ${formatSize(bytes)}`
        reply.say(`making again what is read and stored no more: ${what}, by ${formatCount(steps.length, "job")}`)
      },
      onStep: (done) => {
        if (done.otherwise.length > 0) for (const line of otherwiseLines(done, words)) reply.say(line)
        if (done.restored.length === 0) return
        count++
        if (count <= MOST_TOLD) reply.say(restoredLine(done, words))
        else if (count === MOST_TOLD + 1) reply.say("… and more")
      },
    })
    return await makeAgain(digests, watching)
  }
}
