-- 0002-staff.sql - people who work the requests, and where they are signed in.

-- A person of the clinic. Never deleted: disabled, so that history keeps its names.
CREATE TABLE staff (
	id          INTEGER PRIMARY KEY,
	login       TEXT    NOT NULL UNIQUE,
	name        TEXT    NOT NULL,
	role        TEXT    NOT NULL,         -- book/role.c
	branch      INTEGER REFERENCES branch (id), -- NULL: all
	password    TEXT    NOT NULL,         -- argon2id, with its parameters
	must_change INTEGER NOT NULL CHECK (must_change IN (0, 1)), -- a one-time password
	created_at  INTEGER NOT NULL,
	created_by  TEXT    NOT NULL,
	disabled_at INTEGER
) STRICT;

-- A browser that is signed in; its cookie is kept only as a hash.
CREATE TABLE session (
	hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
	staff      INTEGER NOT NULL REFERENCES staff (id),
	created_at INTEGER NOT NULL,
	seen_at    INTEGER NOT NULL,          -- to the minute: for the idle limit
	expires_at INTEGER NOT NULL           -- whatever happens
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_staff ON session (staff);
