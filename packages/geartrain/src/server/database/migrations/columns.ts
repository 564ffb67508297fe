import { type ColumnDataType, type ColumnDefinitionBuilder, type Expression, sql } from "kysely"

/** Types of columns, in the words of one database. */
export interface Columns {
  readonly kind: "sqlite" | "postgres"
  /** A key that the database counts up by itself, never giving a number twice. */
  readonly serial: ColumnDataType
  readonly serialKey: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  /** Counts, sizes and times: whole numbers of up to 53 bits. */
  readonly whole: ColumnDataType
  /** Text that is ordered by its bytes on every database. */
  readonly text: ColumnDataType | Expression<unknown>
  /** Bytes as they are. */
  readonly bytes: ColumnDataType
}

export function columnsOf(kind: "sqlite" | "postgres"): Columns {
  return kind === "sqlite"
    ? {
        kind,
        serial: "integer",
        serialKey: (column) => column.primaryKey().autoIncrement(),
        whole: "integer",
        text: "text",
        bytes: "blob",
      }
    : {
        kind,
        serial: "bigserial",
        serialKey: (column) => column.primaryKey(),
        whole: "bigint",
        // The database's own order may be that of a language.
        text: sql`text collate "C"`,
        bytes: "bytea",
      }
}
