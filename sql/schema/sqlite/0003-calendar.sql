-- 0003-calendar.sql - doctors and rooms, and the times that are taken.
--
-- Nobody and nothing is in two places: an overlap of claims is refused here,
-- for whoever writes, by whatever path. Claims are inserted and deleted, never
-- changed; who takes them checks first, so that a refusal has written nothing,
-- and these triggers are the net under all of it.

-- What can be taken up: a doctor, or a room or device. Never deleted: inactive.
CREATE TABLE resource (
	id       INTEGER PRIMARY KEY,
	class    TEXT    NOT NULL CHECK (class = 'doctor' OR class = 'room'),
	slug     TEXT    NOT NULL,
	capacity INTEGER NOT NULL CHECK (capacity BETWEEN 1 AND 100), -- at the same time
	active   INTEGER NOT NULL CHECK (active IN (0, 1)),
	origin   TEXT    NOT NULL CHECK (origin = 'file' OR origin = 'staff'),
	version  INTEGER NOT NULL,            -- rises with every change
	UNIQUE (class, slug)
) STRICT;

-- One row a booking and resource: [starts, ends) with the buffers of its service.
CREATE TABLE claim (
	resource INTEGER NOT NULL REFERENCES resource (id),
	unit     INTEGER NOT NULL CHECK (unit >= 0), -- which of the capacity
	starts   INTEGER NOT NULL CHECK (starts % 300000 = 0), -- five-minute cells
	ends     INTEGER NOT NULL CHECK (ends % 300000 = 0),
	n        INTEGER NOT NULL REFERENCES booking (n),
	begins   INTEGER NOT NULL CHECK (begins BETWEEN starts AND ends), -- the visit itself
	override INTEGER NOT NULL CHECK (override IN (0, 1)), -- may overlap: a person said why
	PRIMARY KEY (resource, unit, starts, n),
	CHECK (ends > starts AND ends - starts <= 43200000) -- twelve hours: the scans below are exact
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_booking ON claim (n);

CREATE TRIGGER claim_never_changes BEFORE UPDATE ON claim
BEGIN SELECT RAISE(ABORT, 'claims are inserted and deleted, never changed'); END;

CREATE TRIGGER claim_overlaps_none BEFORE INSERT ON claim
WHEN NEW.override = 0 AND EXISTS (
	SELECT 1 FROM claim c
	 WHERE c.resource = NEW.resource AND c.unit = NEW.unit
	   AND c.starts > NEW.starts - 43200000 AND c.starts < NEW.ends AND c.ends > NEW.starts)
BEGIN SELECT RAISE(ABORT, 'the time is taken'); END;

CREATE TRIGGER claim_within_capacity BEFORE INSERT ON claim
WHEN NEW.unit >= (SELECT capacity FROM resource WHERE id = NEW.resource)
BEGIN SELECT RAISE(ABORT, 'there are not as many of it'); END;

-- The newest event is the latest moment this database knows of: what ended before
-- it stands in nobody's way.
CREATE TRIGGER resource_capacity_is_held BEFORE UPDATE OF capacity ON resource
WHEN NEW.capacity < OLD.capacity AND EXISTS (
	SELECT 1 FROM claim c
	 WHERE c.resource = OLD.id AND c.unit >= NEW.capacity
	   AND c.ends > coalesce((SELECT at FROM event ORDER BY seq DESC LIMIT 1), 0))
BEGIN SELECT RAISE(ABORT, 'the capacity is taken'); END;

-- Which stretches changed, for whoever keeps the taken times in memory
-- (book/calendar.h). The newest row is never purged.
CREATE TABLE claim_change (
	seq      INTEGER PRIMARY KEY,
	resource INTEGER NOT NULL,
	unit     INTEGER NOT NULL,
	starts   INTEGER NOT NULL,
	ends     INTEGER NOT NULL
) STRICT;
CREATE TRIGGER claim_was_made AFTER INSERT ON claim
BEGIN INSERT INTO claim_change (resource, unit, starts, ends)
      VALUES (NEW.resource, NEW.unit, NEW.starts, NEW.ends); END;
CREATE TRIGGER claim_was_given_back AFTER DELETE ON claim
BEGIN INSERT INTO claim_change (resource, unit, starts, ends)
      VALUES (OLD.resource, OLD.unit, OLD.starts, OLD.ends); END;

-- The time a request has, or only wishes for (held 0). One a request: the ones
-- before it are in its events.
CREATE TABLE appointment (
	n            INTEGER PRIMARY KEY REFERENCES booking (n),
	starts_at    INTEGER NOT NULL,
	ends_at      INTEGER NOT NULL,        -- both without buffers
	promised     TEXT    NOT NULL,        -- the wall clock's words: 2026-11-26T18:30 Asia/Singapore
	doctor       INTEGER REFERENCES resource (id), -- NULL: a wish, whoever it is
	held         INTEGER NOT NULL CHECK (held IN (0, 1)), -- its claims stand
	taken_at     INTEGER,                 -- when a patient took it without staff: counted by the hour
	hold_ends_at INTEGER,                 -- until when an unanswered request keeps its time
	sequence     INTEGER NOT NULL,        -- of the calendar entry (RFC 5545): rises with every change
	stranded_at  INTEGER                  -- since when the clinic cannot keep it
) STRICT;
CREATE INDEX appointment_by_start ON appointment (starts_at, n);
CREATE INDEX appointment_taken ON appointment (taken_at) WHERE taken_at IS NOT NULL;
CREATE INDEX appointment_hold ON appointment (hold_ends_at) WHERE hold_ends_at IS NOT NULL;
CREATE INDEX appointment_stranded ON appointment (stranded_at, n) WHERE stranded_at IS NOT NULL;

-- Absences and closures that staff entered; the file's own are in its document.
-- Wall-clock minutes since 1970, of the branch in question.
CREATE TABLE absence (
	id         INTEGER PRIMARY KEY,
	doctor     INTEGER NOT NULL REFERENCES resource (id),
	from_min   INTEGER NOT NULL,
	to_min     INTEGER NOT NULL CHECK (to_min > from_min),
	reason     TEXT,
	created_at INTEGER NOT NULL,
	created_by TEXT    NOT NULL
) STRICT;
CREATE TABLE closure (
	id         INTEGER PRIMARY KEY,
	branch     INTEGER REFERENCES branch (id), -- NULL: all
	day        INTEGER NOT NULL,          -- since 1970-01-01
	name       TEXT    NOT NULL,
	created_at INTEGER NOT NULL,
	created_by TEXT    NOT NULL
) STRICT;

-- Rises with everything that changes when the clinic is open, and for whom: who
-- decides by an older one is told to ask again.
CREATE TABLE schedule_version (
	version INTEGER NOT NULL
) STRICT;
INSERT INTO schedule_version (version) VALUES (0);
