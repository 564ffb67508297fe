/** Small data of the kinds that real tools read: made up, the same on every machine, and large enough to show how the tools behave. */

/** A generator of Lehmer's: the same numbers for one seed, everywhere. @see Park and Miller, CACM 31 (1988), 1192 */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** A genome, and reads in pairs from both of its strands, some of them with an error. */
export function sampleReads(pairs: number): Readonly<Record<"genome.fa" | "reads_1.fq" | "reads_2.fq", string>> {
  const next = numbersFrom(17)
  const genome = Array.from({ length: 48_000 }, () => "ACGT"[next(4)]).join("")
  const quality = "I".repeat(READ_LENGTH)
  const reads: [string[], string[]] = [[], []]
  for (let pair = 0; pair < pairs; pair += 1) {
    const start = next(genome.length - 400)
    const end = start + 250 + next(100)
    const forward = withError(genome.slice(start, start + READ_LENGTH), next)
    const backward = withError(reversed(genome.slice(end - READ_LENGTH, end)), next)
    reads[0].push(`@r${pair}\n${forward}\n+\n${quality}\n`)
    reads[1].push(`@r${pair}\n${backward}\n+\n${quality}\n`)
  }
  return { "genome.fa": `>sample\n${genome}\n`, "reads_1.fq": reads[0].join(""), "reads_2.fq": reads[1].join("") }
}

const READ_LENGTH = 100

function withError(read: string, next: (below: number) => number): string {
  if (next(3) !== 0) return read
  const at = next(read.length)
  return `${read.slice(0, at)}${"ACGT"[next(4)]}${read.slice(at + 1)}`
}

function reversed(bases: string): string {
  const other: Readonly<Record<string, string>> = { A: "T", C: "G", G: "C", T: "A" }
  return [...bases]
    .toReversed()
    .map((base) => other[base])
    .join("")
}

const WIDTH = 221
const HEIGHT = 257

/**
 * A slice through something like a head, moved by so many pixels: several tissues and noise on an empty background.
 *
 * @returns a MetaImage of one byte a pixel.
 * @see ITK's MetaIO documentation, "MetaImage"
 */
export function sampleSlice(right: number, down: number): Uint8Array {
  const header = [
    ...["ObjectType = Image", "NDims = 2", "BinaryData = True", "BinaryDataByteOrderMSB = False"],
    ...["CompressedData = False", "Offset = 0 0", "ElementSpacing = 1 1", `DimSize = ${WIDTH} ${HEIGHT}`],
    ...["ElementType = MET_UCHAR", "ElementDataFile = LOCAL", ""],
  ]
  const pixels = new Uint8Array(WIDTH * HEIGHT)
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1) pixels[y * WIDTH + x] = brightness(x - right, y - down)
  return Buffer.concat([Buffer.from(header.join("\n")), pixels])
}

function brightness(x: number, y: number): number {
  const radius = ((x - 110) / 75) ** 2 + ((y - 128) / 95) ** 2
  if (radius > 1) return 0
  const folds = 60 * Math.sin(x / 9) * Math.cos(y / 13)
  const bright = 40 * Math.exp(-((x - 90) ** 2 + (y - 110) ** 2) / 300)
  const dark = 50 * Math.exp(-((x - 135) ** 2 + (y - 150) ** 2) / 200)
  const noise = numbersFrom(1 + ((((x + 500) * 7919 + (y + 500) * 104_729) >>> 0) % 2_147_483_000))(17)
  return Math.max(0, Math.min(255, Math.trunc(90 + folds + bright - dark + noise + (radius > 0.85 ? 70 : 0))))
}

/** Four sequences that are aligned. @see HMMER User's Guide, "Stockholm format" */
export const SAMPLE_ALIGNMENT = `# STOCKHOLM 1.0

one    MVLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHF
two    MVLSAADKTNVKAAWSKVGGHAGEYGAEALERMFLGFPTTKTYFPHF
three  MVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESF-
four   MVLSEGEWQLVLHVWAKVEADVAGHGQDILIRLFKSHPETLEKFDRF
//
`

/** How elastix is to find by how much one slice is moved against another. */
export function shiftParameters(iterations: number): string {
  return `(FixedInternalImagePixelType "float")
(MovingInternalImagePixelType "float")
(FixedImageDimension 2)
(MovingImageDimension 2)
(Registration "MultiResolutionRegistration")
(FixedImagePyramid "FixedSmoothingImagePyramid")
(MovingImagePyramid "MovingSmoothingImagePyramid")
(Interpolator "BSplineInterpolator")
(ResampleInterpolator "FinalBSplineInterpolator")
(Resampler "DefaultResampler")
(Transform "TranslationTransform")
(Metric "AdvancedMattesMutualInformation")
(Optimizer "AdaptiveStochasticGradientDescent")
(ImageSampler "RandomCoordinate")
(RandomSeed 42)
(NumberOfSpatialSamples 2048)
(NewSamplesEveryIteration "true")
(NumberOfResolutions 3)
(MaximumNumberOfIterations ${iterations})
(NumberOfHistogramBins 32)
(AutomaticTransformInitialization "false")
(WriteResultImage "false")
`
}
