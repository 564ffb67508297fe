import type { ColumnDefinitionBuilder, Kysely } from "kysely"
import type { Columns } from "./columns.ts"
import type { Step } from "./migration.ts"

type Schema = Kysely<never>["schema"]

export const people: Step = async (schema, columns) => {
  await accounts(schema, columns)
  await tokens(schema, columns)
  await members(schema, columns)
  await logIns(schema, columns)
  await audit(schema, columns)
}

const given = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull()
const key = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.primaryKey()

async function accounts(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("users")
    .addColumn("id", text, key)
    .addColumn("login", text, given)
    .addColumn("login_key", text, (column) => column.notNull().unique())
    .addColumn("email", text)
    .addColumn("email_key", text, (column) => column.unique())
    .addColumn("name", text, given)
    .addColumn("site_admin", whole, given)
    .addColumn("disabled_ms", whole)
    .addColumn("created_ms", whole, given)
    .addColumn("modified_ms", whole, given)
    .addColumn("revision", whole, given)
    .execute()
  await schema
    .createTable("passwords")
    .addColumn("user_id", text, key)
    .addColumn("phc", text, given)
    .addColumn("changed_ms", whole, given)
    .execute()
  await schema
    .createTable("identities")
    .addColumn("issuer", text, given)
    .addColumn("subject", text, given)
    .addColumn("user_id", text, given)
    .addColumn("created_ms", whole, given)
    .addPrimaryKeyConstraint("identities_key", ["issuer", "subject"] as never[])
    .execute()
  await schema.createIndex("identities_by_user").on("identities").column("user_id").execute()
}

async function tokens(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("sessions")
    .addColumn("id", text, key)
    .addColumn("secret_digest", text, given)
    .addColumn("user_id", text, given)
    .addColumn("created_ms", whole, given)
    .addColumn("seen_ms", whole, given)
    .addColumn("expires_ms", whole, given)
    .addColumn("method", text, given)
    .addColumn("address", text)
    .execute()
  await schema.createIndex("sessions_by_user").on("sessions").columns(["user_id", "id"]).execute()
  await schema.createIndex("sessions_by_expiry").on("sessions").column("expires_ms").execute()
  await schema
    .createTable("api_keys")
    .addColumn("id", text, key)
    .addColumn("secret_digest", text, given)
    .addColumn("user_id", text, given)
    .addColumn("label", text, given)
    .addColumn("scopes", text)
    .addColumn("created_ms", whole, given)
    .addColumn("expires_ms", whole)
    .addColumn("seen_ms", whole)
    .addColumn("seen_address", text)
    .addColumn("revoked_ms", whole)
    .execute()
  await schema.createIndex("api_keys_by_user").on("api_keys").columns(["user_id", "id"]).execute()
  await schema
    .createTable("job_tokens")
    .addColumn("id", text, key)
    .addColumn("secret_digest", text, given)
    .addColumn("job", text, given)
    .addColumn("attempt", whole, given)
    .addColumn("user_id", text, given)
    .addColumn("project", text, given)
    .addColumn("access_right", text, given)
    .addColumn("created_ms", whole, given)
    .execute()
  await schema.createIndex("job_tokens_by_job").on("job_tokens").columns(["job", "attempt"]).execute()
  await schema
    .createTable("runner_tokens")
    .addColumn("id", text, key)
    .addColumn("secret_digest", text, given)
    .addColumn("label", text, given)
    .addColumn("runner_labels", text)
    .addColumn("created_ms", whole, given)
    .addColumn("created_by", text, given)
    .addColumn("expires_ms", whole)
    .addColumn("seen_ms", whole)
    .addColumn("seen_address", text)
    .addColumn("revoked_ms", whole)
    .execute()
}

async function members(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("project_members")
    .addColumn("project", text, given)
    .addColumn("user_id", text, given)
    .addColumn("access_right", text, given)
    .addColumn("given_ms", whole, given)
    .addColumn("given_by", text, given)
    .addPrimaryKeyConstraint("project_members_key", ["project", "user_id"] as never[])
    .execute()
  await schema.createIndex("project_members_by_user").on("project_members").columns(["user_id", "project"]).execute()
  await schema
    .createTable("group_members")
    .addColumn("group_id", text, given)
    .addColumn("user_id", text, given)
    .addColumn("access_right", text, given)
    .addColumn("given_ms", whole, given)
    .addColumn("given_by", text, given)
    .addPrimaryKeyConstraint("group_members_key", ["group_id", "user_id"] as never[])
    .execute()
  await schema.createIndex("group_members_by_user").on("group_members").columns(["user_id", "group_id"]).execute()
}

async function logIns(schema: Schema, { text, whole }: Columns): Promise<void> {
  await schema
    .createTable("login_delays")
    .addColumn("subject", text, key)
    .addColumn("failures", whole, given)
    .addColumn("last_ms", whole, given)
    .addColumn("until_ms", whole, given)
    .execute()
  await schema.createIndex("login_delays_by_age").on("login_delays").column("last_ms").execute()
  await schema
    .createTable("oidc_logins")
    .addColumn("state_digest", text, key)
    .addColumn("verifier", text, given)
    .addColumn("nonce", text, given)
    .addColumn("return_to", text, given)
    .addColumn("expires_ms", whole, given)
    .execute()
}

async function audit(schema: Schema, { serial, serialKey, text, whole }: Columns): Promise<void> {
  await schema
    .createTable("audit")
    .addColumn("seq", serial, serialKey)
    .addColumn("at_ms", whole, given)
    .addColumn("user_id", text)
    .addColumn("action", text, given)
    .addColumn("target", text)
    .addColumn("project", text)
    .addColumn("outcome", text, given)
    .addColumn("reason", text)
    .addColumn("method", text, given)
    .addColumn("shown_id", text)
    .addColumn("job", text)
    .addColumn("address", text)
    .execute()
  await schema.createIndex("audit_by_project").on("audit").columns(["project", "seq"]).execute()
  await schema.createIndex("audit_by_user").on("audit").columns(["user_id", "seq"]).execute()
}
