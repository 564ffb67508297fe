import assert from "node:assert/strict"
import type { TestContext } from "node:test"

/** What a server was asked for. */
export interface AskedRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[]>>
  readonly headers: Headers
  /** As JSON, where there was a body. */
  readonly body: unknown
}

type Answer = (request: AskedRequest) => unknown

export const SERVER = "https://gear.example"

/** Settings of somebody who has a key of the server. */
export const SERVER_ENV = { GEARTRAIN_SERVER: SERVER, GEARTRAIN_TOKEN: "gtk_ab_secret" }

/** An answer of no JSON, or none that is well. */
export function refusal(status: number, code: string, detail = "No"): Response {
  return Response.json({ code, detail }, { status })
}

/**
 * Answers requests of this process instead of a server, by method and path; `*` stands for one step. Whatever else is asked for fails the test.
 *
 * @returns what was asked, in its order.
 */
export function answerWith(context: TestContext, answers: Readonly<Record<string, Answer>>): readonly AskedRequest[] {
  const asked: AskedRequest[] = []
  context.mock.method(globalThis, "fetch", async (input: Request | string | URL, init?: RequestInit) => {
    const sent = new Request(input, init)
    const url = new URL(sent.url)
    assert.equal(url.origin, SERVER)
    const text = await sent.text()
    const isJson = sent.headers.get("content-type")?.includes("json") === true
    const query = Object.fromEntries(
      [...new Set(url.searchParams.keys())].map((name) => {
        const values = url.searchParams.getAll(name)
        return [name, values.length === 1 ? (values[0] ?? "") : values]
      }),
    )
    const { method, headers } = sent
    const request = { method, path: url.pathname, query, headers, body: isJson ? JSON.parse(text) : text }
    asked.push(request)
    const found = Object.entries(answers).find(([route]) => isRoute(route, request))
    const answer = await (found?.[1] ?? assert.fail(`nobody asks for ${method} ${url.pathname}`))(request)
    if (answer instanceof Response) return answer
    return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer)
  })
  return asked
}

function isRoute(route: string, { method, path }: AskedRequest): boolean {
  const [verb, pattern = ""] = route.split(" ")
  const [steps, wanted] = [path.split("/"), pattern.split("/")]
  const isSame = steps.length === wanted.length && wanted.every((step, at) => step === "*" || step === steps[at])
  return verb === method && isSame
}
