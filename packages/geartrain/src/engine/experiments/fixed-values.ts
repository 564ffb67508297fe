/** Variables that say to programs and libraries how many threads or processes to work with. */
export const THREAD_VARIABLES = [
  "OMP_NUM_THREADS",
  "OMP_THREAD_LIMIT",
  "OPENBLAS_NUM_THREADS",
  "GOTO_NUM_THREADS",
  "MKL_NUM_THREADS",
  "BLIS_NUM_THREADS",
  "NUMEXPR_NUM_THREADS",
  "NUMBA_NUM_THREADS",
  "POLARS_MAX_THREADS",
  "RAYON_NUM_THREADS",
  "GOMAXPROCS",
  "JULIA_NUM_THREADS",
  "RCPP_PARALLEL_NUM_THREADS",
  "MC_CORES",
  "TF_NUM_INTRAOP_THREADS",
  "TF_NUM_INTEROP_THREADS",
  "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
  "NSLOTS",
  "SLURM_CPUS_PER_TASK",
] as const

/** 2020-01-01 00:00:00 UTC: after all that checks whether a clock is set, and the same for every experiment. */
export const FIXED_TIME_SECONDS = 1_577_836_800

/** The same in the form that libfaketime stops the clock at. It reads it in the zone of TZ. */
export const FIXED_TIME = "2020-01-01 00:00:00"

/** Any will do, if it is always the same. */
export const FIXED_SEED = 1

/** Of libfaketime: what getrandom and getentropy answer begins here. */
export const FIXED_RANDOM_SEED = "0x0123456789ABCDEF"

/** Names of config values, without signs between the words, that say how many threads or processes a gear works with. */
const THREAD_NAME =
  /^(?:(?:max|omp|n|num|nb|numberof|nof)?(?:threads?|cpus?|cores?|procs?|processes|processors|workers|jobs)(?:num|count)?|omp(?:n|num)threads|parallel)$/

/** The same of those that chance begins with. */
const SEED_NAME = /^(?:random|rng|rand|initial|start|r)?seed(?:value|number)?$|^randomstate$/

/**
 * Whether a config value of this name says how many threads a gear works with.
 *
 * @example
 *   isThreadName("n_threads") // => true
 *   isThreadName("threshold") // => false
 */
export function isThreadName(name: string): boolean {
  return THREAD_NAME.test(bare(name))
}

/**
 * Whether a config value of this name is what chance begins with.
 *
 * @example
 *   isSeedName("random-seed") // => true
 *   isSeedName("seed_region") // => false
 */
export function isSeedName(name: string): boolean {
  return SEED_NAME.test(bare(name))
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, "")
}
