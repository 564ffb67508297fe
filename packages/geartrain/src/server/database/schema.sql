CREATE TABLE "analyses" (
  "place" text primary key,
  "inputs" text not null,
  "job" text,
  "notes" text not null
);

CREATE TABLE "api_keys" (
  "id" text primary key,
  "secret_digest" text not null,
  "user_id" text not null,
  "label" text not null,
  "scopes" text,
  "created_ms" integer not null,
  "expires_ms" integer,
  "seen_ms" integer,
  "seen_address" text,
  "revoked_ms" integer
);

CREATE INDEX "api_keys_by_user" on "api_keys" ("user_id", "id");

CREATE TABLE "attempts" (
  "job" text not null references "jobs" ("id"),
  "attempt" integer not null,
  "runner" text not null,
  "state" text not null,
  "reason" text,
  "culprit" text,
  "message" text,
  "exit_code" integer,
  "started_ms" integer not null,
  "ended_ms" integer,
  "usage" text,
  "outputs" text not null,
  "record_digest" text,
  "finish_digest" text,
  "finish_state" text,
  "log_chunks" integer not null,
  "log_bytes" integer not null,
  "log_head_bytes" integer not null,
  "log_dropped_bytes" integer not null,
  "log_digest" text,
  constraint "attempts_key" primary key ("job", "attempt")
);

CREATE INDEX "attempts_by_end" on "attempts" ("ended_ms", "job", "attempt");

CREATE INDEX "attempts_with_loose_logs" on "attempts" ("ended_ms") where "log_digest" is null;

CREATE TABLE "audit" (
  "seq" integer primary key autoincrement,
  "at_ms" integer not null,
  "user_id" text,
  "action" text not null,
  "target" text,
  "project" text,
  "outcome" text not null,
  "reason" text,
  "method" text not null,
  "shown_id" text,
  "job" text,
  "address" text
);

CREATE INDEX "audit_by_project" on "audit" ("project", "seq");

CREATE INDEX "audit_by_user" on "audit" ("user_id", "seq");

CREATE TABLE "batch_jobs" (
  "batch" text not null,
  "n" integer not null,
  "try" integer not null,
  "job" text not null,
  constraint "batch_jobs_key" primary key ("batch", "n", "try")
);

CREATE INDEX "batch_jobs_by_job" on "batch_jobs" ("job");

CREATE TABLE "batch_targets" (
  "batch" text not null,
  "n" integer not null,
  "place_type" text not null,
  "place" text not null,
  "path" text not null,
  "outcome" text not null,
  "says" text not null,
  "matches" text not null,
  "inputs" text not null,
  "invocation_digest" text,
  "job" text,
  "tries" integer not null,
  "changes" text,
  "refused_code" text,
  "refused_says" text,
  constraint "batch_targets_key" primary key ("batch", "n")
);

CREATE INDEX "batch_targets_by_job" on "batch_targets" ("job");

CREATE INDEX "batch_targets_by_outcome" on "batch_targets" ("batch", "outcome", "n");

CREATE TABLE "batches" (
  "id" text primary key,
  "project" text not null,
  "label" text,
  "gear" text not null,
  "gear_name" text not null,
  "gear_version" text not null,
  "request" text not null,
  "proposal_digest" text not null,
  "state" text not null,
  "owner" text not null,
  "created_ms" integer not null,
  "started_ms" integer,
  "ended_ms" integer,
  "cancel_requested_ms" integer,
  "revision" integer not null
);

CREATE INDEX "batches_by_project" on "batches" ("project", "created_ms", "id");

CREATE INDEX "batches_by_state" on "batches" ("state", "id");

CREATE TABLE "blobs" (
  "digest" text primary key,
  "size_bytes" integer not null,
  "held_ms" integer not null
);

CREATE INDEX "blobs_by_time" on "blobs" ("held_ms");

CREATE TABLE "collection_items" (
  "collection" text not null,
  "item" text not null,
  "kind" text not null,
  "added_ms" integer not null,
  "added_by" text not null,
  constraint "collection_items_key" primary key ("collection", "item")
);

