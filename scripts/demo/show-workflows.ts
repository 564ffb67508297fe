/** Builds every example workflow's gears and runs it on real data: `node --test`, as a part of the gate. */
import assert from "node:assert/strict"
import { join } from "node:path"
import { suite, test } from "node:test"
import { TOP } from "../top.ts"
import { isCommand } from "./run.ts"
import { showWorkflow } from "./workflow-demo.ts"
import { WORKFLOW_DEMOS } from "./workflow-demos.ts"

/** What is known of the real data: other versions of the tools may not change it. */
const FINDINGS: Readonly<Record<string, RegExp>> = {
  workflow: /^88 variants; /,
  mosaic: /^a mosaic of \d{3} by \d{3} pixels, and a picture of \d{4,} bytes$/,
  dicom: /^of 69 files 43 are converted, 5 cannot be read, 21 have no image$/,
}

const cache = join(TOP, ".demo")
const skip = isCommand("mmdebstrap") && isCommand("apt-get") ? false : "needs mmdebstrap and apt"

suite("the example workflows, built from their recipes, on real data", { skip }, () => {
  for (const [word, demo] of Object.entries(WORKFLOW_DEMOS)) {
    test(`${demo.example} gives what is known of its data, and nothing is done twice`, async () => {
      const step = <T>(_: string, work: (say: (how: string) => void) => Promise<T>): Promise<T> => work(() => undefined)
      const shown = await showWorkflow(demo, { home: join(cache, "home"), cache, step })
      assert.match(shown.finding, FINDINGS[word] ?? /^$/)
      assert.deepEqual([shown.isSame, shown.left], [true, 0])
    })
  }
})
