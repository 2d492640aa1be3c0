# SPDX-License-Identifier: MIT
"""test_sent_twice.py - whatever comes again, one request."""
from harness import *

API = "/api/v1/bookings"
keys = (f"idempotency-{i:04}" for i in itertools.count())


def post(body, key):
    return d.post_json(API, body, headers={"Idempotency-Key": key})


def is_replay(a, first):
    equal((a.status, a.body, a.header("location"), a.header("idempotency-replayed")),
          (201, first.body, first.header("location"), "true"))


def fresh_page():
    return d.get("/").page()


def answered(page=None, **other):
    """A person's form as our own page sends it."""
    return form(**other) + [("form_token", (page or fresh_page()).value("form_token"))]


def location(rows):
    a = d.post_form(rows)
    equal(a.status, 303, a.text())
    return a.header("location")


def stored_by(fn):
    """How many requests fn added, and what it returned."""
    before = d.bookings()
    result = fn()
    return d.bookings() - before, result


# ---- with an Idempotency-Key ----

@test
def the_same_key_and_body_get_the_same_bytes_and_one_request():
    key, body = next(keys), person()
    n, first = stored_by(lambda: post(body, key))
    equal((n, first.status, first.header("idempotency-replayed")), (1, 201, None))
    n, again = stored_by(lambda: [post(body, key) for _ in range(3)])
    equal(n, 0)
    for a in again:
        is_replay(a, first)


@test
def the_same_answers_in_other_json_are_the_same_body():
    key, body = next(keys), person(note="x", preferred_days=["mon"])
    first = post(body, key)
    is_replay(post(json.dumps(dict(reversed(body.items())), indent=3).encode(), key), first)
    is_replay(post({**body, "email": None, "full_name": " Mei Tan "}, key), first)


@test
def the_stored_answer_outlives_a_restart_and_a_kill():
    key, body = next(keys), person()
    first = post(body, key)
    d.restart()
    is_replay(post(body, key), first)
    d.kill9()
    d.start()
    is_replay(post(body, key), first)
    equal(len(d.list(q=body["phone"])["items"]), 1)


@test
def the_same_key_with_another_body_is_a_mismatch_and_stores_nothing():
    key, body = next(keys), person()
    first = post(body, key)
    for change in (
        {"full_name": "Other"},
        {"phone": phone()},
        {"concerns": ["sun-damage"]},
        {"note": "new"},
        {"consent": True, "language": "ms"},
        {"preferred_parts": ["evening"]},
        {"concerns": ["excess-oil", "sun-damage"]},
    ):
        n, a = stored_by(lambda: post({**body, **change}, key))
        equal((n, a.status, a.code()), (0, 422, "idempotency_mismatch"), change)
    is_replay(post(body, key), first)


@test
def a_refusal_leaves_the_key_free():
    key, body = next(keys), person()
    equal(post({**body, "phone": "12"}, key).status, 422)
    equal(post(b"{", key).status, 400)
    equal(d.ask("POST", API, b"x", headers={"Idempotency-Key": key, "Content-Type": "text/plain"}).status, 415)
    equal(d.post_json(API, body, key="nobody's", headers={"Idempotency-Key": key}).status, 401)
    n, first = stored_by(lambda: post(body, key))
    equal((n, first.status, first.header("idempotency-replayed")), (1, 201, None))
    equal(post({**body, "phone": "12"}, key).status, 422)
    is_replay(post(body, key), first)


@test
def a_key_is_8_to_128_visible_ascii_characters():
    for key in ("", "1234567", "x" * 129, "with a blank", "caf\u00e9-caf\u00e9", "tab\tinside"):
        a = post(person(), key)
        equal((a.status, list(a.fields())), (422, ["Idempotency-Key"]), repr(key))
        a = d.post_json("/api/v1/staff/bookings", person(channel="phone"), d.staff(), {"Idempotency-Key": key})
        equal((a.status, list(a.fields())), (422, ["Idempotency-Key"]), f"staff, {key!r}")
    for key in ("12345678", "x" * 128, "!~\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}"):
        equal(post(person(), key).status, 201, key)


@test
def many_at_once_with_one_key_store_one_request_and_read_the_same_answer():
    key, body = next(keys), person()
    n, answers = stored_by(lambda: in_parallel(12, lambda i: post(body, key)))
    equal(n, 1)
    equal(
        {(a.status, a.body, a.header("location")) for a in answers},
        {(201, answers[0].body, answers[0].header("location"))},
    )
    equal(sorted(a.header("idempotency-replayed") or "" for a in answers), [""] + ["true"] * 11)


