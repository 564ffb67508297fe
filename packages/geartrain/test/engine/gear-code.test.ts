import assert from "node:assert/strict"
import { copyFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { addProgram, addPython, pythonMissing } from "../programs/python-in-gear.ts"

const MODULE = join(import.meta.dirname, "../../../sdk/python/gear_context.py")
const skip = busyboxMissing() ?? pythonMissing() ?? false

let home: CliHome
before(async () => {
  home = await openCliHome()
})
after(() => home.close())

/** A gear written with the Python module, as its guide shows it. */
const PROGRAM = [
  "#!/usr/bin/python3",
  "from gear_context import GearContext",
  "",
  "with GearContext() as context:",
  "    context.init_logging()",
  "    context.log_config()",
  "    with context.open_input('text') as text:",
  "        words = len(text.read().split())",
  "    with context.open_output('count.txt') as output:",
  "        output.write('%d\\n' % (words * context.config['factor']))",
  "    (context.work_dir / 'scratch').write_text('x')",
  "    context.update_file_metadata('count.txt', type='text', info={'words': words})",
  "    context.update_destination_metadata(tags=['counted'])",
]

test("the Python module works in a box, and what it says of its results is a metadata file that is valid", {
  skip,
}, async () => {
  const root = makeBusyboxGear(join(home.folder, "root"), {
    name: "counter",
    command: "python3 main.py",
    inputs: { text: { base: "file" } },
    config: { factor: { type: "integer", default: 2 } },
  })
  addPython(root)
  addProgram(root, "main.py", PROGRAM)
  copyFileSync(MODULE, join(root, "flywheel/v0/gear_context.py"))
  await home.write("a.txt", "één twee drie\n")
  const job = await home.run("./root", "--text", "a.txt", "--factor", "10", "-o", "out")
  const log = await home.gear(["logs", job.id])
  assert.equal(job.state, "complete", log.out + log.err)
  assert.equal(await home.read("out/count.txt"), "30\n")
  assert.match(log.err, /config factor: 10/)
  assert.match(log.err, /input text: a\.txt/)
  const metadata = job.outputs.find(({ path }) => path === ".metadata.json")
  assert.ok(metadata !== undefined, JSON.stringify(job.outputs))
  assert.deepEqual(JSON.parse(await home.read("out/.metadata.json")), {
    acquisition: { files: [{ name: "count.txt", type: "text", info: { words: 3 } }], tags: ["counted"] },
  })
})