CREATE TABLE "collections" (
  "id" text primary key,
  "project" text not null,
  "label" text not null,
  "description" text not null,
  "created_ms" integer not null,
  "created_by" text not null,
  "modified_ms" integer not null,
  "revision" integer not null,
  "deleted_ms" integer
);

CREATE INDEX "collections_by_label" on "collections" ("project", "label", "id");

CREATE TABLE "downloads" (
  "id" text primary key,
  "created_by" text not null,
  "selection" text not null,
  "created_ms" integer not null,
  "expires_ms" integer not null
);

CREATE INDEX "downloads_by_expiry" on "downloads" ("expires_ms");

CREATE TABLE "events" (
  "seq" integer primary key autoincrement,
  "at_ms" integer not null,
  "kind" text not null,
  "project" text,
  "subject" text not null,
  "by_user" text,
  "data" text not null
);

CREATE INDEX "events_by_project" on "events" ("project", "seq");

CREATE INDEX "events_by_subject" on "events" ("subject", "seq");

CREATE TABLE "file_versions" (
  "file" text not null,
  "version" integer not null,
  "digest" text not null,
  "size_bytes" integer not null,
  "created_ms" integer not null,
  "created_by" text not null,
  "origin" text not null,
  "job" text,
  constraint "file_versions_key" primary key ("file", "version")
);

CREATE INDEX "file_versions_by_digest" on "file_versions" ("digest");

CREATE INDEX "file_versions_by_job" on "file_versions" ("job");

CREATE TABLE "files" (
  "id" text primary key,
  "place" text not null,
  "project" text not null,
  "lineage" text not null,
  "name" text not null,
  "type" text,
  "mimetype" text not null,
  "modality" text,
  "classification" text not null,
  "tags" text not null,
  "info" text not null,
  "member_count" integer,
  "version" integer not null,
  "digest" text not null,
  "size_bytes" integer not null,
  "created_ms" integer not null,
  "modified_ms" integer not null,
  "revision" integer not null,
  "deleted_ms" integer,
  "deleted_by" text,
  "deleted_with" text
);

CREATE INDEX "files_by_lineage" on "files" ("lineage", "name") where "deleted_ms" is null;

CREATE UNIQUE INDEX "files_by_name" on "files" ("place", "name") where "deleted_ms" is null;

CREATE INDEX "files_by_type" on "files" ("project", "type", "lineage", "name") where "deleted_ms" is null;

CREATE INDEX "files_in_trash_by_deleted_ms" on "files" ("deleted_ms", "id") where "deleted_ms" is not null;

CREATE INDEX "files_in_trash_by_deleted_with" on "files" ("deleted_with", "id") where "deleted_ms" is not null;

CREATE INDEX "files_in_trash_by_lineage" on "files" ("lineage", "id") where "deleted_ms" is not null;

CREATE TABLE "gears" (
  "id" text primary key,
  "name" text not null,
  "version" text not null,
  "label" text not null,
  "category" text not null,
  "manifest" text not null,
  "platform" text not null,
  "tree" text not null,
  "image_digest" text not null,
  "image_bytes" integer not null,
  "state" text not null,
  "revision" integer not null,
  "newest" integer not null,
  "superseded_ms" integer,
  "created_ms" integer not null,
  "created_by" text not null
);

CREATE INDEX "gears_by_image" on "gears" ("image_digest");

CREATE INDEX "gears_by_name" on "gears" ("name", "created_ms", "id");

CREATE UNIQUE INDEX "gears_by_version" on "gears" ("name", "version") where "superseded_ms" is null;

CREATE TABLE "group_members" (
  "group_id" text not null,
  "user_id" text not null,
  "access_right" text not null,
  "given_ms" integer not null,
  "given_by" text not null,
  constraint "group_members_key" primary key ("group_id", "user_id")
);

CREATE INDEX "group_members_by_user" on "group_members" ("user_id", "group_id");

CREATE TABLE "groups" (
  "id" text primary key,
  "label" text not null,
  "created_ms" integer not null,
  "created_by" text not null,
  "modified_ms" integer not null,
  "revision" integer not null
);

CREATE TABLE "identities" (
  "issuer" text not null,
  "subject" text not null,
  "user_id" text not null,
  "created_ms" integer not null,
  constraint "identities_key" primary key ("issuer", "subject")
);

