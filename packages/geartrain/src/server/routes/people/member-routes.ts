import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import type { PeoplePorts } from "../../people/people-ports.ts"
import { listMembers, type MemberPlace, removeMember, setMember } from "../../people/rights/members.ts"
import { NOTHING, RIGHT } from "./people-words.ts"

const MEMBER = z.object({
  user: ID,
  login: z.string(),
  name: z.string(),
  right: RIGHT,
  givenMs: WHOLE,
  from: z.enum(["project", "group"]).describe("What gives it"),
})

const USER = SHORT_TEXT.describe("Id of the user, what they log in with, or their address: whole, in any case")

/** Who may do what in a project, and in all projects of a group. */
export function memberRoutes(app: ApiApp, ports: PeoplePorts): void {
  addRoutes(app, ports, { of: "project", id: ID, placeOf: (project) => ({ project }) })
  addRoutes(app, ports, { of: "group", id: SHORT_TEXT.max(32), placeOf: (group) => ({ group }) })
}

function addRoutes(
  app: ApiApp,
  ports: PeoplePorts,
  kind: { readonly of: "project" | "group"; readonly id: z.ZodString; readonly placeOf: (id: string) => MemberPlace },
): void {
  const path = `/api/v1/${kind.of}s/:id/members`
  const Name = kind.of === "project" ? "Project" : "Group"
  app.get(
    path,
    {
      schema: {
        operationId: `list${Name}Members`,
        tags: ["people"],
        summary: `Who has a right in a ${kind.of}`,
        params: z.object({ id: kind.id }),
        response: { 200: z.object({ items: z.array(MEMBER) }) },
      },
    },
    async ({ caller, params }) => ({ items: [...(await listMembers(ports, caller, kind.placeOf(params.id)))] }),
  )
  app.put(
    `${path}/:user`,
    {
      schema: {
        operationId: `set${Name}Member`,
        tags: ["people"],
        summary: `Give somebody a right in a ${kind.of}, in place of the one they had`,
        params: z.object({ id: kind.id, user: USER }),
        body: z.object({ right: RIGHT }),
        response: { 200: MEMBER },
      },
    },
    ({ caller, params: { id, user }, body }) =>
      setMember(ports, caller, { place: kind.placeOf(id), user, right: body.right }),
  )
  app.delete(
    `${path}/:user`,
    {
      schema: {
        operationId: `remove${Name}Member`,
        tags: ["people"],
        summary: `Take somebody's right in a ${kind.of} away`,
        params: z.object({ id: kind.id, user: USER }),
        response: { 204: NOTHING },
      },
    },
    async ({ caller, params: { id, user } }, reply) => {
      await removeMember(ports, caller, { place: kind.placeOf(id), user })
      return reply.code(204).send(null)
    },
  )
}
