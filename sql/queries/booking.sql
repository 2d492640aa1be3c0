-- SPDX-License-Identifier: MIT
-- booking.sql - requests: stored, read, changed.

-- name: booking_insert :exec
-- in: n int, id uuid, reference text, status int, channel text, now time, respond_by time, branch int
-- in: service text, doctor text?, full_name text, phone text, phone_typed text, email text?
-- in: contact_method text, language text, adult bool, guardian_name text?, guardian_phone text?
-- in: guardian_relation text?, visited_before text?, preferred_days int, preferred_parts int
-- in: call_time text?, note blob?, linked int?, linked_as text?
-- A new request. n is one more than the last: the writer is alone.
INSERT INTO booking (n, id, reference, status, version, channel, received_at, clock_at, respond_by,
       branch, service, doctor, full_name, phone, phone_typed, email, contact_method,
       language, adult, guardian_name, guardian_phone, guardian_relation, visited_before,
       preferred_days, preferred_parts, call_time, note, linked, linked_as)
VALUES (:n, :id, :reference, :status, 1, :channel, :now, :now, :respond_by,
       :branch, :service, :doctor, :full_name, :phone, :phone_typed, :email, :contact_method,
       :language, :adult, :guardian_name, :guardian_phone, :guardian_relation, :visited_before,
       :preferred_days, :preferred_parts, :call_time, :note, :linked, :linked_as);

-- name: booking_row :one
-- in: n int
-- out: n int, id uuid, reference text, status int, version int, channel text, received_at time
-- out: clock_at time, respond_by time, contacted_at time?, branch int, service text, doctor text?
-- out: full_name text, phone text, phone_typed text, email text?, contact_method text
-- out: language text, adult bool, guardian_name text?, guardian_phone text?
-- out: guardian_relation text?, visited_before text?, preferred_days int, preferred_parts int
-- out: call_time text?, note blob?, linked int?, linked_as text?
-- One request, all of it.
SELECT n, id, reference, status, version, channel, received_at,
       clock_at, respond_by, contacted_at, branch, service, doctor,
       full_name, phone, phone_typed, email, contact_method,
       language, adult, guardian_name, guardian_phone,
       guardian_relation, visited_before, preferred_days, preferred_parts,
       call_time, note, linked, linked_as
  FROM booking WHERE n = :n;

-- name: booking_set_status :exec
-- in: n int, status int, raise int, contacted_at time?
-- A transition. raise 1 makes the version a new one; the first contact is kept.
UPDATE booking
   SET status = :status, version = version + :raise,
       contacted_at = coalesce(contacted_at, :contacted_at)
 WHERE n = :n;

-- name: booking_restart_clock :exec
-- in: n int, clock_at time, respond_by time
UPDATE booking SET clock_at = :clock_at, respond_by = :respond_by WHERE n = :n;

-- name: booking_amend :exec
-- in: n int, full_name text, phone text, phone_typed text, email text?, contact_method text
-- in: language text, guardian_name text?, guardian_phone text?, guardian_relation text?
-- in: preferred_days int, preferred_parts int, call_time text?, note blob?
-- Contact details, language, preferences and note anew; the old ones are in an event.
UPDATE booking
   SET version = version + 1, full_name = :full_name, phone = :phone, phone_typed = :phone_typed,
       email = :email, contact_method = :contact_method, language = :language,
       guardian_name = :guardian_name, guardian_phone = :guardian_phone,
       guardian_relation = :guardian_relation, preferred_days = :preferred_days,
       preferred_parts = :preferred_parts, call_time = :call_time, note = :note
 WHERE n = :n;

-- name: booking_answers :exec
-- in: n int, adult bool, visited_before text?, service text, doctor text?, branch int
-- The answers only the patient gives, when the same form is sent again changed.
UPDATE booking SET adult = :adult, visited_before = :visited_before, service = :service,
       doctor = :doctor, branch = :branch
 WHERE n = :n;

-- name: booking_set_service :exec
-- in: n int, service text
UPDATE booking SET service = :service WHERE n = :n;

-- name: booking_last :one
-- out: n int, received_at time
-- The newest request: from where the writer's clock goes on.
SELECT n, received_at FROM booking ORDER BY n DESC LIMIT 1;

-- name: booking_n_since :one
-- in: id uuid
-- out: n int?
-- The first request received at or after the instant at the head of that UUIDv7. Ids of
-- one millisecond are in no order: of all that share the first one, the least n counts.
SELECT min(n) AS n FROM booking
 WHERE id >= :id AND id < (SELECT CAST(substr(id, 1, 6) || x'ff' AS BLOB) FROM booking
                            WHERE id >= :id ORDER BY id LIMIT 1);

-- name: booking_count_by_status :many
-- out: status int, count int
SELECT status, count(*) AS count FROM booking GROUP BY status;

-- name: source_insert :exec
-- in: n int, article text?, page text?, referrer_host text?, utm_source text?, utm_medium text?
-- in: utm_campaign text?, utm_term text?, utm_content text?
INSERT INTO source (n, article, page, referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content)
VALUES (:n, :article, :page, :referrer_host, :utm_source, :utm_medium, :utm_campaign, :utm_term, :utm_content);

-- name: source_row :one
-- in: n int
-- out: article text?, page text?, referrer_host text?, utm_source text?, utm_medium text?
-- out: utm_campaign text?, utm_term text?, utm_content text?
SELECT article, page, referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content
  FROM source WHERE n = :n;

-- name: attempt_insert :exec
-- in: n int, now time, actor text, channel text, outcome text, next_due time?, text blob?
INSERT INTO attempt (n, at, actor, channel, outcome, next_due, text)
VALUES (:n, :now, :actor, :channel, :outcome, :next_due, :text);

-- name: attempt_list :many
-- in: n int
-- out: at time, actor text, channel text, outcome text, next_due time?, text blob?
SELECT at, actor, channel, outcome, next_due, text FROM attempt WHERE n = :n ORDER BY id LIMIT 200;
