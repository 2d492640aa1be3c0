-- SPDX-License-Identifier: MIT
-- find.sql - streams of requests in the order of n, each one range of one index.
-- A list merges the streams of its leading filter and looks at each candidate.

-- name: find_all_down :many
-- in: bound int, max int
-- out: n int
SELECT n FROM booking WHERE n < :bound ORDER BY n DESC LIMIT :max;

-- name: find_all_up :many
-- in: bound int, max int
-- out: n int
SELECT n FROM booking WHERE n > :bound ORDER BY n LIMIT :max;

-- name: find_status_down :many
-- in: status int, bound int, max int
-- out: n int
SELECT n FROM booking WHERE status = :status AND n < :bound ORDER BY n DESC LIMIT :max;

-- name: find_status_up :many
-- in: status int, bound int, max int
-- out: n int
SELECT n FROM booking WHERE status = :status AND n > :bound ORDER BY n LIMIT :max;

-- name: find_term_down :many
-- in: term int, status int, bound int, max int
-- out: n int
SELECT n FROM booking_tag WHERE term = :term AND status = :status AND n < :bound
 ORDER BY n DESC LIMIT :max;

-- name: find_term_up :many
-- in: term int, status int, bound int, max int
-- out: n int
SELECT n FROM booking_tag WHERE term = :term AND status = :status AND n > :bound
 ORDER BY n LIMIT :max;

-- name: find_token_down :many
-- in: token text, bound int, max int
-- out: n int
SELECT n FROM search_token WHERE token = :token AND n < :bound ORDER BY n DESC LIMIT :max;

-- name: find_token_up :many
-- in: token text, bound int, max int
-- out: n int
SELECT n FROM search_token WHERE token = :token AND n > :bound ORDER BY n LIMIT :max;

-- name: find_prefix_down :many
-- in: first text, after text, bound int, max int
-- out: n int
-- Tokens in [first, after); sorts what matches, so it costs what matches. The + keeps
-- SQLite from walking all requests in the order of n instead.
SELECT DISTINCT n FROM search_token WHERE token >= :first AND token < :after AND +n < :bound
 ORDER BY n DESC LIMIT :max;

-- name: find_prefix_up :many
-- in: first text, after text, bound int, max int
-- out: n int
SELECT DISTINCT n FROM search_token WHERE token >= :first AND token < :after AND +n > :bound
 ORDER BY n LIMIT :max;

-- name: find_start_up :many
-- in: start time, n int, until time, max int
-- out: starts_at time, n int
-- Appointments after one, in the order in which they begin.
SELECT starts_at, n FROM appointment
 WHERE (starts_at, n) > (:start, :n) AND starts_at < :until ORDER BY starts_at, n LIMIT :max;

-- name: find_start_down :many
-- in: start time, n int, until time, max int
-- out: starts_at time, n int
SELECT starts_at, n FROM appointment
 WHERE (starts_at, n) < (:start, :n) AND starts_at >= :until
 ORDER BY starts_at DESC, n DESC LIMIT :max;

-- name: search_token_insert :exec
-- in: token text, n int
INSERT INTO search_token (token, n) VALUES (:token, :n);

-- name: search_token_delete :exec
-- in: n int
DELETE FROM search_token WHERE n = :n;

-- name: search_token_list :many
-- in: n int
-- out: token text
SELECT token FROM search_token WHERE n = :n;
