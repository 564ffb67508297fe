import { copyFile, mkdir, readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"
import type { CliHome } from "../cli/cli-home.ts"

interface Written {
  readonly jobs: readonly { readonly id: string; readonly arguments: readonly string[] }[]
  readonly jobDependencies?: readonly { readonly id: string; readonly children: readonly string[] }[]
}

interface Replicas {
  readonly replicas: readonly { readonly lfn: string; readonly pfns: readonly [{ readonly pfn: string }] }[]
}

/**
 * Carries the jobs of an exported workflow out as HTCondor would: each in its turn, with its arguments as one line, in a folder in which files have
 * their logical names. Answers with that folder, by its path from the home's.
 */
export async function playJobs(exported: string, home: CliHome): Promise<string> {
  const scratch = `${exported}-scratch`
  const { replicas } = parse(await home.read(`${exported}/replicas.yml`)) as Replicas
  for (const { lfn, pfns } of replicas) {
    await mkdir(dirname(join(home.folder, scratch, lfn)), { recursive: true })
    await copyFile(fileURLToPath(pfns[0].pfn), join(home.folder, scratch, lfn))
  }
  const workflow = parse(await readFile(join(home.folder, exported, "workflow.yml"), "utf8")) as Written
  const done = new Set<string>()
  const isReady = (id: string): boolean =>
    (workflow.jobDependencies ?? []).every(({ id: parent, children }) => !children.includes(id) || done.has(parent))
  while (done.size < workflow.jobs.length) {
    const job = workflow.jobs.find(({ id }) => !done.has(id) && isReady(id))
    if (job === undefined) throw new Error("jobs wait for each other")
    const words = job.arguments.map((word) => word.replace(/^(['"])(.*)\1$/, "$2"))
    const result = await home.gear(words, { cwd: join(home.folder, scratch) })
    if (result.code !== 0) throw new Error(`${job.id}: ${result.err}`)
    done.add(job.id)
  }
  return scratch
}