CREATE INDEX "identities_by_user" on "identities" ("user_id");

CREATE TABLE "job_blobs" (
  "digest" text not null,
  "job" text not null references "jobs" ("id"),
  "is" text not null,
  constraint "job_blobs_key" primary key ("job", "digest", "is")
);

CREATE INDEX "job_blobs_by_digest" on "job_blobs" ("digest");

CREATE TABLE "job_logs" (
  "job" text not null,
  "attempt" integer not null,
  "n" integer not null,
  "start" integer not null,
  "size" integer not null,
  "bytes" blob not null,
  constraint "job_logs_key" primary key ("job", "attempt", "n")
);

CREATE TABLE "job_tags" (
  "tag" text not null,
  "job" text not null references "jobs" ("id"),
  "created_ms" integer not null,
  constraint "job_tags_key" primary key ("job", "tag")
);

CREATE INDEX "job_tags_by_tag" on "job_tags" ("tag", "created_ms" desc, "job" desc);

CREATE TABLE "job_tokens" (
  "id" text primary key,
  "secret_digest" text not null,
  "job" text not null,
  "attempt" integer not null,
  "user_id" text not null,
  "project" text not null,
  "access_right" text not null,
  "created_ms" integer not null
);

CREATE INDEX "job_tokens_by_job" on "job_tokens" ("job", "attempt");

CREATE TABLE "job_transitions" (
  "job" text not null references "jobs" ("id"),
  "n" integer not null,
  "at_ms" integer not null,
  "attempt" integer not null,
  "state" text not null,
  "phase" text,
  "reason" text,
  "by_user" text,
  constraint "job_transitions_key" primary key ("job", "n")
);

CREATE TABLE "jobs" (
  "id" text primary key,
  "project" text not null,
  "destination_type" text not null,
  "destination_id" text not null,
  "gear" text not null references "gears" ("id"),
  "gear_name" text not null,
  "gear_version" text not null,
  "state" text not null,
  "phase" text,
  "reason" text,
  "culprit" text,
  "message" text,
  "priority" integer not null,
  "tags" text not null,
  "label" text,
  "config" text not null,
  "inputs" text not null,
  "contexts" text not null,
  "keys" text not null,
  "network" text not null,
  "invocation_digest" text not null,
  "reuse_digest" text not null,
  "limits" text not null,
  "resources" text not null,
  "lane" text not null references "lanes" ("id"),
  "owner" text not null,
  "origin_type" text not null,
  "origin_id" text,
  "batch" text,
  "attempt" integer not null,
  "most_attempts" integer not null,
  "runner" text,
  "lease_until_ms" integer,
  "cancel_requested_ms" integer,
  "created_ms" integer not null,
  "queued_ms" integer not null,
  "started_ms" integer,
  "ended_ms" integer,
  "exit_code" integer,
  "outputs" text not null,
  "record_digest" text,
  "idempotency_key" text,
  "request_digest" text not null,
  "revision" integer not null,
  "by_content" integer default 0 not null
);

