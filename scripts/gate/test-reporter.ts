import { inspect } from "node:util"

/** One line of the reporter's output. Tests that hold other tests are counted too, as node's own summary does; suites are not. */
export type TestLine =
  | { readonly kind: "passed"; readonly name: string; readonly file: string }
  | { readonly kind: "skipped"; readonly name: string; readonly file: string; readonly reason: string }
  | { readonly kind: "failed"; readonly name: string; readonly file: string; readonly error: string }

interface TestEvent {
  readonly type: string
  readonly data: {
    readonly name: string
    readonly file?: string
    readonly skip?: string | boolean
    readonly todo?: string | boolean
    readonly details?: { readonly type?: string; readonly error?: unknown }
  }
}

/**
 * Reporter for `node --test`: one JSON line for each test that ended.
 *
 * @see https://nodejs.org/api/test.html#custom-reporters, which asks for a default export
 */
export default async function* reportAsLines(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue
    if (data.details?.type === "suite" && !isFaultOfItsOwn(type, data.details.error)) continue
    yield `${JSON.stringify(toLine(type, data))}\n`
  }
}

function toLine(type: string, data: TestEvent["data"]): TestLine {
  const common = { name: data.name, file: data.file ?? "" }
  // A test that is to be written is not one that passed.
  const skipped = data.skip ?? data.todo
  if (skipped !== undefined && skipped !== false) {
    return { kind: "skipped", ...common, reason: typeof skipped === "string" ? skipped : "" }
  }
  if (type === "test:pass") return { kind: "passed", ...common }
  return { kind: "failed", ...common, error: describe(data.details?.error) }
}

/** A suite whose tests failed adds nothing to them; one whose hook failed does. */
function isFaultOfItsOwn(type: string, error: unknown): boolean {
  return type === "test:fail" && (error as { failureType?: string } | undefined)?.failureType !== "subtestsFailed"
}

function describe(error: unknown): string {
  const cause = (error as { cause?: unknown } | undefined)?.cause
  return inspect(cause ?? error, { depth: 4 })
}
