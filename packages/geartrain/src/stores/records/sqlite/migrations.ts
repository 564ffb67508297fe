/**
 * The steps from an empty database to the present schema; the number of steps taken is the database's `user_version`. A step that was
 * released is never changed: another one is added. `schema.sql` shows what all of them make.
 *
 * Documents are the JSON texts that were given, each with the sha256 of its bytes, so that a damaged one is never taken for whole. The other
 * columns of `jobs` and `gears` repeat what lists, filters and look-ups need, so that those read no document.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE gears (
    id TEXT PRIMARY KEY,
    tree TEXT NOT NULL,
    document TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT;

  CREATE TABLE gear_references (
    reference TEXT PRIMARY KEY,
    gear TEXT NOT NULL REFERENCES gears (id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT;
  CREATE INDEX gear_references_by_gear ON gear_references (gear);

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'complete', 'failed', 'cancelled')),
    gear_name TEXT NOT NULL,
    gear_version TEXT NOT NULL,
    gear_id TEXT NOT NULL,
    tree TEXT NOT NULL,
    created TEXT NOT NULL,
    ended TEXT,
    exit_code INTEGER,
    reason TEXT,
    wall_ms REAL,
    owner TEXT NOT NULL,
    owner_checksum TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_by_creation ON jobs (created, id);
  CREATE INDEX jobs_by_state ON jobs (state, created, id);

  CREATE TABLE job_documents (
    job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT;

  CREATE TABLE job_blobs (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    blob TEXT NOT NULL,
    PRIMARY KEY (job, blob)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE verifications (
    number INTEGER PRIMARY KEY,
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT;
  CREATE INDEX verifications_by_job ON verifications (job);

  CREATE TABLE write_leases (
    number INTEGER PRIMARY KEY,
    pid INTEGER NOT NULL,
    start_time TEXT NOT NULL,
    host TEXT NOT NULL,
    since_ms INTEGER NOT NULL
  ) STRICT;
  `,
  "CREATE INDEX job_blobs_by_blob ON job_blobs (blob);",
  `
  CREATE TABLE freed_blobs (
    blob TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // What the jobs before it need for it is in their documents; one that is damaged stays without, which the check of the records tells of anyway.
  `
  ALTER TABLE jobs ADD COLUMN stands_for TEXT;
  ALTER TABLE jobs ADD COLUMN output_bytes INTEGER;
  ALTER TABLE jobs ADD COLUMN peak_memory_bytes INTEGER;
  UPDATE jobs SET
    stands_for = (
      SELECT document ->> '$.invocationDigest' FROM job_documents
      WHERE job = jobs.id
        AND document ->> '$.gear.development' IS NULL
        AND document ->> '$.conditions' IS NULL
        AND document ->> '$.forVerification' IS NULL
        AND NOT EXISTS (SELECT 1 FROM json_each(document, '$.invocation.inputs') WHERE value ->> '$.base' = 'api-key')
    ),
    output_bytes = (
      SELECT coalesce(sum(value ->> '$.sizeBytes'), 0) FROM job_documents, json_each(document, '$.outputs')
      WHERE job = jobs.id
    ),
    peak_memory_bytes = (SELECT document ->> '$.usage.peakMemoryBytes' FROM job_documents WHERE job = jobs.id)
  WHERE (SELECT json_valid(document) FROM job_documents WHERE job = jobs.id);
  CREATE INDEX jobs_by_invocation ON jobs (stands_for, state, ended, id) WHERE stands_for IS NOT NULL;
  CREATE INDEX jobs_by_gear ON jobs (gear_name, created, id);
  `,
  // The same: a damaged one has no name.
  `
  ALTER TABLE gears ADD COLUMN name TEXT;
  ALTER TABLE gears ADD COLUMN imported TEXT;
  UPDATE gears SET name = document ->> '$.manifest.name', imported = document ->> '$.imported' WHERE json_valid(document);
  CREATE INDEX gears_by_name ON gears (name, imported);
  `,
]
