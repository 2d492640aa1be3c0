-- SPDX-License-Identifier: MIT
-- privacy.sql - what is erased of a request, what is told of one, when its time is up.

-- name: booking_erase :exec
-- in: n int, status int
-- What is left is a tombstone: reference, times, branch, service, channel.
UPDATE booking
   SET status = :status, version = version + 1, doctor = NULL, full_name = '', phone = '',
       phone_typed = '', email = NULL, contact_method = '', language = '', adult = 1,
       guardian_name = NULL, guardian_phone = NULL, guardian_relation = NULL,
       visited_before = NULL, preferred_days = 0, preferred_parts = 0, call_time = NULL,
       note = NULL, linked = NULL, linked_as = NULL
 WHERE n = :n;

-- name: booking_unlink :exec
-- in: n int
-- Later requests no longer say that they are of the same person.
UPDATE booking SET linked = NULL, linked_as = NULL WHERE linked = :n;

-- name: source_erase :exec
-- in: n int
-- The article stays: it is a known one or 'unknown', and it is counted.
UPDATE source SET page = NULL, referrer_host = NULL, utm_source = NULL, utm_medium = NULL,
       utm_campaign = NULL, utm_term = NULL, utm_content = NULL
 WHERE n = :n;

-- name: tag_erase :exec
-- in: n int, status int
-- For the tags that are still counted: nothing points into a text any more.
UPDATE booking_tag SET status = :status, word_offset = NULL, word_length = NULL WHERE n = :n;

-- name: attempt_erase :exec
-- in: n int
UPDATE attempt SET text = NULL, next_due = NULL WHERE n = :n;

-- name: event_erase :exec
-- in: n int
UPDATE event SET detail = NULL WHERE n = :n AND detail IS NOT NULL;

-- name: token_delete :exec
-- in: n int
DELETE FROM token WHERE n = :n;

-- name: idempotency_forget :exec
-- in: n int
-- Walks the rows that have not ended, of 48 hours: an index by n would cost every post.
DELETE FROM idempotency WHERE expires_at > 0 AND n = :n;

-- name: outbox_cancel :exec
-- in: n int, recipient text?
-- What waits to be sent; NULL: to anybody.
UPDATE outbox SET state = 'cancelled'
 WHERE n = :n AND state = 'waiting' AND (:recipient IS NULL OR recipient = :recipient);

-- name: suppression_add :exec
-- in: hash blob, kind text, now time
INSERT INTO suppression (hash, kind, created_at) VALUES (:hash, :kind, :now)
ON CONFLICT (hash) DO NOTHING;

-- name: event_first_of :one
-- in: n int, kind text
-- out: seq int, at time
SELECT seq, at FROM event WHERE n = :n AND kind = :kind ORDER BY seq LIMIT 1;

-- name: outbox_list :many
-- in: n int
-- out: kind text, recipient text, language text, created_at time, due_at time, state text
-- out: attempts int, sent_at time?
SELECT kind, recipient, language, created_at, due_at, state, attempts, sent_at
  FROM outbox WHERE n = :n ORDER BY id LIMIT 200;

-- name: token_list :many
-- in: n int
-- out: scope text, created_at time, expires_at time, revoked_at time?
-- That a link was given, never the link.
SELECT scope, created_at, expires_at, revoked_at FROM token WHERE n = :n ORDER BY created_at LIMIT 200;

-- name: retention_look :many
-- in: status int, after int, before int, max int, now time
-- out: n int, reference text, last_at time
-- Requests of a status that are old enough to have had their time, with their last event;
-- not those that are still to come.
SELECT b.n, b.reference,
       coalesce((SELECT e.at FROM event e WHERE e.n = b.n ORDER BY e.seq DESC LIMIT 1),
                b.received_at) AS last_at
  FROM booking b
 WHERE b.status = :status AND b.n > :after AND b.n < :before
   AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.n = b.n AND a.held = 1 AND a.ends_at > :now)
 ORDER BY b.n LIMIT :max;

-- name: scrub_set :exec
-- Deleted, and perhaps still to be read in the files. Written with what deleted it, so that
-- a start after a crash knows.
INSERT INTO setting (name, value) VALUES ('scrub_due', x'01') ON CONFLICT (name) DO NOTHING;

-- name: scrub_unset :exec
DELETE FROM setting WHERE name = 'scrub_due';

-- name: scrub_due :one
-- out: due int
SELECT count(*) AS due FROM setting WHERE name = 'scrub_due';
