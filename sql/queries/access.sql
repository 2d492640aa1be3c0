-- SPDX-License-Identifier: MIT
-- access.sql - links of patients, keys of staff and sites, posts that come again.

-- name: token_insert :exec
-- in: hash blob, n int, now time, expires_at time
INSERT INTO token (hash, n, scope, created_at, expires_at) VALUES (:hash, :n, 'manage', :now, :expires_at);

-- name: token_state :one
-- in: hash blob, now time
-- out: n int, revoked_at time?
-- The request a link opens, or opened before it was revoked.
SELECT n, revoked_at FROM token WHERE hash = :hash AND expires_at > :now;

-- name: token_revoke :exec
-- in: hash blob, now time
UPDATE token SET revoked_at = :now WHERE hash = :hash AND revoked_at IS NULL;

-- name: idempotency_get :one
-- in: hash blob, now time
-- out: n int, body_hash blob, answer blob
SELECT n, body_hash, answer FROM idempotency WHERE hash = :hash AND expires_at > :now;

-- name: idempotency_put :exec
-- in: hash blob, n int, body_hash blob, answer blob, expires_at time
-- An old row of the same hash has ended: it is replaced.
INSERT INTO idempotency (hash, n, body_hash, answer, expires_at)
VALUES (:hash, :n, :body_hash, :answer, :expires_at)
ON CONFLICT (hash) DO UPDATE SET n = :n, body_hash = :body_hash, answer = :answer, expires_at = :expires_at;

-- name: idempotency_set_body :exec
-- in: hash blob, body_hash blob
UPDATE idempotency SET body_hash = :body_hash WHERE hash = :hash;

-- name: idempotency_purge :exec
-- in: now time, max int
DELETE FROM idempotency WHERE hash IN
       (SELECT hash FROM idempotency WHERE expires_at <= :now ORDER BY expires_at LIMIT :max);

-- name: key_by_hash :one
-- in: hash blob
-- out: name text, role text, branch int?, expires_at time?, revoked_at time?
SELECT name, role, branch, expires_at, revoked_at FROM api_key WHERE hash = :hash;

-- name: key_by_name :one
-- in: name text
-- out: id int, role text, revoked_at time?
SELECT id, role, revoked_at FROM api_key WHERE name = :name;

-- name: key_insert :exec
-- in: name text, hash blob, role text, branch int?, now time, created_by text, expires_at time?
INSERT INTO api_key (name, hash, role, branch, created_at, created_by, expires_at)
VALUES (:name, :hash, :role, :branch, :now, :created_by, :expires_at);

-- name: key_revoke :exec
-- in: name text, now time
UPDATE api_key SET revoked_at = :now WHERE name = :name AND revoked_at IS NULL;

-- name: key_list :many
-- out: name text, role text, branch text?, created_at time, created_by text, expires_at time?, revoked_at time?
SELECT k.name, k.role, b.slug AS branch, k.created_at, k.created_by, k.expires_at, k.revoked_at
  FROM api_key k LEFT JOIN branch b ON b.id = k.branch ORDER BY k.id;

-- name: setting_get :one
-- in: name text
-- out: value blob
SELECT value FROM setting WHERE name = :name;

-- name: setting_put :exec
-- in: name text, value blob
INSERT INTO setting (name, value) VALUES (:name, :value);

-- name: setting_set :exec
-- in: name text, value blob
INSERT INTO setting (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = :value;
