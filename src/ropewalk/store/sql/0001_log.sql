-- The log, and what stands next to it. `records` is the only truth; runs, asks and refs are folded from it.

CREATE TABLE records (
    position INTEGER PRIMARY KEY,
    run      TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    at       REAL    NOT NULL,
    kind     TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    cause    TEXT    NOT NULL,
    body     BLOB    NOT NULL,
    hash     BLOB    NOT NULL,
    seal     INTEGER NOT NULL
);

-- The fence: of two drivers that append the same version only one wins.
CREATE UNIQUE INDEX records_version ON records (run, version);

-- Positions up to `floor` are never given again, also when the newest run is deleted. It moves with every deletion.
CREATE TABLE ledger (
    floor INTEGER NOT NULL
);
INSERT INTO ledger VALUES (0);

CREATE TABLE blobs (
    digest TEXT PRIMARY KEY,
    at     REAL NOT NULL,
    data   BLOB NOT NULL
);

CREATE TABLE notes (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE leases (
    run   TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until REAL NOT NULL,
    host  TEXT NOT NULL,
    pid   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE outputs (
    id      INTEGER PRIMARY KEY,
    run     TEXT    NOT NULL,
    attempt TEXT    NOT NULL,
    start   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    at      REAL    NOT NULL,
    chunk   BLOB    NOT NULL
);
CREATE UNIQUE INDEX outputs_start ON outputs (run, attempt, start, bytes);

-- How far the views are folded, and by which edition of the fold.
CREATE TABLE views (
    position INTEGER NOT NULL,
    shape    INTEGER NOT NULL
);
INSERT INTO views VALUES (0, 0);

CREATE TABLE runs (
    run        TEXT PRIMARY KEY,
    created_at REAL NOT NULL,
    ended_at   REAL,
    status     TEXT NOT NULL,
    workflow   TEXT NOT NULL,
    parent     TEXT NOT NULL,
    forked     TEXT NOT NULL,
    words      TEXT NOT NULL,
    view       BLOB NOT NULL
);
CREATE INDEX runs_created ON runs (created_at, run);
CREATE INDEX runs_status ON runs (status, created_at, run);
CREATE INDEX runs_workflow ON runs (workflow, status, created_at, run);
CREATE INDEX runs_parent ON runs (parent, created_at, run);
CREATE INDEX runs_forked ON runs (forked) WHERE forked <> '';

CREATE TABLE asks (
    position INTEGER PRIMARY KEY,
    run      TEXT NOT NULL
);
CREATE INDEX asks_run ON asks (run);

-- Which run names which blob.
CREATE TABLE refs (
    digest TEXT NOT NULL,
    run    TEXT NOT NULL,
    PRIMARY KEY (digest, run)
) WITHOUT ROWID;
CREATE INDEX refs_run ON refs (run);
