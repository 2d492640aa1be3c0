-- SPDX-License-Identifier: MIT
-- staff.sql - people of the clinic and their sessions.

-- name: staff_insert :exec
-- in: login text, name text, role text, branch int?, password text, now time, created_by text
INSERT INTO staff (login, name, role, branch, password, must_change, created_at, created_by)
VALUES (:login, :name, :role, :branch, :password, 1, :now, :created_by);

-- name: staff_by_login :one
-- in: login text
-- out: id int, name text, role text, password text, must_change bool, disabled_at time?
SELECT id, name, role, password, must_change, disabled_at FROM staff WHERE login = :login;

-- name: staff_list :many
-- out: login text, name text, role text, branch text?, created_at time, created_by text, disabled_at time?
SELECT s.login, s.name, s.role, b.slug AS branch, s.created_at, s.created_by, s.disabled_at
  FROM staff s LEFT JOIN branch b ON b.id = s.branch ORDER BY s.id LIMIT 1000;

-- name: staff_disable :exec
-- in: login text, now time
UPDATE staff SET disabled_at = :now WHERE login = :login AND disabled_at IS NULL;

-- name: staff_set_password :exec
-- in: id int, password text, must_change bool
UPDATE staff SET password = :password, must_change = :must_change WHERE id = :id;

-- name: staff_enable :exec
-- in: id int
UPDATE staff SET disabled_at = NULL WHERE id = :id;

-- name: session_insert :exec
-- in: hash blob, staff int, now time, expires_at time
INSERT INTO session (hash, staff, created_at, seen_at, expires_at)
VALUES (:hash, :staff, :now, :now, :expires_at);

-- name: session_get :one
-- in: hash blob
-- out: staff int, seen_at time, expires_at time, login text, name text, role text, branch int?, must_change bool, disabled_at time?
SELECT s.staff, s.seen_at, s.expires_at, p.login, p.name, p.role, p.branch, p.must_change, p.disabled_at
  FROM session s JOIN staff p ON p.id = s.staff WHERE s.hash = :hash;

-- name: session_seen :exec
-- in: hash blob, now time
UPDATE session SET seen_at = :now WHERE hash = :hash;

-- name: session_delete :exec
-- in: hash blob
DELETE FROM session WHERE hash = :hash;

-- name: session_delete_of :exec
-- in: staff int
DELETE FROM session WHERE staff = :staff;

-- name: session_purge :exec
-- in: now time
DELETE FROM session WHERE expires_at <= :now;
