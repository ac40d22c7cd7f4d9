-- What stands next to the log is sealed, and where it ends is remembered: so `ropewalk verify` misses what was changed or taken away.

-- The last record of each run, written with it.
CREATE TABLE heads (
    run     TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    hash    BLOB    NOT NULL
) WITHOUT ROWID;
INSERT INTO heads SELECT run, version, hash FROM records AS last
    WHERE version = (SELECT max(version) FROM records WHERE run = last.run);

ALTER TABLE notes ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
UPDATE notes SET seal = ropewalk_seal(key, value);
ALTER TABLE ledger ADD COLUMN notes INTEGER NOT NULL DEFAULT 0;
UPDATE ledger SET notes = (SELECT count(*) FROM notes);

ALTER TABLE outputs ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
UPDATE outputs SET seal = ropewalk_seal(run, attempt, start, bytes, at, chunk);

-- How much each attempt has said.
CREATE TABLE ends (
    run     TEXT    NOT NULL,
    attempt TEXT    NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (run, attempt)
) WITHOUT ROWID;
INSERT INTO ends SELECT run, attempt, max(start + bytes) FROM outputs GROUP BY run, attempt;
