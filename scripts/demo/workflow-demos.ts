import { globSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { DemoData } from "./fetch-data.ts"

/** An example workflow, and real data for it. */
export interface WorkflowDemo {
  /** Its folder in examples/. */
  readonly example: string
  readonly about: string
  /** The files are called as the workflow's inputs. */
  readonly data: DemoData
  /** Parameters that are set, `name=value`. */
  readonly parameters: readonly string[]
  /** What the outputs in a folder say, for people. */
  readonly finding: (folder: string) => string
}

const PYTHON = "usr/lib/python3/dist-packages"

/** By the word after `npm run demo --`. */
export const WORKFLOW_DEMOS: Readonly<Record<string, WorkflowDemo>> = {
  workflow: {
    example: "lambda-workflow",
    about: "split, align side by side, merge, call, report",
    data: {
      package: "bowtie2-examples",
      files: {
        reads_1: "usr/share/doc/bowtie2/examples/reads/reads_1.fq.gz",
        reads_2: "usr/share/doc/bowtie2/examples/reads/reads_2.fq.gz",
        genome: "usr/share/doc/bowtie2/examples/reference/lambda_virus.fa.gz",
      },
    },
    parameters: ["pairs=2500"],
    finding: (folder) => {
      const { variants, alignment_rate_percent, read_pairs, parts } = summaryIn(folder, "report")
      return `${variants} variants; ${alignment_rate_percent} % of ${read_pairs} pairs of reads align, in ${parts} parts`
    },
  },
  mosaic: {
    example: "sky-mosaic",
    about:
      "tiles of an image of the sky, projected side by side, their backgrounds evened out, and added up with Montage",
    data: {
      package: "python3-astropy",
      files: { image: `${PYTHON}/astropy/modeling/tests/data/1904-66_AZP.fits` },
    },
    parameters: [],
    finding: (folder) => {
      const [image = ""] = globSync("mosaic/**/mosaic.fits", { cwd: folder })
      const cards = readFileSync(join(folder, image)).subarray(0, 2880).toString("latin1")
      const [width, height] = [1, 2].map((axis) => new RegExp(`^.*NAXIS${axis} *= *(\\d+)`).exec(cards)?.[1])
      const [picture = ""] = globSync("picture/**/mosaic.png", { cwd: folder })
      return `a mosaic of ${width} by ${height} pixels, and a picture of ${statSync(join(folder, picture)).size} bytes`
    },
  },
  dicom: {
    example: "dicom-batch",
    about: "DICOM files to NIfTI, one by one, with those that cannot be converted",
    data: { package: "python3-pydicom", files: { scans: `${PYTHON}/pydicom/data/test_files` } },
    parameters: [],
    finding: (folder) => {
      const { files, converted, unreadable, without_image } = summaryIn(folder, "summary")
      return `of ${files} files ${converted} are converted, ${unreadable} cannot be read, ${without_image} have no image`
    },
  },
}

function summaryIn(folder: string, output: string): Readonly<Record<string, number>> {
  const [file = ""] = globSync(`${output}/**/summary.json`, { cwd: folder })
  return JSON.parse(readFileSync(join(folder, file), "utf8"))
}
