-- SPDX-License-Identifier: MIT
-- event.sql - what happened, the messages it causes, who looked.

-- name: event_insert :exec
-- in: now time, n int, kind text, actor_kind text, actor text, from_status int?, to_status int?
-- in: reason text?, detail blob?
-- The next number; the schema refuses any other.
INSERT INTO event (seq, at, n, kind, actor_kind, actor, from_status, to_status, reason, detail)
VALUES (coalesce((SELECT max(seq) FROM event), 0) + 1, :now, :n, :kind, :actor_kind, :actor,
       :from_status, :to_status, :reason, :detail);

-- name: event_list :many
-- in: n int
-- out: seq int, at time, kind text, actor_kind text, actor text, from_status int?, to_status int?
-- out: reason text?, detail blob?
SELECT seq, at, kind, actor_kind, actor, from_status, to_status, reason, detail
  FROM event WHERE n = :n ORDER BY seq LIMIT 1000;

-- name: event_last_at :one
-- in: n int
-- out: at time
SELECT at FROM event WHERE n = :n ORDER BY seq DESC LIMIT 1;

-- name: event_by_staff :one
-- in: n int
-- out: seq int
-- Has anybody of the clinic acted on it?
SELECT seq FROM event WHERE n = :n AND actor_kind IN ('staff', 'admin') ORDER BY seq LIMIT 1;

-- name: event_since :many
-- in: seq int, max int
-- out: seq int, at time, n int, kind text, actor_kind text, actor text, from_status int?, to_status int?
-- out: reference text, branch int
-- The change feed.
SELECT e.seq, e.at, e.n, e.kind, e.actor_kind, e.actor, e.from_status, e.to_status,
       b.reference, b.branch
  FROM event e JOIN booking b ON b.n = e.n
 WHERE e.seq > :seq ORDER BY e.seq LIMIT :max;

-- name: event_bounds :one
-- out: first int?, last int?
SELECT (SELECT min(seq) FROM event) AS first, (SELECT max(seq) FROM event) AS last;

-- name: outbox_insert :exec
-- in: n int, kind text, recipient text, language text, now time
INSERT INTO outbox (n, kind, recipient, language, created_at, due_at, state, attempts)
VALUES (:n, :kind, :recipient, :language, :now, :now, 'waiting', 0);

-- name: outbox_any :one
-- in: n int
-- out: id int
-- Was anything ever to be sent of it?
SELECT id FROM outbox WHERE n = :n ORDER BY id LIMIT 1;

-- name: outbox_waiting_count :one
-- out: count int
SELECT count(*) AS count FROM outbox WHERE state = 'waiting';

-- name: consent_insert :exec
-- in: n int, now time, basis text, text int?, language text, channel text
INSERT INTO consent (n, at, basis, text, language, channel)
VALUES (:n, :now, :basis, :text, :language, :channel);

-- name: consent_list :many
-- in: n int
-- out: at time, basis text, version text?, language text, channel text, withdrawn_at time?
SELECT c.at, c.basis, t.version AS version, c.language, c.channel, c.withdrawn_at
  FROM consent c LEFT JOIN text t ON t.id = c.text
 WHERE c.n = :n ORDER BY c.id LIMIT 50;

-- name: text_by_version :one
-- in: kind text, version text
-- out: id int, language text
SELECT id, language FROM text WHERE kind = :kind AND version = :version;

-- name: text_insert :exec
-- in: kind text, language text, version text, body text, now time
INSERT INTO text (kind, language, version, body, since)
VALUES (:kind, :language, :version, :body, :now)
ON CONFLICT (kind, version, language) DO NOTHING;

-- name: audit_last :one
-- out: seq int, chain blob
SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert :exec
-- in: seq int, now time, actor_kind text, actor text, action text, n int?, chain blob
INSERT INTO audit (seq, at, actor_kind, actor, action, n, chain)
VALUES (:seq, :now, :actor_kind, :actor, :action, :n, :chain);

-- name: audit_list :many
-- in: after int, max int
-- out: seq int, at time, actor_kind text, actor text, action text, n int?, chain blob
SELECT seq, at, actor_kind, actor, action, n, chain FROM audit WHERE seq > :after ORDER BY seq LIMIT :max;
