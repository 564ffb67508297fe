import { startedFiles } from "../command/gear-program.ts"
import { readShebang } from "../command/shebang.ts"
import { type ImageFinding, type ImageRule, type LintedImage, MANIFEST_FILE } from "../linted-image.ts"

/** A part of an image whose results depend on a variable that nobody has set. */
interface Seed {
  /** What lies in the image when it is there. */
  readonly path: RegExp
  readonly name: string
  /** The variables that settle it: one of them is enough. */
  readonly variables: readonly string[]
}

/**
 * Libraries that share work among as many threads as there are processors. Sums then come in another order, with other last digits.
 *
 * @see OpenMP 5.2, section 21.1.2; OpenBLAS, "How can I use OpenBLAS in multi-threaded applications"; Intel oneMKL developer guide,
 *   "Obtaining Numerically Reproducible Results"; ITK, itkMultiThreaderBase
 */
const THREADS: readonly Seed[] = [
  { path: /\/libopenblas[^/]*\.so/, name: "OpenBLAS", variables: ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"] },
  { path: /\/libmkl_(?:rt|core)\.so/, name: "MKL", variables: ["MKL_NUM_THREADS", "OMP_NUM_THREADS"] },
  { path: /\/lib(?:gomp|omp|iomp5)[^/]*\.so/, name: "OpenMP", variables: ["OMP_NUM_THREADS"] },
  {
    path: /\/bin\/(?:antsRegistration|elastix|N4BiasFieldCorrection)$|\/libITKCommon[^/]*\.so/,
    name: "ITK",
    variables: ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"],
  },
  { path: /\/bin\/(?:tckgen|dwi2fod|mrconvert)$/, name: "MRtrix3", variables: ["MRTRIX_NTHREADS"] },
]

const threadsRule: ImageRule = {
  id: "repeat/threads",
  severity: "note",
  finds: "Libraries that use as many threads as there are processors, and no variable that says how many",
  why: "With another number of threads sums come in another order: results differ in their last digits from machine to machine.",
  check: (image) => unset(image, THREADS, (names) => `uses as many threads as the machine has processors: ${names}`),
}

/**
 * Programs that draw numbers by chance, and the variable that fixes them.
 *
 * @see ANTs wiki, "antsRegistration reproducibility issues"; MRtrix3, "List of MRtrix3 environment variables"; PyTorch, "Reproducibility";
 *   TensorFlow, tf.config.experimental.enable_op_determinism
 */
const SEEDS: readonly Seed[] = [
  { path: /\/bin\/(?:antsRegistration|antsAI|Atropos)$/, name: "ANTs", variables: ["ANTS_RANDOM_SEED"] },
  { path: /\/bin\/(?:tckgen|amp2response|dwi2mask)$/, name: "MRtrix3", variables: ["MRTRIX_RNG_SEED"] },
  { path: /-packages\/tensorflow\/__init__\.py$/, name: "TensorFlow", variables: ["TF_DETERMINISTIC_OPS"] },
  { path: /\/libtorch_cuda[^/]*\.so/, name: "PyTorch on CUDA", variables: ["CUBLAS_WORKSPACE_CONFIG"] },
]

const seedRule: ImageRule = {
  id: "repeat/seed",
  severity: "note",
  finds: "Programs that draw numbers by chance, and whose variable for that is not set",
  why: "They begin with another number in each run, and so end with another result.",
  check: (image) => unset(image, SEEDS, (names) => `draws numbers by chance, begun anew in each run: ${names}`),
}

/** One finding for all that is found: a list of each would hide the rest. */
function unset(
  { tree, manifest, scope }: LintedImage,
  seeds: readonly Seed[],
  says: (names: string) => string,
): readonly ImageFinding[] {
  if (manifest === undefined || scope === "sources") return []
  const own = manifest.environment ?? {}
  const open = seeds.filter(({ variables }) => !variables.some((name) => Object.hasOwn(own, name)))
  const found = new Map<Seed, string>()
  if (open.length > 0) {
    for (const { path, type } of tree.entries()) {
      if (type !== "file" && type !== "link") continue
      for (const seed of open) if (!found.has(seed) && seed.path.test(`/${path}`)) found.set(seed, `/${path}`)
      if (found.size === open.length) break
    }
  }
  if (found.size === 0) return []
  const names = [...found].map(([seed, path]) => `${seed.name} (${path})`).join(", ")
  const variables = [...new Set([...found.keys()].map((seed) => seed.variables[0] ?? ""))]
  const written = variables.map((name) => `"${name}": "${VALUES[name] ?? "1"}"`).join(", ")
  return [{ file: MANIFEST_FILE, message: says(names), fix: `Set it in "environment": ${written}` }]
}

const VALUES: Readonly<Record<string, string>> = { CUBLAS_WORKSPACE_CONFIG: ":4096:8" }

const timeZoneRule: ImageRule = {
  id: "repeat/time-zone",
  severity: "warning",
  finds: "A time zone in the image, and no TZ in the manifest",
  why: "Where TZ is set for gears, as here, their times are in UTC; elsewhere they are in the zone of the image's /etc/localtime: dates in results differ.",
  check: ({ tree, manifest }) => {
    if (manifest === undefined || manifest.environment?.["TZ"] !== undefined) return []
    const zone = tree.find("/etc/localtime")?.path.split("zoneinfo/")[1]
    if (zone === undefined || /^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu|GMT|Greenwich)$/.test(zone)) return []
    const message = `the image's time zone is ${zone}, which counts only where nothing sets TZ`
    return [{ file: "/etc/localtime", message, fix: 'Write "TZ": "UTC" into "environment", or the zone that is meant' }]
  },
}

const hashSeedRule: ImageRule = {
  id: "repeat/hash-seed",
  severity: "note",
  finds: "A command in Python, and PYTHONHASHSEED not set",
  why: "Python orders sets of texts by chance, another way in each run: what is written in the order of a set differs.",
  check: (image) => {
    const { manifest } = image
    if (manifest === undefined || manifest.environment?.["PYTHONHASHSEED"] !== undefined || !isPython(image)) return []
    const message = "the gear is started by Python, which orders sets of texts in another way in each run"
    return [{ file: MANIFEST_FILE, message, fix: 'Set it in "environment": "PYTHONHASHSEED": "0"' }]
  },
}

function isPython(image: LintedImage): boolean {
  return startedFiles(image).some(({ word, program }) => {
    if (/(?:^|\/)python[0-9.]*$|\.py$/.test(word)) return true
    const head = "found" in program ? image.tree.head(program.found.path) : undefined
    const shebang = head === undefined ? undefined : readShebang(head)
    return /python/.test(shebang?.program ?? shebang?.interpreter ?? "")
  })
}

/** Rules about what makes a gear answer differently when it is run again. */
export const REPEAT_RULES: readonly ImageRule[] = [threadsRule, seedRule, timeZoneRule, hashSeedRule]
