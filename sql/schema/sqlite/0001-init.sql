-- 0001-init.sql - what a clinic's requests are kept in.
--
-- Times are integer milliseconds since 1970-01-01 UTC. Booleans are 0 or 1.
-- "sealed" is AES-256-GCM under a key derived from the master key, bound to the
-- booking's id. Hashes are SHA-256 of secrets that are themselves kept nowhere.
-- Local numbers (n, id) join tables; the outside sees references and tokens.

-- Steps of this schema that were applied.
CREATE TABLE migration (
	version    INTEGER PRIMARY KEY,
	name       TEXT    NOT NULL,
	sha256     TEXT    NOT NULL,          -- of the step's text: an edited step is refused
	applied_at INTEGER NOT NULL
) STRICT;

-- Facts about this database itself.
CREATE TABLE setting (
	name  TEXT PRIMARY KEY,               -- reference_key, master_key_check
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every clinic file that was loaded, whole; the newest is in force.
CREATE TABLE clinic_file (
	version   INTEGER PRIMARY KEY,
	loaded_at INTEGER NOT NULL,
	actor     TEXT    NOT NULL,
	sha256    BLOB    NOT NULL,
	document  TEXT    NOT NULL            -- JSON, checked before it was stored
) STRICT;

-- Branches, for what points at one. Never deleted: inactive.
CREATE TABLE branch (
	id      INTEGER PRIMARY KEY,
	slug    TEXT    NOT NULL UNIQUE,
	name    TEXT    NOT NULL,
	active  INTEGER NOT NULL CHECK (active IN (0, 1)),
	origin  TEXT    NOT NULL CHECK (origin IN ('file', 'staff')),
	version INTEGER NOT NULL              -- rises with every change
) STRICT;

-- Texts people were shown, by content: a consent points at the words it was given to.
CREATE TABLE text (
	id       INTEGER PRIMARY KEY,
	kind     TEXT    NOT NULL,            -- consent, notice
	language TEXT    NOT NULL,
	version  TEXT    NOT NULL,            -- first 12 hex digits of the body's SHA-256
	body     TEXT    NOT NULL,
	since    INTEGER NOT NULL,
	UNIQUE (kind, version, language)
) STRICT;

-- Catalogues of concerns that were in force; tags say under which they were made.
CREATE TABLE taxonomy (
	version   INTEGER PRIMARY KEY,
	sha256    BLOB    NOT NULL UNIQUE,
	loaded_at INTEGER NOT NULL
) STRICT;

-- Terms of all catalogues: a slug keeps its number for ever.
CREATE TABLE term (
	id   INTEGER PRIMARY KEY,
	slug TEXT NOT NULL,
	kind TEXT NOT NULL,                   -- concern, reason, option, flag
	UNIQUE (kind, slug)
) STRICT;

-- A consultation request. The current appointment comes with the calendar.
CREATE TABLE booking (
	n               INTEGER PRIMARY KEY,  -- in the order of arrival; rows stay, so never used twice
	id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16), -- UUIDv7 of received_at
	reference       TEXT    NOT NULL,     -- n, permuted under setting.reference_key: no index needed
	status          INTEGER NOT NULL CHECK (status BETWEEN 0 AND 10), -- book/status.h
	version         INTEGER NOT NULL,     -- rises with every change that needs If-Match
	channel         TEXT    NOT NULL,     -- web, phone, whatsapp, walk-in, email, other
	received_at     INTEGER NOT NULL,     -- rises with n
	clock_at        INTEGER NOT NULL,     -- from when the answer is due: received, or put back from spam
	respond_by      INTEGER NOT NULL,     -- the promise, by the branch's open hours
	contacted_at    INTEGER,              -- first attempt by staff
	branch          INTEGER NOT NULL REFERENCES branch (id),
	service         TEXT    NOT NULL,
	doctor          TEXT,                 -- the one asked for
	full_name       TEXT    NOT NULL,
	phone           TEXT    NOT NULL,     -- E.164
	phone_typed     TEXT    NOT NULL,     -- as typed
	email           TEXT,
	contact_method  TEXT    NOT NULL,     -- whatsapp, phone, email
	language        TEXT    NOT NULL,     -- en, ms, zh-Hans, ta, other
	adult           INTEGER NOT NULL CHECK (adult IN (0, 1)),
	guardian_name   TEXT,
	guardian_phone  TEXT,                 -- E.164
	guardian_relation TEXT,
	visited_before  TEXT,                 -- yes, no, not-sure: a claim, not a fact
	preferred_days  INTEGER NOT NULL,     -- bits: 1 Monday .. 64 Sunday, 128 any
	preferred_parts INTEGER NOT NULL,     -- bits: 1 morning, 2 afternoon, 4 evening, 8 any
	call_time       TEXT,                 -- best time to call, as typed
	note            BLOB,                 -- sealed
	linked          INTEGER REFERENCES booking (n), -- an earlier post of the same person
	linked_as       TEXT                  -- form, duplicate
) STRICT;
CREATE TRIGGER booking_is_kept BEFORE DELETE ON booking
BEGIN SELECT RAISE(ABORT, 'requests are erased, never deleted'); END;
CREATE INDEX booking_by_status ON booking (status, n);
CREATE INDEX booking_linked ON booking (linked) WHERE linked IS NOT NULL;