@test
def what_staff_enter_is_kept_under_their_key_in_the_same_way():
    key, body = next(keys), person(channel="phone", consent={"basis": "verbal"})
    first, again = (d.post_json("/api/v1/staff/bookings", body, d.staff(), {"Idempotency-Key": key}) for _ in range(2))
    equal((first.status, first.header("location")), (201, "/api/v1/staff/bookings/" + first.json()["reference"]))
    is_replay(again, first)


# ---- with our page's form_token ----

@test
def the_same_form_sent_again_leads_to_the_same_page():
    rows = answered(note="same")
    n, first = stored_by(lambda: location(rows))
    equal(n, 1)
    equal(stored_by(lambda: [location(rows) for _ in range(3)]), (0, [first] * 3))
    # A reload of the page changes neither language nor origin of what was sent.
    equal(stored_by(lambda: location(rows + [("utm_source", "reload")])), (0, first))


SOURCE = {"article": "are-large-pores-permanent-or-can-aesthetic-procedures-actually-reduce-them", "page": "/pores",
          "referrer_host": "www.example.org", "utm_source": "instagram", "utm_medium": "story",
          "utm_campaign": "november", "utm_term": "pores", "utm_content": "b"}


@test
def where_somebody_came_from_survives_another_language_errors_and_a_correction():
    def came(rows):
        return {n: v for n, v in rows if n in SOURCE}

    number = phone()
    sent = answered(phone="12") + list(SOURCE.items())
    switched = d.post_form(sent + [("switch_lang", "ms")])
    equal((switched.status, came(switched.page().answers())), (200, SOURCE), "in Malay")
    refused = d.post_form(switched.page().answers())
    equal((refused.status, came(refused.page().answers())), (422, SOURCE), "with an error")
    corrected = [(n, number if n == "phone" else v) for n, v in refused.page().answers()]
    first = location(corrected)
    equal(d.detail_of(first)["source"], SOURCE)
    again = [(n, "google" if n == "utm_source" else v) for n, v in corrected] + [("preferred_days", "fri")]
    equal(location(again), first)
    b = d.detail_of(first)
    equal((b["source"], b["preferred_days"]), (SOURCE, ["fri"]), "sent again, it came from where it came from")


@test
def a_form_survives_restart_and_kill_too():
    rows = answered()
    first = location(rows)
    d.restart()
    equal(stored_by(lambda: location(rows)), (0, first))
    d.kill9()
    d.start()
    equal(stored_by(lambda: location(rows)), (0, first))


@test
def many_at_once_with_one_form_token_store_one_request():
    rows = answered()
    n, found = stored_by(lambda: in_parallel(12, lambda i: location(rows)))
    equal((n, len(set(found))), (1, 1))


@test
def a_form_corrected_by_the_same_person_amends_the_first_request():
    page, number = fresh_page(), phone()
    first = location(answered(page, phone=number, note="old note", preferred_days=["mon"], email="old@example.com"))
    n, second = stored_by(
        lambda: location(
            answered(
                page,
                phone=number,
                full_name="Mei Tan Corrected",
                note="new note",
                preferred_days=["tue", "wed"],
                contact_method="phone",
            )
        )
    )
    equal((n, second), (0, first))
    b = d.detail_of(first)
    equal(
        (b["full_name"], b["note"], b["preferred_days"], b["contact_method"], b["email"], b["status"], b["others"]),
        ("Mei Tan Corrected", "new note", ["tue", "wed"], "phone", None, "new", []),
    )
    equal([e["kind"] for e in b["history"]], ["received", "amended"])
    equal(
        (b["history"][1]["actor_kind"], b["history"][1]["detail"]["old"]),
        (
            "patient",
            {
                "full_name": "Mei Tan",
                "note": "old note",
                "preferred_days": ["mon"],
                "email": "old@example.com",
                "contact_method": "whatsapp",
            },
        ),
    )
    assert b["version"] > 1, "whoever read it before must see that it changed"
    equal([i["reference"] for i in d.list(q="Corrected")["items"]], [b["reference"]])
    equal(d.get(first).page().dd["Name"], "Mei Tan Corrected")
    equal(stored_by(lambda: location(answered(page, phone=number, full_name="Mei Tan Thrice"))), (0, first))
    equal(len(d.detail_of(first)["history"]), 3)


