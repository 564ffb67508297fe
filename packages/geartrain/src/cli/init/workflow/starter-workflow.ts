import type { JsonObject } from "@geartrain/spec"
import { manifestText } from "../starter-files.ts"
import type { StarterFile } from "../template.ts"

/** A gear of the workflow that `gear workflow init` writes. */
interface StarterGear {
  readonly label: string
  readonly description: string
  readonly inputs: JsonObject
  readonly config?: JsonObject
  /** What it takes and gives beyond the specification. */
  readonly geartrain: JsonObject
  readonly run: string
}

/** The files of a new workflow: three gears that take a text apart, count the words of each part, and add up. */
export function starterWorkflow(name: string): Readonly<Record<string, StarterFile>> {
  return {
    "workflow.yaml": { text: workflowText(name) },
    "text.txt": { text: TEXT },
    ...gearFiles("split", SPLIT),
    ...gearFiles("count", COUNT),
    ...gearFiles("merge", MERGE),
  }
}

function workflowText(name: string): string {
  return `# Takes a text apart, counts the words of each part, and adds up.
#
#   gear workflow check workflow.yaml      everything that is wrong with it, before anything runs
#   gear workflow plan workflow.yaml       what would run, what is there already, and why
#   gear workflow run workflow.yaml        run it
workflow: 1
name: ${name}

parameters:
  lines: { type: integer, minimum: 1, default: 4, description: Lines of a part }

inputs:
  text: { default: text.txt, description: The text }

steps:
  split:
    gear: ./gears/split
    inputs: { text: { from: inputs.text } }
    config: { lines: { from: parameters.lines } }

  count:
    gear: ./gears/count
    # Once for each part, as many at one time as the machine has room for.
    scatter: { over: { part: { from: steps.split.parts } } }
    inputs: { text: { from: each.part } }

  merge:
    gear: ./gears/merge
    # The counts of all parts, in the order of the parts.
    inputs: { counts: { from: steps.count.counts } }

outputs:
  table: { from: steps.merge.table }
`
}

const SPLIT: StarterGear = {
  label: "Take a text apart",
  description: "Takes a text apart, so many lines a part.",
  inputs: { text: { base: "file", description: "The text" } },
  config: { lines: { type: "integer", description: "Lines of a part", minimum: 1, default: 4 } },
  geartrain: { outputs: { parts: { files: ["part-*.txt"], description: "The parts, in order" } } },
  run: `split --lines="$FW_CONFIG_LINES" --numeric-suffixes --suffix-length=4 --additional-suffix=.txt input/text/* output/part-
echo "$(ls output | wc -l) parts"
`,
}

const COUNT: StarterGear = {
  label: "Count words",
  description: "Counts how often each word is in a text.",
  inputs: { text: { base: "file", description: "The text" } },
  geartrain: { outputs: { counts: { files: ["counts.tsv"], description: "A word and its count in each line" } } },
  run: `tr 'A-Z' 'a-z' < input/text/* | tr -cs 'a-z' '\\n' | sed '/^$/d' | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)$/\\2\\t\\1/' > output/counts.tsv
echo "$(wc -l < output/counts.tsv) words"
`,
}

const MERGE: StarterGear = {
  label: "Add up counts",
  description: "Adds up tables of counts, the most frequent first.",
  inputs: { counts: { base: "file", description: "Tables with a word and its count in each line" } },
  geartrain: {
    inputs: { counts: { takes: "files" } },
    outputs: { table: { files: ["table.tsv"], description: "A word and its count in each line" } },
  },
  run: `declare -A total=()
while read -r word count; do
  total[$word]=$(( \${total[$word]:-0} + count ))
done < <(cat input/counts/*)
for word in "\${!total[@]}"; do printf '%s\\t%d\\n' "$word" "\${total[$word]}"; done | sort -k2,2nr -k1,1 > output/table.tsv
head -3 output/table.tsv
`,
}

function gearFiles(name: string, gear: StarterGear): Readonly<Record<string, StarterFile>> {
  const { label, description, inputs, config = {}, geartrain, run } = gear
  const manifest: JsonObject = {
    name: `words-${name}`,
    label,
    description,
    version: "0.1.0",
    author: "Your name",
    license: "Other",
    url: "",
    source: "",
    environment: { LC_ALL: "C" },
    inputs,
    config,
    custom: { flywheel: { uid: 1000, gid: 1000 }, geartrain },
  }
  return {
    [`gears/${name}/manifest.json`]: { text: manifestText(manifest) },
    [`gears/${name}/run`]: { text: `#!/bin/bash\nset -euo pipefail\n${run}`, executable: true },
    [`gears/${name}/gear.yaml`]: { text: RECIPE },
  }
}

/** The date is that of a point release of the suite: any would do, as long as it stays. */
const RECIPE = `# What the gear's root filesystem is made of, beside manifest.json and run: gear build
recipe: 1
suite: bookworm
# No file is younger, so that the gear is the same whenever it is built.
date: 2025-01-11
`

const TEXT = `A gear is a wheel with teeth that turns another wheel.
Two gears of one size turn at one speed.
A small gear that turns a large gear turns it slowly and with more force.
A large gear that turns a small gear turns it fast and with less force.
A train of gears is a row of gears that turn each other.
What the first gear does, the last gear does at another speed.
No gear of a train can stand still while the others turn.
When one gear breaks, the whole train stands still.
Whoever builds a train counts the teeth of each gear.
The teeth say how often each gear turns when the first turns once.
A gear that is added in between changes the way and not the speed.
So a train of gears is a row of numbers that can be touched.
`
