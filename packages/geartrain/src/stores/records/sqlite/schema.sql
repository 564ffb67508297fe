PRAGMA user_version = 5;

CREATE TABLE gears (
  id TEXT PRIMARY KEY,
  tree TEXT NOT NULL,
  document TEXT NOT NULL,
  checksum TEXT NOT NULL
, name TEXT, imported TEXT) STRICT;

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
, stands_for TEXT, output_bytes INTEGER, peak_memory_bytes INTEGER) STRICT;

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

CREATE INDEX job_blobs_by_blob ON job_blobs (blob);

CREATE TABLE freed_blobs (
  blob TEXT PRIMARY KEY,
  document TEXT NOT NULL,
  checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_invocation ON jobs (stands_for, state, ended, id) WHERE stands_for IS NOT NULL;

CREATE INDEX jobs_by_gear ON jobs (gear_name, created, id);

CREATE INDEX gears_by_name ON gears (name, imported);