@test
def corrected_concerns_replace_the_old_ones_which_stay_in_the_history():
    page, number = fresh_page(), phone()
    first = location(
        answered(page, phone=number, concerns=["excess-oil", "sun-damage"], reasons=["otc-not-effective"])
    )
    equal(location(answered(page, phone=number, concerns=["acne-scarring"], visited_before="yes")), first)
    b = d.detail_of(first)
    equal(
        ([c["slug"] for c in b["concerns"]], b["reasons"], b["visited_before"]),
        (["acne-scarring"], ["scarring-or-texture"], "yes"),
        "the reason follows from the scars",
    )
    assert b["reference"] not in [i["reference"] for i in d.list(concern="sun-damage")["items"]]
    old = b["history"][1]["detail"]["old"]
    equal(
        (old.get("concerns"), old.get("reasons")), (["excess-oil", "sun-damage"], ["otc-not-effective"]), "old values"
    )


@test
def once_staff_have_acted_a_corrected_form_is_a_new_request_linked_to_the_first():
    for action, body in (("contact", {"channel": "phone", "outcome": "no-answer"}), ("note", {"text": "called"})):
        page, number = fresh_page(), phone()
        rows = answered(page, phone=number, note="first")
        first = location(rows)
        before = d.detail_of(first)
        equal(d.act(before["reference"], action, body).status, 200)
        changed = answered(page, phone=number, note="second")
        n, second = stored_by(lambda: location(changed))
        equal((n, second != first), (1, True), action)
        a, b = d.detail_of(first), d.detail_of(second)
        equal((a["note"], b["note"], b["status"]), ("first", "second", "new"))
        equal([(o["reference"], o["linked"], o["linked_as"]) for o in b["others"]], [(a["reference"], True, "form")])
        equal(stored_by(lambda: location(changed)), (0, second), "the third is the second again")
        equal(stored_by(lambda: location(rows)), (0, first), "the first answers still lead to the first")


@test
def another_phone_on_a_shared_page_is_a_new_request_linked_to_the_first():
    page = fresh_page()
    first = location(answered(page, full_name="First Person", note="private to the first"))
    rows = answered(page, full_name="Second Person")
    n, second = stored_by(lambda: location(rows))
    equal((n, second != first), (1, True))
    equal(stored_by(lambda: location(rows)), (0, second))
    assert "First Person" not in d.get(second).text() and "private" not in d.get(second).text()
    equal((d.detail_of(first)["full_name"], d.detail_of(second)["full_name"]), ("First Person", "Second Person"))


@test
def a_token_that_is_not_ours_counts_for_nothing():
    token = fresh_page().value("form_token")
    for forged in ("x", token[:-1], token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), token.swapcase(), ""):
        rows = form() + [("form_token", forged)]
        n, found = stored_by(lambda: [location(rows) for _ in range(2)])
        equal((n, len(set(found))), (2, 2), forged)


@test
def a_refused_form_leaves_its_token_free():
    page = fresh_page()
    equal(d.post_form(answered(page, phone="12")).status, 422)
    equal(stored_by(lambda: location(answered(page)))[0], 1)


# ---- with neither ----

@test
def the_same_phone_and_name_without_a_key_is_a_linked_duplicate_with_its_own_link():
    number = phone()
    first = d.book(phone=number, full_name="Nur Aisyah", note="private")
    n, second = stored_by(
        lambda: d.book(phone=number.removeprefix("+65"), full_name="NUR  Áisyah".replace("  ", " "))
    )
    equal((n, second["status"]), (1, "new"))
    assert second["manage_url"] != first["manage_url"] and second["reference"] != first["reference"]
    b = d.detail(second["reference"])
    equal(
        [(o["reference"], o["linked"], o["linked_as"]) for o in b["others"]],
        [(first["reference"], True, "duplicate")],
    )
    page = d.get("/b/" + second["manage_url"].rsplit("/", 1)[1])
    assert first["reference"] not in page.text() and "private" not in page.text()
    rows = form(phone=number, full_name="Nur Aisyah")
    n, found = stored_by(lambda: [location(rows) for _ in range(2)])
    equal((n, len(set(found))), (2, 2), "by forms as well")


@test
def another_name_on_the_same_phone_is_no_duplicate():
    number = phone()
    first = d.book(phone=number, full_name="Mother Tan")
    b = d.detail(d.book(phone=number, full_name="Daughter Tan")["reference"])
    equal([(o["reference"], o["linked"]) for o in b["others"]], [(first["reference"], False)])


@test
def every_event_of_all_this_has_its_number_without_a_gap():
    items, since = [], 0
    while page := d.get("/api/v1/staff/changes", d.staff(), since=since, limit=100).json():
        if not page["items"]:
            break
        items += page["items"]
        since = page["next"]
    equal([i["seq"] for i in items], list(range(1, d.counts()["events"] + 1)))
    equal(len([i for i in items if i["kind"] == "received"]), d.bookings())


d = Daemon({"limits.rate_limits": "off"})
finish()
