-- A lease has no end by anybody's clock: it counts its renewals, and whoever waits watches whether the count moves.

DROP TABLE leases;
CREATE TABLE leases (
    run        TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    beat       INTEGER NOT NULL,
    renewed_at REAL NOT NULL
) WITHOUT ROWID;
