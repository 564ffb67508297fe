/**
 * Holds docs/reference/cli.md against the commands.
 *
 *   node scripts/check-cli-reference.ts [--write]     --write brings the document up to date
 */
import { COMMAND_GROUPS } from "../packages/geartrain/src/cli/command-table.ts"
import { cliReference } from "../packages/geartrain/src/cli/help/cli-reference.ts"
import { complain } from "./source/complain.ts"
import { generatedDocument } from "./source/generated-document.ts"

const text = await cliReference(COMMAND_GROUPS)
complain(
  generatedDocument("docs/reference/cli.md", text, "check-cli-reference.ts"),
  `${COMMAND_GROUPS.flatMap(({ rows }) => rows).length} commands`,
)
