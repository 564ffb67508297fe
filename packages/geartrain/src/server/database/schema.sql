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

CREATE TABLE "schema_lock" (
  "id" varchar(255) not null primary key,
  "is_locked" integer default 0 not null
);

CREATE TABLE "schema_steps" (
  "name" varchar(255) not null primary key,
  "timestamp" varchar(255) not null
);