-- Where a request came from, as the site said. Text from outside, cut and cleaned.
CREATE TABLE source (
	n             INTEGER PRIMARY KEY REFERENCES booking (n) ON DELETE CASCADE,
	article       TEXT,                   -- a known slug, or 'unknown'
	page          TEXT,                   -- path only
	referrer_host TEXT,
	utm_source    TEXT,
	utm_medium    TEXT,
	utm_campaign  TEXT,
	utm_term      TEXT,
	utm_content   TEXT
) STRICT;

-- What a request is about, and who says so. status repeats the booking's, so
-- that "new requests about oil, newest first" is one range of one index.
CREATE TABLE booking_tag (
	n           INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	term        INTEGER NOT NULL REFERENCES term (id),
	source      INTEGER NOT NULL CHECK (source BETWEEN 0 AND 3), -- patient, text, staff, article
	taxonomy    INTEGER NOT NULL REFERENCES taxonomy (version),
	status      INTEGER NOT NULL,
	word_offset INTEGER,                  -- of the matched words in the note, bytes
	word_length INTEGER,
	PRIMARY KEY (n, term, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_tag_by_term ON booking_tag (term, status, n);

-- How a person is found: folded words, reversed digits, address (book/search.h).
CREATE TABLE search_token (
	token TEXT    NOT NULL,
	n     INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	PRIMARY KEY (token, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_token_by_booking ON search_token (n);

-- Links a patient holds. Several a booking, each with a scope and an end.
CREATE TABLE token (
	hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
	n          INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	scope      TEXT    NOT NULL CHECK (scope IN ('manage')),
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_booking ON token (n);

-- Posts that may come again: the answer, sealed with a key made of their own key.
CREATE TABLE idempotency (
	hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
	n          INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	body_hash  BLOB    NOT NULL,
	answer     BLOB    NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_end ON idempotency (expires_at);

-- What was agreed to, when, in which words; a withdrawal is a date, not a deletion.
CREATE TABLE consent (
	id           INTEGER PRIMARY KEY,
	n            INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	at           INTEGER NOT NULL,
	basis        TEXT    NOT NULL CHECK (basis = 'form' OR basis = 'host-page' OR basis = 'verbal'),
	text         INTEGER REFERENCES text (id), -- NULL: words of a page that is not ours
	language     TEXT    NOT NULL,
	channel      TEXT    NOT NULL,        -- the means of contact it names
	withdrawn_at INTEGER
) STRICT;
CREATE INDEX consent_by_booking ON consent (n);

-- Attempts of staff to reach a patient.
CREATE TABLE attempt (
	id       INTEGER PRIMARY KEY,
	n        INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	at       INTEGER NOT NULL,
	actor    TEXT    NOT NULL,
	channel  TEXT    NOT NULL,
	outcome  TEXT    NOT NULL,
	next_due INTEGER,
	text     BLOB                         -- sealed
) STRICT;
CREATE INDEX attempt_by_booking ON attempt (n);

-- Everything that ever happened to a request, in one order without gaps.
CREATE TABLE event (
	seq         INTEGER PRIMARY KEY,
	at          INTEGER NOT NULL,
	n           INTEGER NOT NULL REFERENCES booking (n),
	kind        TEXT    NOT NULL,         -- received, contacted, note, tagged, amended, closed, ...
	actor_kind  TEXT    NOT NULL CHECK (actor_kind = 'patient' OR actor_kind = 'staff' OR actor_kind = 'admin' OR actor_kind = 'system'),
	actor       TEXT    NOT NULL,         -- the key's or person's name; never a patient's
	from_status INTEGER,
	to_status   INTEGER,
	reason      TEXT,                     -- a word of a fixed list
	detail      BLOB                      -- sealed: old values, free text
) STRICT;
CREATE INDEX event_by_booking ON event (n, seq);

CREATE TRIGGER event_without_gap BEFORE INSERT ON event
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM event), 0) + 1
BEGIN SELECT RAISE(ABORT, 'event out of sequence'); END;

-- Erasure may empty the detail; nothing else of an event ever changes.
CREATE TRIGGER event_is_append_only BEFORE UPDATE ON event
WHEN NEW.detail IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.at <> OLD.at OR NEW.n <> OLD.n
  OR NEW.kind <> OLD.kind OR NEW.actor_kind <> OLD.actor_kind OR NEW.actor <> OLD.actor
  OR NEW.from_status IS NOT OLD.from_status OR NEW.to_status IS NOT OLD.to_status
  OR NEW.reason IS NOT OLD.reason
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Messages to the outside, written with what caused them, sent by somebody else.
CREATE TABLE outbox (
	id         INTEGER PRIMARY KEY,
	n          INTEGER NOT NULL REFERENCES booking (n) ON DELETE CASCADE,
	kind       TEXT    NOT NULL,          -- request-received, request-new
	recipient  TEXT    NOT NULL CHECK (recipient IN ('patient', 'clinic')),
	language   TEXT    NOT NULL,
	created_at INTEGER NOT NULL,
	due_at     INTEGER NOT NULL,
	state      TEXT    NOT NULL CHECK (state = 'waiting' OR state = 'sent' OR state = 'failed' OR state = 'cancelled'),
	attempts   INTEGER NOT NULL,
	sent_at    INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_by_booking ON outbox (n);

-- Who may use the API: the key itself is shown once and kept only as a hash.
CREATE TABLE api_key (
	id         INTEGER PRIMARY KEY,
	name       TEXT    NOT NULL UNIQUE,
	hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
	role       TEXT    NOT NULL,
	branch     INTEGER REFERENCES branch (id), -- NULL: all
	created_at INTEGER NOT NULL,
	created_by TEXT    NOT NULL,
	expires_at INTEGER,
	revoked_at INTEGER
) STRICT;

-- Who looked at what. Each row's chain is SHA-256 over the one before and itself.
CREATE TABLE audit (
	seq        INTEGER PRIMARY KEY,
	at         INTEGER NOT NULL,
	actor_kind TEXT    NOT NULL,
	actor      TEXT    NOT NULL,
	action     TEXT    NOT NULL,
	n          INTEGER,                   -- the booking; NULL for an export
	chain      BLOB    NOT NULL CHECK (length(chain) = 32)
) STRICT;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- What was erased must not come back with a backup, nor be written to again.
CREATE TABLE suppression (
	hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32), -- keyed hash of what was erased
	kind       TEXT    NOT NULL CHECK (kind = 'booking' OR kind = 'phone' OR kind = 'email'),
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
