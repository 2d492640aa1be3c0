-- SPDX-License-Identifier: MIT
-- calendar.sql - doctors and rooms, claims on their time, appointments.

-- name: resource_list :many
-- out: id int, class text, slug text, capacity int, active bool
SELECT id, class, slug, capacity, active FROM resource ORDER BY id;

-- name: resource_upsert :exec
-- in: class text, slug text, capacity int
INSERT INTO resource (class, slug, capacity, active, origin, version)
VALUES (:class, :slug, :capacity, 1, 'file', 1)
ON CONFLICT (class, slug) DO UPDATE SET capacity = :capacity, active = 1, version = version + 1
 WHERE capacity <> :capacity OR active = 0;

-- name: resource_deactivate :exec
-- in: id int
UPDATE resource SET active = 0, version = version + 1 WHERE id = :id AND active = 1;

-- name: resource_taken_above :one
-- in: id int, unit int, now time
-- out: n int
-- Does anybody hold a unit from that one on, from now on?
SELECT n FROM claim WHERE resource = :id AND unit >= :unit AND ends > :now LIMIT 1;

-- name: claim_insert :exec
-- in: resource int, unit int, starts time, ends time, n int, begins time, override bool
INSERT INTO claim (resource, unit, starts, ends, n, begins, override)
VALUES (:resource, :unit, :starts, :ends, :n, :begins, :override);

-- name: claim_delete :exec
-- in: n int
DELETE FROM claim WHERE n = :n;

-- name: claim_of :many
-- in: n int
-- out: resource int, unit int, starts time, ends time, begins time, override bool
SELECT resource, unit, starts, ends, begins, override FROM claim WHERE n = :n
 ORDER BY resource, unit LIMIT 20;

-- name: claim_names :many
-- in: n int
-- out: class text, slug text, unit int, starts time, ends time, override bool
SELECT r.class, r.slug, c.unit, c.starts, c.ends, c.override
  FROM claim c JOIN resource r ON r.id = c.resource WHERE c.n = :n ORDER BY r.class, r.id LIMIT 20;

-- name: claim_in :many
-- in: resource int, unit int, from_ms time, to_ms time
-- out: n int, starts time, ends time, begins time
-- What touches a stretch; no claim is longer than twelve hours.
SELECT n, starts, ends, begins FROM claim
 WHERE resource = :resource AND unit = :unit
   AND starts > :from_ms - 43200000 AND starts < :to_ms AND ends > :from_ms;

-- name: claim_change_since :many
-- in: seq int
-- out: seq int, resource int, unit int, starts time, ends time
SELECT seq, resource, unit, starts, ends FROM claim_change WHERE seq > :seq ORDER BY seq;

-- name: claim_change_bounds :one
-- out: first int?, last int?
SELECT (SELECT min(seq) FROM claim_change) AS first, (SELECT max(seq) FROM claim_change) AS last;

-- name: claim_change_purge :exec
-- in: keep int
DELETE FROM claim_change WHERE seq <= (SELECT max(seq) FROM claim_change) - :keep;

-- name: appointment_row :one
-- in: n int
-- out: starts_at time, ends_at time, promised text, doctor int?, held bool, taken_at time?
-- out: hold_ends_at time?, sequence int, stranded_at time?, doctor_slug text?, room_slug text?
SELECT a.starts_at, a.ends_at, a.promised, a.doctor, a.held, a.taken_at, a.hold_ends_at, a.sequence,
       a.stranded_at, (SELECT slug FROM resource WHERE id = a.doctor) AS doctor_slug,
       (SELECT r.slug FROM claim c JOIN resource r ON r.id = c.resource
         WHERE c.n = a.n AND r.class = 'room' ORDER BY c.resource LIMIT 1) AS room_slug
  FROM appointment a WHERE a.n = :n;

-- name: appointment_put :exec
-- in: n int, starts_at time, ends_at time, promised text, doctor int?, held bool, taken_at time?
-- in: hold_ends_at time?
-- The time a request has or wishes for from now on; the hour's count is of the first taking.
INSERT INTO appointment (n, starts_at, ends_at, promised, doctor, held, taken_at, hold_ends_at, sequence)
VALUES (:n, :starts_at, :ends_at, :promised, :doctor, :held, :taken_at, :hold_ends_at, 0)
ON CONFLICT (n) DO UPDATE SET starts_at = :starts_at, ends_at = :ends_at, promised = :promised,
       doctor = :doctor, held = :held, taken_at = coalesce(taken_at, :taken_at),
       hold_ends_at = :hold_ends_at, sequence = sequence + 1, stranded_at = NULL;

