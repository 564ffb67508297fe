import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Provider, Tracer } from "@geartrain/ports"
import { type TraceBench, traceScript } from "@geartrain/ports/laws"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { RECORD } from "../../src/tracers/strace/commands.ts"
import { makeHostRoot } from "../programs/host-root.ts"
import { type Bench, plainBox, runBox } from "../providers/bench.ts"

/** The root of this machine's own bash, cat, rm and true. */
export function makeTraceRoot(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "geartrain-trace-root-"))
  const programs = ["bash", "cat", "rm", "true"].map((name) => ({ path: findProgram(name) ?? name, name }))
  makeHostRoot(path, programs)
  for (const name of ["cat", "rm", "true"]) symlinkSync(`/usr/bin/${name}`, join(path, "bin", name))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** What the laws of tracers need, with a real tracer around real boxes, whose commands share a new folder. */
export async function realTraceBench(
  tracer: Tracer,
  provider: Provider,
  { bench, root }: { readonly bench: Bench; readonly root: string },
): Promise<{ readonly port: TraceBench; close(): Promise<void> }> {
  const shared = await bench.makeFolder()
  chmodSync(shared, 0o777)
  const port: TraceBench = {
    tracer,
    folder: () => bench.makeFolder(),
    run: async (steps, plan) => {
      const box = await plainBox(bench, {
        root: { form: "tree", path: root },
        mounts: [{ source: shared, target: "/tmp", access: "read-write" }, ...(plan?.mounts ?? [])],
        // The first process of a box cannot kill itself.
        command: [...(plan?.prefix ?? []), "bash", "-c", 'bash -c "$0"; exit $?', traceScript(steps)],
        environment: { PATH: "/usr/bin:/bin" },
        ...(plan === undefined ? {} : { around: plan.around }),
      })
      const { exit, stdout } = await runBox(provider, box)
      return { code: exit.code, stdout }
    },
    cutShort: async (folder) => {
      const path = join(folder, RECORD)
      truncateSync(path, readFileSync(path).length - 10)
    },
  }
  return { port, close: async () => rmSync(shared, { recursive: true, force: true }) }
}
