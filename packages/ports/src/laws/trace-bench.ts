import type { TracePlan, Tracer } from "../tracer.ts"

/**
 * One thing that a traced program does, as data: a bench turns it into something that runs (`traceScript` for a shell), a fake into its effect.
 * A step that fails does not end the program.
 */
export type TraceStep =
  /** `show` prints the file; `destroy` removes it, or empties it where it cannot be removed. */
  | { readonly act: "read" | "look" | "execute" | "show" | "destroy"; readonly path: string }
  | { readonly act: "write"; readonly path: string; readonly text: string }
  /** Tries to open a TCP connection. */
  | { readonly act: "connect"; readonly host: string; readonly port: number }
  /** Does the steps in another process, and waits for it. */
  | { readonly act: "child"; readonly steps: readonly TraceStep[] }
  | { readonly act: "print"; readonly text: string }
  /** Ends the program. */
  | { readonly act: "exit"; readonly code: number }
  /** Ends the program by SIGKILL. */
  | { readonly act: "kill" }

/** How a traced program ended. */
export interface TraceOutcome {
  /** As a shell has it: 137 for SIGKILL. */
  readonly code: number
  readonly stdout: string
}

/**
 * What the laws of tracers need besides the tracer itself: folders on the host, and a box to run programs in.
 *
 * The box has bash, cat, rm and `/bin/true`, and a writable `/tmp` that is the same for all runs of one bench.
 */
export interface TraceBench {
  readonly tracer: Tracer
  /** An empty folder on the host, another one at each call. */
  folder(): Promise<string>
  /** Runs the steps in the box under a plan; without one, untraced. */
  run(steps: readonly TraceStep[], plan?: TracePlan): Promise<TraceOutcome>
  /** Cuts the tracer's record in a folder short, as a full disk or a crash would: in the middle of an event. */
  cutShort(folder: string): Promise<void>
}

/**
 * Writes steps as a script for bash, for benches that run real processes.
 *
 * @example
 *   traceScript([{ act: "read", path: "/tmp/it's" }]) // => "cat -- '/tmp/it'\\''s' > /dev/null 2>&1"
 */
export function traceScript(steps: readonly TraceStep[]): string {
  return steps.map(scriptOf).join("\n")
}

function scriptOf(step: TraceStep): string {
  switch (step.act) {
    case "read":
      return `cat -- ${quote(step.path)} > /dev/null 2>&1`
    case "look":
      return `test -e ${quote(step.path)}`
    case "execute":
      return `${quote(step.path)} > /dev/null 2>&1`
    case "show":
      return `cat -- ${quote(step.path)} 2> /dev/null`
    case "destroy":
      return `rm -rf -- ${quote(step.path)} 2> /dev/null; { : > ${quote(step.path)}; } 2> /dev/null`
    case "write":
      return `{ printf %s ${quote(step.text)} > ${quote(step.path)}; } 2> /dev/null`
    case "connect":
      return `{ : > /dev/tcp/${step.host}/${step.port}; } 2> /dev/null`
    case "child":
      return `bash -c ${quote(traceScript(step.steps))}`
    case "print":
      return `printf %s ${quote(step.text)}`
    case "exit":
      return `exit ${step.code}`
    case "kill":
      return "kill -KILL $$"
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