-- name: appointment_let_go :exec
-- in: n int
-- Its claims are gone; the time stays as a wish, or as what was.
UPDATE appointment SET held = 0, hold_ends_at = NULL, stranded_at = NULL, sequence = sequence + 1
 WHERE n = :n;

-- name: appointment_keep :exec
-- in: n int
-- Staff have answered: what is held does not end by itself any more.
UPDATE appointment SET hold_ends_at = NULL WHERE n = :n AND hold_ends_at IS NOT NULL;

-- name: appointment_strand :exec
-- in: n int, stranded_at time?
UPDATE appointment SET stranded_at = :stranded_at WHERE n = :n;

-- name: appointment_stranded_why :one
-- in: n int
-- out: reason text?
-- A word of slot.def.
SELECT reason FROM event WHERE n = :n AND kind = 'stranded' ORDER BY seq DESC LIMIT 1;

-- name: appointment_stranded_count :one
-- in: now time, branch int
-- out: count int
-- How many to come cannot be kept, at a branch or (0) at all; + keeps to the index of those.
SELECT count(*) AS count FROM appointment a JOIN booking b ON b.n = a.n
 WHERE a.stranded_at IS NOT NULL AND +a.starts_at >= :now AND (:branch = 0 OR b.branch = :branch);

-- name: appointment_taken_since :one
-- in: since time
-- out: count int
-- How many times patients took by themselves.
SELECT count(*) AS count FROM appointment WHERE taken_at > :since;

-- name: appointment_of_phone :many
-- in: token text, now time
-- out: n int, full_name text
-- Who of that phone holds a time to come. token: the phone's of search_token.
SELECT a.n, b.full_name FROM search_token s JOIN appointment a ON a.n = s.n JOIN booking b ON b.n = s.n
 WHERE s.token = :token AND a.held = 1 AND a.starts_at > :now LIMIT 50;

-- name: appointment_hold_due :many
-- in: now time, max int
-- out: n int
SELECT n FROM appointment WHERE hold_ends_at IS NOT NULL AND hold_ends_at <= :now
 ORDER BY hold_ends_at LIMIT :max;

-- name: appointment_held_from :many
-- in: now time
-- out: n int, starts_at time, ends_at time, doctor int?, stranded_at time?, reference text, branch int
-- out: service text
-- Everything that is still to come, for holding it against a new schedule.
SELECT a.n, a.starts_at, a.ends_at, a.doctor, a.stranded_at, b.reference, b.branch, b.service
  FROM appointment a JOIN booking b ON b.n = a.n
 WHERE a.starts_at >= :now AND a.held = 1 ORDER BY a.starts_at, a.n;

-- name: absence_list :many
-- out: id int, doctor int, from_min int, to_min int, reason text?, created_at time, created_by text
SELECT id, doctor, from_min, to_min, reason, created_at, created_by FROM absence ORDER BY id;

-- name: absence_insert :one
-- in: doctor int, from_min int, to_min int, reason text?, now time, created_by text
-- out: id int
INSERT INTO absence (doctor, from_min, to_min, reason, created_at, created_by)
VALUES (:doctor, :from_min, :to_min, :reason, :now, :created_by) RETURNING id;

-- name: absence_delete :exec
-- in: id int
DELETE FROM absence WHERE id = :id;

-- name: closure_list :many
-- out: id int, branch int?, day int, name text, created_at time, created_by text
SELECT id, branch, day, name, created_at, created_by FROM closure ORDER BY id;

-- name: closure_insert :one
-- in: branch int?, day int, name text, now time, created_by text
-- out: id int
INSERT INTO closure (branch, day, name, created_at, created_by)
VALUES (:branch, :day, :name, :now, :created_by) RETURNING id;

-- name: closure_delete :exec
-- in: id int
DELETE FROM closure WHERE id = :id;

-- name: schedule_version :one
-- out: version int
SELECT version FROM schedule_version;

-- name: schedule_version_raise :exec
UPDATE schedule_version SET version = version + 1;

-- name: event_last_status :one
-- in: n int
-- out: kind text, at time, actor_kind text, actor text, from_status int?, to_status int
-- The newest transition of a request: what an undo goes back over.
SELECT kind, at, actor_kind, actor, from_status, to_status FROM event
 WHERE n = :n AND to_status IS NOT NULL ORDER BY seq DESC LIMIT 1;

-- name: event_into_status :one
-- in: n int, status int
-- out: at time, actor_kind text, from_status int?
-- How a request came to where it stands, other than by an undo.
SELECT at, actor_kind, from_status FROM event
 WHERE n = :n AND to_status = :status AND kind <> 'undone' ORDER BY seq DESC LIMIT 1;

-- name: resource_slug :one
-- in: id int
-- out: slug text
SELECT slug FROM resource WHERE id = :id;
