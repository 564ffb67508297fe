import { GeartrainError } from "@geartrain/spec"
import type { Picture } from "../../../workflows/picture/picture.ts"
import type { Command, Given } from "../../command.ts"
import { readPicture } from "../../workflow/read-picture.ts"
import { writeDocument } from "../../workflow/write-document.ts"

const FORMATS = ["mermaid", "dot", "svg"] as const
type Format = (typeof FORMATS)[number]

/** A scatter of more jobs is one node. */
const USUAL_FOLD = 12

export const workflowGraphCommand: Command = {
  name: "workflow graph",
  arguments: [
    {
      name: "WORKFLOW",
      says: "A workflow's file, a plan's file, or a run: its id, the beginning of it, or latest",
      complete: "file",
    },
  ],
  flags: {
    format: {
      type: "text",
      value: "FORMAT",
      says: "mermaid, dot or svg. Default: what the file of --output ends with, else mermaid",
      complete: FORMATS,
    },
    jobs: { type: "switch", says: "Show the jobs of a plan or a run, and not its steps alone" },
    fold: {
      type: "text",
      value: "NUMBER",
      says: `With --jobs: a step of more jobs than this is one node. Default: ${USUAL_FOLD}`,
    },
    output: {
      type: "text",
      short: "o",
      value: "FILE",
      says: "Where to write it; default: standard output",
      complete: "file",
    },
  },
  examples: [
    { command: "gear workflow graph workflow.yaml", says: "Mermaid, which GitHub and GitLab draw in Markdown" },
    {
      command: "gear workflow graph latest --jobs -o run.svg",
      says: "The jobs of the last run, with what became of them",
    },
    { command: "gear workflow graph plan.json --format dot | dot -Tpdf > plan.pdf", says: "With Graphviz" },
  ],
  notes: ["A word without a dot and a slash is a run: write ./NAME for a file that has no ending."],
  exits: "answer",
  run: async (context, given) => {
    const format = readFormat(given)
    const jobs = given.has("jobs") ? { most: readFold(given) } : undefined
    const picture = await readPicture(context, given.words[0] ?? "", jobs)
    const text = await draw(picture, format)
    const path = await writeDocument(context, [text], given.text("output"))
    const counts = { nodes: picture.nodes.length, edges: picture.edges.length }
    return { data: { format, path, ...counts, ...(path === null ? { text } : {}) } }
  },
}

async function draw(picture: Picture, format: Format): Promise<string> {
  switch (format) {
    case "mermaid":
      return (await import("../../../workflows/picture/mermaid.ts")).mermaidOf(picture)
    case "dot":
      return (await import("../../../workflows/picture/dot.ts")).dotOf(picture)
    case "svg": {
      const { MOST_DRAWN, svgOf } = await import("../../../workflows/picture/svg.ts")
      if (picture.nodes.length <= MOST_DRAWN) return svgOf(picture)
      throw usage(
        `Cannot draw ${picture.nodes.length} nodes as SVG: at most ${MOST_DRAWN} are drawn`,
        "Leave --jobs away, lower --fold, or write --format dot for a program that is made for large graphs",
      )
    }
  }
}

function readFormat(given: Given): Format {
  const ending = /\.(mmd|mermaid|md|dot|gv|svg)$/.exec(given.text("output") ?? "")?.[1] ?? "mmd"
  const text = given.text("format") ?? { dot: "dot", gv: "dot", svg: "svg" }[ending] ?? "mermaid"
  const format = FORMATS.find((known) => known === text)
  if (format !== undefined) return format
  throw usage(`Cannot draw a graph as "${text}": there are ${FORMATS.join(", ")}`, "Leave --format away for mermaid")
}

function readFold(given: Given): number {
  const text = given.text("fold") ?? String(USUAL_FOLD)
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw usage(`Cannot fold steps of more than "${text}" jobs: it is no number`, "Write a number, such as --fold 50")
}

function usage(message: string, hint: string): GeartrainError {
  return new GeartrainError("USAGE", message, { hint })
}
