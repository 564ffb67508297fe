import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { z } from "zod"
import type { ApiApp } from "../../http/api-app.ts"
import { ID } from "../../http/json-words.ts"
import { PAGE_QUERY, pageOf, readCursor, writeCursor } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import { applyRule, listSweeps } from "../../rules/consume/sweeps.ts"
import { listDecisions } from "../../rules/decide/list-decisions.ts"
import { explainFile } from "../../rules/preview/explain-file.ts"
import { previewRule } from "../../rules/preview/preview-rule.ts"
import type { RulesPorts } from "../../rules/rules-ports.ts"
import {
  DECISION,
  EXPLANATION,
  OUTCOME,
  PREVIEW,
  PREVIEW_REQUEST,
  PROJECT,
  RULE_PARAMS,
  SWEEP,
  shownPreview,
} from "./rule-words.ts"

const tags = ["rules"]

const FILTER = PAGE_QUERY.extend({ file: ID.optional(), outcome: OUTCOME.optional() })

/** What rules decided, would decide, and why. */
export function decisionRoutes(app: ApiApp, ports: RulesPorts): void {
  app.get(
    "/api/v1/projects/:project/rule-decisions",
    {
      schema: {
        operationId: "listProjectDecisions",
        tags,
        summary: "What the rules of a project decided, the newest first",
        params: PROJECT,
        querystring: FILTER.extend({ rule: ID.optional() }),
        response: { 200: pageOf(DECISION) },
      },
    },
    async ({ caller, params, query }) => {
      const page = await listDecisions(ports, caller, { ...query, ...params })
      return { ...page, items: [...page.items] }
    },
  )
  app.get(
    "/api/v1/projects/:project/rules/:rule/decisions",
    {
      schema: {
        operationId: "listRuleDecisions",
        tags,
        summary: "What a rule decided: each job that it started, and the last word about every other file",
        params: RULE_PARAMS,
        querystring: FILTER,
        response: { 200: pageOf(DECISION) },
      },
    },
    async ({ caller, params, query }) => {
      const page = await listDecisions(ports, caller, { ...query, ...params })
      return { ...page, items: [...page.items] }
    },
  )
  app.post(
    "/api/v1/projects/:project/rules/:rule/explain",
    {
      schema: {
        operationId: "explainRule",
        tags,
        summary: "Why a rule fires, or does not, for a file: every condition with what there is and what is wanted",
        params: RULE_PARAMS,
        body: z.object({ file: ID }),
        response: { 200: EXPLANATION },
      },
    },
    async ({ caller, params: { project, rule: id }, body }) => {
      const { verdict, ...told } = await explainFile(ports, caller, { project, id, ...body })
      return { ...told, ...(verdict === undefined ? {} : { verdict: { ...verdict } as JsonObject }) }
    },
  )
  app.post(
    "/api/v1/projects/:project/rules/:rule/preview",
    {
      schema: {
        operationId: "previewRule",
        tags,
        summary: "What a change of a rule would do, among the files that are there; starts nothing",
        params: RULE_PARAMS,
        body: PREVIEW_REQUEST,
        response: { 200: PREVIEW },
      },
    },
    async ({ caller, params: { project, rule: id }, body }) => preview(ports, caller, { project, id, body }),
  )
  app.post(
    "/api/v1/projects/:project/rule-preview",
    {
      schema: {
        operationId: "previewNewRule",
        tags,
        summary: "What a rule that is not made yet would do; starts nothing",
        params: PROJECT,
        body: PREVIEW_REQUEST.required({ document: true }),
        response: { 200: PREVIEW },
      },
    },
    async ({ caller, params: { project }, body }) => preview(ports, caller, { project, body }),
  )
  app.post(
    "/api/v1/projects/:project/rules/:rule/apply",
    {
      schema: {
        operationId: "applyRule",
        tags,
        summary: "Have a rule decide about all files that are there, in the background",
        params: RULE_PARAMS,
        body: z.object({ below: z.string().min(1).max(1000).optional().describe("Path below the project") }),
        response: { 202: SWEEP },
      },
    },
    async ({ caller, params: { project, rule: id }, body }, reply) =>
      reply.code(202).send(await applyRule(ports, caller, { project, id, ...body })),
  )
  app.get(
    "/api/v1/projects/:project/rules/:rule/sweeps",
    {
      schema: {
        operationId: "listSweeps",
        tags,
        summary: "How a rule went over the files that were there, the newest first",
        params: RULE_PARAMS,
        response: { 200: z.object({ items: z.array(SWEEP) }) },
      },
    },
    async ({ caller, params: { project, rule: id } }) => ({
      items: [...(await listSweeps(ports, caller, { project, id }))],
    }),
  )
}

async function preview(
  ports: RulesPorts,
  caller: Caller,
  asked: { readonly project: string; readonly id?: string; readonly body: z.infer<typeof PREVIEW_REQUEST> },
): Promise<z.infer<typeof PREVIEW>> {
  const { cursor, ...body } = asked.body
  const { project, id } = asked
  const found = await previewRule(ports, caller, { project, id, ...body, after: placeOf(cursor) })
  const { next } = found
  return shownPreview(found, next === undefined ? undefined : writeCursor([next.lineage, next.name]))
}

function placeOf(cursor: string | undefined): { readonly lineage: string; readonly name: string } | undefined {
  if (cursor === undefined) return undefined
  const [lineage, name, ...more] = readCursor(cursor) ?? []
  // PostgreSQL has no text with a zero in it.
  if (
    typeof lineage === "string" &&
    typeof name === "string" &&
    more.length === 0 &&
    !`${lineage}${name}`.includes("\0")
  ) {
    return { lineage, name }
  }
  throw new GeartrainError("CURSOR_UNFIT", "Cannot go on with this preview: the cursor did not come from it")
}
