import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { ID, SHORT_TEXT } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf } from "../../http/page.ts"
import { pageAfter, readTextCursor } from "../../http/page-after.ts"
import { changeUser } from "../../people/accounts/change-user.ts"
import { listUsers } from "../../people/accounts/list-users.ts"
import { makeUser } from "../../people/accounts/make-user.ts"
import { readUser } from "../../people/accounts/read-user.ts"
import { setPassword } from "../../people/accounts/set-password.ts"
import { nameKey } from "../../people/accounts/user.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { EMAIL, ID_PARAMS, LOGIN, NOTHING, PASSWORD, USER } from "./people-words.ts"

const NEW_USER = z.object({
  login: LOGIN,
  name: SHORT_TEXT,
  email: EMAIL.optional(),
  siteAdmin: z.boolean().optional(),
  password: PASSWORD.optional().describe("Absent: they log in elsewhere"),
})

const CHANGE = z.object({
  login: LOGIN.optional(),
  name: SHORT_TEXT.optional(),
  email: EMAIL.nullable().optional().describe("Null takes it away"),
  siteAdmin: z.boolean().optional(),
  disabled: z.boolean().optional(),
})

/** Accounts. */
export function userRoutes(app: ApiApp, ports: PeoplePorts): void {
  app.get(
    "/api/v1/users",
    {
      schema: {
        operationId: "listUsers",
        tags: ["people"],
        summary: "Accounts, by the names that they log in with",
        querystring: PAGE_QUERY.extend({ prefix: z.string().max(128).optional().describe("Beginning of the name") }),
        response: { 200: pageOf(USER) },
      },
    },
    async ({ caller, query: { limit, cursor, prefix } }) => {
      const users = await listUsers(ports, caller, { prefix, after: readTextCursor(cursor), limit: limit + 1 })
      return pageAfter(users, limit, (user) => [nameKey(user.login)])
    },
  )
  app.post(
    "/api/v1/users",
    {
      schema: {
        operationId: "makeUser",
        tags: ["people"],
        summary: "Make an account",
        body: NEW_USER,
        response: { 201: USER },
      },
    },
    async (request, reply) => {
      const user = await makeUser(ports, request.caller, request.body)
      return reply
        .code(201)
        .header("etag", etagOf(user.revision))
        .header("location", `/api/v1/users/${user.id}`)
        .send(user)
    },
  )
  app.get(
    "/api/v1/users/:id",
    {
      schema: {
        operationId: "getUser",
        tags: ["people"],
        summary: "An account: one's own, or any for an admin of the site",
        params: ID_PARAMS,
        response: { 200: USER },
      },
    },
    async (request, reply) => {
      const user = await readUser(ports, request.caller, request.params.id)
      return reply.header("etag", etagOf(user.revision)).send(user)
    },
  )
  app.patch(
    "/api/v1/users/:id",
    {
      schema: {
        operationId: "changeUser",
        tags: ["people"],
        summary: "Change an account",
        params: ID_PARAMS,
        body: CHANGE,
        response: { 200: USER },
      },
    },
    async (request, reply) => {
      const revision = readIfMatch(request.headers["if-match"])
      const user = await changeUser(ports, request.caller, { ...request.body, id: request.params.id, revision })
      return reply.header("etag", etagOf(user.revision)).send(user)
    },
  )
  app.put(
    "/api/v1/users/:id/password",
    {
      schema: {
        operationId: "setPassword",
        tags: ["people"],
        summary: "Give an account a password, and end its other sessions",
        params: z.object({ id: ID }),
        body: z.object({
          password: PASSWORD,
          present: PASSWORD.optional().describe("One's own needs the present one"),
        }),
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      await setPassword(ports, request.caller, { ...request.body, user: request.params.id })
      return reply.code(204).send(null)
    },
  )
}
