import type { StoredFile } from "../../archive/files/server-file.ts"
import { readEvents } from "../../database/events/read-events.ts"
import type { ServerEvent } from "../../database/events/server-event.ts"
import type { DecisionRow } from "../../database/tables/rule-tables.ts"
import { decideFile, keepDecisions } from "../decide/decide-file.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { rulesOf } from "../store/find-rule.ts"
import { ruleOf, type ServerRule } from "../store/server-rule.ts"
import { concerns, eventFiles, type FilePlace, RULE_EVENTS } from "./event-files.ts"

const READER = "rules"
/** Files whose decisions are kept in one transaction. */
const FILES_AT_ONCE = 20
/** Events that are looked through for those that concern rules. */
const EVENTS_AT_ONCE = 200

interface Cursor {
  readonly seq: number
  readonly within: string | null
}

/**
 * Lets the rules decide about what has happened since the last time: one page of it. Every rule that an event concerns leaves a decision, in the
 * transaction that moves the cursor on; so at whatever moment the server dies, none is lost and none made twice.
 *
 * @returns Whether there may be more to do.
 */
export async function stepEvents(ports: RulesPorts): Promise<boolean> {
  const cursor = await readCursor(ports)
  const events = await readEvents(ports.database.read, { after: cursor.seq, limit: EVENTS_AT_ONCE, kinds: RULE_EVENTS })
  const byProject = new Map<string, readonly ServerRule[]>()
  for (const event of events) {
    const rules = (await activeRules(ports, byProject, event.project)).filter(({ rule }) => concerns(event, rule))
    if (rules.length > 0) return decidePage(ports, { event, rules, cursor })
  }
  return passOver(ports, cursor, events)
}

async function readCursor({ database }: RulesPorts): Promise<Cursor> {
  const find = (queries: RulesPorts["database"]["read"]): Promise<Cursor | undefined> =>
    queries.selectFrom("rule_cursors").select(["seq", "within"]).where("reader", "=", READER).executeTakeFirst()
  const found = await find(database.read)
  if (found !== undefined) return found
  await database.write((write) =>
    write.sql
      .insertInto("rule_cursors")
      .values({ reader: READER, seq: 0, within: null })
      .onConflict((conflict) => conflict.column("reader").doNothing())
      .execute(),
  )
  return (await find(database.read)) ?? { seq: 0, within: null }
}

async function activeRules(
  ports: RulesPorts,
  known: Map<string, readonly ServerRule[]>,
  project: string | undefined,
): Promise<readonly ServerRule[]> {
  if (project === undefined) return []
  const rules = known.get(project) ?? (await rulesOf(ports.database.read, project)).map(ruleOf)
  known.set(project, rules)
  return rules
}

/** Events that concern no rule leave nothing but the cursor behind them. */
async function passOver(ports: RulesPorts, cursor: Cursor, events: readonly ServerEvent[]): Promise<boolean> {
  const last = events.at(-1)
  if (last === undefined) return false
  await moveOn(ports, { from: cursor, to: { seq: last.seq, within: null }, decisions: [] })
  return events.length === EVENTS_AT_ONCE
}

async function decidePage(
  ports: RulesPorts,
  {
    event,
    rules,
    cursor,
  }: { readonly event: ServerEvent; readonly rules: readonly ServerRule[]; readonly cursor: Cursor },
): Promise<boolean> {
  const after = placeWithin(cursor, event)
  const files = await eventFiles(ports.database.read, event, { after, limit: FILES_AT_ONCE })
  const decisions: DecisionRow[] = []
  for (const file of files) {
    for (const rule of rules)
      decisions.push(await decideFile(ports, { rule, file, cause: { cause: "event", id: String(event.seq) } }))
  }
  await moveOn(ports, { from: cursor, to: nextCursor(event, files), decisions })
  return true
}

/** The position belongs to one event: all before it were passed over. */
function placeWithin({ within }: Cursor, event: ServerEvent): FilePlace | undefined {
  if (within === null) return undefined
  const { seq, lineage, name } = JSON.parse(within) as FilePlace & { readonly seq: number }
  return seq === event.seq ? { lineage, name } : undefined
}

function nextCursor(event: ServerEvent, files: readonly StoredFile[]): Cursor {
  const last = files.at(-1)
  if (last === undefined || files.length < FILES_AT_ONCE) return { seq: event.seq, within: null }
  const { lineage, name } = last
  return { seq: event.seq - 1, within: JSON.stringify({ seq: event.seq, lineage, name }) }
}

/** Keeps decisions and moves on, unless another server has moved on meanwhile: then its decisions are these. */
async function moveOn(
  { database }: RulesPorts,
  { from, to, decisions }: { readonly from: Cursor; readonly to: Cursor; readonly decisions: readonly DecisionRow[] },
): Promise<void> {
  await database.write(async (write) => {
    const moved = await write.sql
      .updateTable("rule_cursors")
      .set({ seq: to.seq, within: to.within })
      .where("reader", "=", READER)
      .where("seq", "=", from.seq)
      .where("within", from.within === null ? "is" : "=", from.within)
      .executeTakeFirst()
    if (moved.numUpdatedRows > 0n) await keepDecisions(write, decisions)
  })
}
