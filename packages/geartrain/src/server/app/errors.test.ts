import assert from "node:assert/strict"
import { EventEmitter } from "node:events"
import { test } from "node:test"
import { GeartrainError } from "@geartrain/spec"
import fastify from "fastify"
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod"
import { z } from "zod"
import type { ApiApp } from "../http/api-app.ts"
import { addErrors, answerBadConnection } from "./errors.ts"

interface Told {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly details?: { readonly faults?: readonly { readonly path: string }[] }
}

/** A server with one route, which fails as it is told to. */
function open(fail: () => unknown) {
  const app = fastify({ logger: false, bodyLimit: 100 }).withTypeProvider<ZodTypeProvider>() as unknown as ApiApp
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  addErrors(app)
  app.post("/x", { schema: { body: z.object({ a: z.number(), b: z.number() }) } }, () => {
    throw fail()
  })
  return (payload: string, type = "application/json", url = "/x") =>
    app.inject({ method: "POST", url, payload, headers: { "content-type": type } }).then((answer) => {
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/)
      return { answer, told: answer.json() as Told }
    })
}

const FINE = '{"a":1,"b":2}'
const ask = open(() => new TypeError("a secret of the server's"))

test("an error of ours is told by its code and words", async () => {
  const refused = open(() => new GeartrainError("NOT_PERMITTED", "You may not"))
  const { answer, told } = await refused(FINE)
  assert.deepEqual([answer.statusCode, told.code, told.detail], [403, "NOT_PERMITTED", "You may not"])
})

test("a bug tells nobody outside what it was about", async () => {
  const { answer, told } = await ask(FINE)
  assert.deepEqual([answer.statusCode, told.code], [500, "SERVER_FAILED"])
  assert.doesNotMatch(answer.body, /secret/)
})

test("a body that does not fit is told place by place", async () => {
  const { answer, told } = await ask('{"a":"x"}')
  assert.deepEqual([answer.statusCode, told.code], [400, "REQUEST_INVALID"])
  assert.deepEqual(told.details?.faults?.map(({ path }) => path).toSorted(), ["body.a", "body.b"])
  assert.match(told.detail, /and 1 more$/)
})

test("what is no JSON, too large, of another type, or at no address is told as that", async () => {
  assert.equal((await ask("{")).told.code, "REQUEST_INVALID")
  assert.equal((await ask(JSON.stringify("x".repeat(200)))).told.code, "REQUEST_TOO_LARGE")
  assert.equal((await ask("x", "text/html")).told.code, "MEDIA_TYPE_UNSUPPORTED")
  assert.equal((await ask(FINE, "application/json", "/nowhere")).told.code, "ROUTE_NOT_FOUND")
})

test("who is to come again is told when, and who has to say who they are is told how", async () => {
  const later = open(() => new GeartrainError("TOO_MANY_REQUESTS", "slow", { details: { retryAfterSeconds: 7 } }))
  assert.equal((await later(FINE)).answer.headers["retry-after"], "7")
  const nobody = open(() => new GeartrainError("NOT_AUTHENTICATED", "who"))
  const { answer } = await nobody(FINE)
  assert.deepEqual([answer.statusCode, answer.headers["www-authenticate"]], [401, "Bearer"])
})

function socket(members: object = {}) {
  const ended: string[] = []
  const made = Object.assign(new EventEmitter(), {
    ...{
      destroyed: false,
      writable: true,
      end: (text: string) => ended.push(text),
      destroy: () => ended.push("destroyed"),
    },
    ...members,
  })
  return { ended, made: made as unknown as Parameters<typeof answerBadConnection>[1] }
}

test("what never becomes a request is answered on its connection, with its own length", () => {
  const cases = {
    HPE_HEADER_OVERFLOW: "REQUEST_TOO_LARGE",
    ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMED_OUT",
    HPE_INVALID: "REQUEST_INVALID",
  }
  for (const [code, told] of Object.entries(cases)) {
    const { ended, made } = socket()
    answerBadConnection(Object.assign(new Error("x"), { code }), made)
    const [head = "", body = ""] = (ended[0] ?? "").split("\r\n\r\n")
    const problem = JSON.parse(body) as Told
    assert.equal(problem.code, told)
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${problem.status} [A-Z]`))
    assert.ok(head.includes(`Content-Length: ${Buffer.byteLength(body)}\r\n`))
  }
})

test("who is gone is answered nothing", () => {
  for (const [members, code] of [
    [{}, "ECONNRESET"],
    [{ destroyed: true }, "HPE_INVALID"],
  ] as const) {
    const { ended, made } = socket(members)
    answerBadConnection(Object.assign(new Error("x"), { code }), made)
    assert.deepEqual(ended, [])
  }
  const { ended, made } = socket({ writable: false })
  answerBadConnection(Object.assign(new Error("x"), { code: "HPE_INVALID" }), made)
  assert.deepEqual(ended, ["destroyed"])
})
