-- SPDX-License-Identifier: MIT
-- clinic.sql - the clinic file and its branches.

-- name: clinic_file_last :one
-- out: version int, sha256 blob, document text
SELECT version, sha256, document FROM clinic_file ORDER BY version DESC LIMIT 1;

-- name: clinic_file_insert :one
-- in: now time, actor text, sha256 blob, document text
-- out: version int
INSERT INTO clinic_file (loaded_at, actor, sha256, document)
VALUES (:now, :actor, :sha256, :document) RETURNING version;

-- name: branch_list :many
-- out: id int, slug text, name text, active bool
SELECT id, slug, name, active FROM branch ORDER BY id;

-- name: branch_upsert :exec
-- in: slug text, name text
INSERT INTO branch (slug, name, active, origin, version) VALUES (:slug, :name, 1, 'file', 1)
ON CONFLICT (slug) DO UPDATE SET name = :name, active = 1, version = version + 1
 WHERE name <> :name OR active = 0;

-- name: branch_deactivate :exec
-- in: id int
UPDATE branch SET active = 0, version = version + 1 WHERE id = :id AND active = 1;