CREATE INDEX "jobs_by_batch" on "jobs" ("batch", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_destination_id" on "jobs" ("destination_id", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_gear" on "jobs" ("gear", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_gear_name" on "jobs" ("gear_name", "created_ms" desc, "id" desc);

CREATE UNIQUE INDEX "jobs_by_idempotency_key" on "jobs" ("owner", "idempotency_key") where "idempotency_key" is not null;

CREATE INDEX "jobs_by_invocation" on "jobs" ("invocation_digest", "state", "ended_ms" desc);

CREATE INDEX "jobs_by_lease" on "jobs" ("lease_until_ms") where "state" = 'running';

CREATE INDEX "jobs_by_origin_id" on "jobs" ("origin_id", "created_ms" desc, "id" desc);

CREATE UNIQUE INDEX "jobs_by_origin_key" on "jobs" ("origin_id", "idempotency_key") where "idempotency_key" is not null;

CREATE INDEX "jobs_by_owner" on "jobs" ("owner", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_project" on "jobs" ("project", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_reason" on "jobs" ("reason", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_reuse" on "jobs" ("reuse_digest", "state", "ended_ms" desc);

CREATE INDEX "jobs_by_runner" on "jobs" ("runner") where "state" = 'running';

CREATE INDEX "jobs_by_state" on "jobs" ("state", "created_ms" desc, "id" desc);

CREATE INDEX "jobs_by_time" on "jobs" ("created_ms" desc, "id" desc);

CREATE INDEX "jobs_to_claim" on "jobs" ("lane", "priority" desc, "queued_ms", "id") where "state" = 'pending';

CREATE TABLE "lanes" (
  "id" text primary key,
  "owner" text not null,
  "project" text not null,
  "group_id" text not null,
  "resources" text not null,
  "pending" integer not null,
  "running" integer not null,
  "head_priority" integer,
  "head_queued_ms" integer,
  constraint "lanes_by_content" unique ("owner", "project", "resources")
);

CREATE INDEX "lanes_by_pending" on "lanes" ("pending");

CREATE INDEX "lanes_by_running" on "lanes" ("running");

CREATE TABLE "login_delays" (
  "subject" text primary key,
  "failures" integer not null,
  "last_ms" integer not null,
  "until_ms" integer not null
);

CREATE INDEX "login_delays_by_age" on "login_delays" ("last_ms");

CREATE TABLE "oidc_logins" (
  "state_digest" text primary key,
  "verifier" text not null,
  "nonce" text not null,
  "return_to" text not null,
  "expires_ms" integer not null
);

CREATE TABLE "passwords" (
  "user_id" text primary key,
  "phc" text not null,
  "changed_ms" integer not null
);

CREATE TABLE "places" (
  "id" text primary key,
  "type" text not null,
  "parent" text not null,
  "group_id" text not null,
  "project" text not null,
  "lineage" text not null,
  "label" text not null,
  "metadata" text not null,
  "tags" text not null,
  "info" text not null,
  "created_ms" integer not null,
  "created_by" text not null,
  "modified_ms" integer not null,
  "revision" integer not null,
  "quota_bytes" integer,
  "deleted_ms" integer,
  "deleted_by" text,
  "deleted_with" text
);

CREATE UNIQUE INDEX "places_by_label" on "places" ("parent", "type", "label") where "deleted_ms" is null;

CREATE INDEX "places_by_lineage" on "places" ("lineage");

CREATE INDEX "places_by_type" on "places" ("type", "label", "id");

CREATE INDEX "places_in_trash_by_deleted_ms" on "places" ("deleted_ms", "id") where "deleted_ms" is not null;

CREATE INDEX "places_in_trash_by_deleted_with" on "places" ("deleted_with", "id") where "deleted_ms" is not null;

CREATE INDEX "places_in_trash_by_lineage" on "places" ("lineage", "id") where "deleted_ms" is not null;

CREATE TABLE "project_members" (
  "project" text not null,
  "user_id" text not null,
  "access_right" text not null,
  "given_ms" integer not null,
  "given_by" text not null,
  constraint "project_members_key" primary key ("project", "user_id")
);

CREATE INDEX "project_members_by_user" on "project_members" ("user_id", "project");

CREATE TABLE "project_usage" (
  "project" text primary key,
  "bytes" integer not null,
  "versions" integer not null
);

CREATE TABLE "queue_limits" (
  "kind" text not null,
  "subject" text not null,
  "running" integer,
  "weight" integer,
  "paused" integer not null,
  "revision" integer not null,
  constraint "queue_limits_key" primary key ("kind", "subject")
);

CREATE TABLE "queue_turns" (
  "owner" text primary key,
  "turn" integer not null
);

CREATE TABLE "rule_cursors" (
  "reader" text primary key,
  "seq" integer not null,
  "within" text
);

CREATE TABLE "rule_decisions" (
  "id" text primary key,
  "slot" text not null unique,
  "rule" text not null,
  "rule_revision" integer not null,
  "project" text not null,
  "file" text not null,
  "file_version" integer not null,
  "file_name" text not null,
  "place" text not null,
  "outcome" text not null,
  "says" text not null,
  "code" text,
  "verdict" text,
  "job" text,
  "chain" text not null,
  "cause" text not null,
  "cause_id" text not null,
  "at_ms" integer not null
);

CREATE INDEX "rule_decisions_by_file" on "rule_decisions" ("file", "rule");

CREATE INDEX "rule_decisions_by_job" on "rule_decisions" ("job");

CREATE INDEX "rule_decisions_by_project" on "rule_decisions" ("project", "at_ms", "id");

CREATE INDEX "rule_decisions_by_rule" on "rule_decisions" ("rule", "at_ms", "id");

CREATE TABLE "rule_sweeps" (
  "id" text primary key,
  "rule" text not null,
  "project" text not null,
  "cause" text not null,
  "lineage" text not null,
  "after_lineage" text,
  "after_name" text,
  "state" text not null,
  "counts" text not null,
  "by_user" text not null,
  "created_ms" integer not null,
  "ended_ms" integer,
  "revision" integer not null
);

CREATE INDEX "rule_sweeps_by_rule" on "rule_sweeps" ("rule", "id");

CREATE INDEX "rule_sweeps_by_state" on "rule_sweeps" ("state", "id");

CREATE TABLE "rules" (
  "id" text primary key,
  "project" text not null,
  "name" text not null,
  "document" text not null,
  "disabled" integer not null,
  "next_ms" integer,
  "created_ms" integer not null,
  "created_by" text not null,
  "modified_ms" integer not null,
  "confirmed_by" text not null,
  "confirmed_ms" integer not null,
  "revision" integer not null,
  "deleted_ms" integer
);

CREATE UNIQUE INDEX "rules_by_name" on "rules" ("project", "name") where "deleted_ms" is null;

CREATE INDEX "rules_by_time" on "rules" ("next_ms");

CREATE TABLE "runner_tokens" (
  "id" text primary key,
  "secret_digest" text not null,
  "label" text not null,
  "runner_labels" text,
  "created_ms" integer not null,
  "created_by" text not null,
  "expires_ms" integer,
  "seen_ms" integer,
  "seen_address" text,
  "revoked_ms" integer
);

CREATE TABLE "runners" (
  "id" text primary key,
  "principal" text not null,
  "name" text not null,
  "host" text not null,
  "slots" integer not null,
  "free" integer not null,
  "labels" text not null,
  "capabilities" text not null,
  "versions" text not null,
  "cpus" integer not null,
  "memory_bytes" integer not null,
  "gpus" integer not null,
  "drained" integer not null,
  "draining" integer not null,
  "created_ms" integer not null,
  "seen_ms" integer not null,
  "rest_until_ms" integer,
  "rest_why" text,
  constraint "runners_by_name" unique ("principal", "name")
);

CREATE INDEX "runners_by_seen" on "runners" ("seen_ms");

CREATE TABLE "schema_lock" (
  "id" varchar(255) not null primary key,
  "is_locked" integer default 0 not null
);

CREATE TABLE "schema_steps" (
  "name" varchar(255) not null primary key,
  "timestamp" varchar(255) not null
);

CREATE TABLE "sessions" (
  "id" text primary key,
  "secret_digest" text not null,
  "user_id" text not null,
  "created_ms" integer not null,
  "seen_ms" integer not null,
  "expires_ms" integer not null,
  "method" text not null,
  "address" text
);

CREATE INDEX "sessions_by_expiry" on "sessions" ("expires_ms");

CREATE INDEX "sessions_by_user" on "sessions" ("user_id", "id");

CREATE TABLE "uploads" (
  "id" text primary key,
  "place" text not null,
  "project" text not null,
  "name" text not null,
  "size_bytes" integer,
  "expected" text,
  "received_bytes" integer not null,
  "state" text not null,
  "result" text,
  "created_by" text not null,
  "created_ms" integer not null,
  "expires_ms" integer not null
);

CREATE INDEX "uploads_by_expiry" on "uploads" ("expires_ms");

CREATE INDEX "uploads_by_project" on "uploads" ("project", "state");

CREATE TABLE "users" (
  "id" text primary key,
  "login" text not null,
  "login_key" text not null unique,
  "email" text,
  "email_key" text unique,
  "name" text not null,
  "site_admin" integer not null,
  "disabled_ms" integer,
  "created_ms" integer not null,
  "modified_ms" integer not null,
  "revision" integer not null
);
