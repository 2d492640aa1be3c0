-- SPDX-License-Identifier: MIT
-- tag.sql - what requests are about, and the catalogue's numbers.

-- name: tag_insert :exec
-- in: n int, term int, source int, taxonomy int, status int
INSERT INTO booking_tag (n, term, source, taxonomy, status)
VALUES (:n, :term, :source, :taxonomy, :status);

-- name: tag_suggest :exec
-- in: n int, term int, taxonomy int, status int, word_offset int, word_length int
-- What the note says by itself (source 1, text), and where. Tagged before by the
-- same catalogue or an older one: the row stays as it is.
INSERT INTO booking_tag (n, term, source, taxonomy, status, word_offset, word_length)
VALUES (:n, :term, 1, :taxonomy, :status, :word_offset, :word_length)
ON CONFLICT (n, term, source) DO NOTHING;

-- name: tag_list :many
-- in: n int
-- out: term int, source int, word_offset int?, word_length int?
SELECT term, source, word_offset, word_length FROM booking_tag WHERE n = :n ORDER BY term, source;

-- name: tag_set_status :exec
-- in: n int, status int
UPDATE booking_tag SET status = :status WHERE n = :n;

-- name: tag_delete :exec
-- in: n int, term int, source int
DELETE FROM booking_tag WHERE n = :n AND term = :term AND source = :source;

-- name: tag_delete_source :exec
-- in: n int, source int
DELETE FROM booking_tag WHERE n = :n AND source = :source;

-- name: taxonomy_by_hash :one
-- in: sha256 blob
-- out: version int
SELECT version FROM taxonomy WHERE sha256 = :sha256;

-- name: taxonomy_insert :one
-- in: sha256 blob, now time
-- out: version int
INSERT INTO taxonomy (sha256, loaded_at) VALUES (:sha256, :now) RETURNING version;

-- name: term_id :one
-- in: kind text, slug text
-- out: id int
SELECT id FROM term WHERE kind = :kind AND slug = :slug;

-- name: term_insert :one
-- in: kind text, slug text
-- out: id int
INSERT INTO term (kind, slug) VALUES (:kind, :slug) RETURNING id;
