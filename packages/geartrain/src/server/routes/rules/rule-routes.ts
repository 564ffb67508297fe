import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import type { RulesPorts } from "../../rules/rules-ports.ts"
import { listRules, needRule } from "../../rules/store/find-rule.ts"
import { changeRule, confirmRule, createRule, deleteRule } from "../../rules/store/save-rule.ts"
import { decisionRoutes } from "./decision-routes.ts"
import { DOCUMENT, PROJECT, RULE, RULE_PARAMS, shownRule } from "./rule-words.ts"

const tags = ["rules"]

/** Rules of projects: what is kept of them, what they decide, and why. */
export function ruleRoutes(app: ApiApp, ports: RulesPorts): void {
  decisionRoutes(app, ports)
  app.get(
    "/api/v1/projects/:project/rules",
    {
      schema: {
        operationId: "listRules",
        tags,
        summary: "Rules of a project, by name",
        params: PROJECT,
        response: { 200: z.object({ items: z.array(RULE) }) },
      },
    },
    async ({ caller, params }) => ({ items: (await listRules(ports, caller, params.project)).map(shownRule) }),
  )
  app.post(
    "/api/v1/projects/:project/rules",
    {
      schema: {
        operationId: "createRule",
        tags,
        summary: "Make a rule, which acts with your rights",
        params: PROJECT,
        body: DOCUMENT,
        response: { 201: RULE },
      },
    },
    async ({ caller, params, body }, reply) => {
      const rule = await createRule(ports, caller, { ...params, document: body })
      return reply
        .code(201)
        .header("location", `/api/v1/projects/${rule.project}/rules/${rule.id}`)
        .header("etag", etagOf(rule.revision))
        .send(shownRule(rule))
    },
  )
  app.get(
    "/api/v1/projects/:project/rules/:rule",
    { schema: { operationId: "getRule", tags, summary: "A rule", params: RULE_PARAMS, response: { 200: RULE } } },
    async ({ caller, params: { project, rule: id } }, reply) => {
      const rule = await needRule(ports, caller, { project, id, right: "read", action: "rule.read" })
      return reply.header("etag", etagOf(rule.revision)).send(shownRule(rule))
    },
  )
  app.put(
    "/api/v1/projects/:project/rules/:rule",
    {
      schema: {
        operationId: "changeRule",
        tags,
        summary: "Put another document in the place of a rule's, which acts with your rights from then on",
        params: RULE_PARAMS,
        body: DOCUMENT,
        response: { 200: RULE },
      },
    },
    async ({ caller, params: { project, rule: id }, body, headers }, reply) => {
      const revision = readIfMatch(headers["if-match"])
      const rule = await changeRule(ports, caller, { project, id, document: body, revision })
      return reply.header("etag", etagOf(rule.revision)).send(shownRule(rule))
    },
  )
  app.delete(
    "/api/v1/projects/:project/rules/:rule",
    {
      schema: {
        operationId: "deleteRule",
        tags,
        summary: "Delete a rule; what it decided stays",
        params: RULE_PARAMS,
        response: { 204: z.null().describe("Nothing") },
      },
    },
    async ({ caller, params: { project, rule: id }, headers }, reply) => {
      await deleteRule(ports, caller, { project, id, revision: readIfMatch(headers["if-match"]) })
      return reply.code(204).send(null)
    },
  )
  app.post(
    "/api/v1/projects/:project/rules/:rule/confirm",
    {
      schema: {
        operationId: "confirmRule",
        tags,
        summary: "Have a rule act with your rights from now on",
        params: RULE_PARAMS,
        response: { 200: RULE },
      },
    },
    async ({ caller, params: { project, rule: id } }, reply) => {
      const rule = await confirmRule(ports, caller, { project, id })
      return reply.header("etag", etagOf(rule.revision)).send(shownRule(rule))
    },
  )
}
