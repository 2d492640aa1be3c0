# SPDX-License-Identifier: MIT
"""test_privacy.py - what a person may ask: see, have deleted, say "not me"; and erasure to the last byte."""
from harness import *

PIECES = [b"Qwyneth", b"qwyneth", b"Zyxwara", b"zyxwara", b"91237788", b"88773219", b"canary.address",
          b"canary in the note", b"canary of the desk"]


def canary(**other):
    return d.book(full_name="Qwyneth Zyxwara", phone="9123 7788", email="canary.address@example.com",
                  note="canary in the note", **other)


def link(b):
    return "/b/" + b["manage_url"].rsplit("/", 1)[1]


def kinds(b):
    return [e["kind"] for e in d.detail(b["reference"])["history"]]


def post(path, **headers):
    rows = {"Content-Type": "application/x-www-form-urlencoded"}
    rows.update({k.replace("_", "-"): v for k, v in headers.items()})
    return d.ask("POST", path, b"", None, rows)


def files():
    return b"".join(f.read_bytes() for f in d.dir.glob("bookingd.db*"))


@test
def erase_prints_a_receipt_and_leaves_no_byte_of_the_person_in_any_file():
    for i in range(100):
        d.book(full_name=f"{chr(65 + i * 7 % 26)}w{i} Other")
    b = canary(headers={"Idempotency-Key": "canary-key-1"})
    d.act(b["reference"], "note", {"text": "canary of the desk"})
    for i in range(100):
        d.book(full_name=f"{chr(65 + i * 11 % 26)}y{i} Other")
    assert all(p in files() for p in (b"Qwyneth", b"zyxwara", b"canary.address")), "the canary is there to be found"
    receipt = json.loads(d.ctl("erase", b["reference"], "--json").stdout)
    all_equal([("status", receipt["status"], "erased"), ("files", receipt["files_overwritten"], True),
               ("links", receipt["erased"]["links"], 1), ("answers", receipt["erased"]["stored_answers"], 1)])
    bytes_left = files()
    equal([p for p in PIECES if p in bytes_left], [], "left")
    equal([p for p in PIECES if p.decode() in d.all_logs()], [], "in the log")
    equal(d.get(link(b)).status, 404)
    detail = d.detail(b["reference"])
    all_equal([("status", detail["status"], "erased"), ("name", detail["full_name"], None),
               ("phone", detail["phone"], None), ("concerns", [c["slug"] for c in detail["concerns"]], ["excess-oil"])])
    db = d.database()
    equal([r["action"] for r in db.execute("SELECT action FROM audit WHERE action IN ('erase', 'subject')")], ["erase"])


@test
def what_a_crash_left_to_overwrite_is_overwritten_at_the_next_start():
    equal(d.stop(), 0)
    db = sqlite3.connect(d.dir / "bookingd.db")
    db.execute("PRAGMA secure_delete = OFF")
    db.execute("INSERT INTO setting VALUES ('scrub_due', x'01')")  # as the erasure's transaction does
    db.execute("INSERT INTO setting VALUES ('left', CAST('canary of the crash' AS BLOB))")
    db.execute("DELETE FROM setting WHERE name = 'left'")
    db.commit()
    db.close()
    assert b"canary of the crash" in files(), "it must be there to be overwritten"
    d.chown()
    d.start()
    until(lambda: b"canary of the crash" not in files(), what="overwritten")
    until(lambda: not d.database().execute("SELECT 1 FROM setting WHERE name = 'scrub_due'").fetchall(), what="noted")


@test
def what_was_erased_is_still_counted():
    before = d.counts()
    b = canary()
    d.ctl("erase", b["reference"])
    after = d.counts()
    equal((after["bookings"] - before["bookings"], after["erased"] - before["erased"]), (1, 1))


@test
def subject_prints_every_request_of_the_phone_and_is_audited():
    number = phone()
    first, second = d.book(phone=number, note="my own words"), d.book(phone=number, full_name="Another Tan")
    told = json.loads(d.ctl("subject", first["reference"]).stdout)
    equal(sorted(r["reference"] for r in told["requests"]), sorted([first["reference"], second["reference"]]))
    assert "my own words" in json.dumps(told) and link(first)[3:] not in json.dumps(told)
    assert all(r["history"] and r["consent"] and r["messages"] and r["links"] for r in told["requests"])
    assert d.database().execute("SELECT 1 FROM audit WHERE action = 'subject' AND n IS NOT NULL").fetchone()


@test
def an_unknown_reference_is_refused_with_a_sentence():
    for command in ("erase", "subject"):
        r = d.ctl(command, "EX-AAAAAAA", check=False)
        equal(r.returncode, 1)
        assert r.stderr.startswith("bookingctl: "), r.stderr


@test
def retention_says_what_it_would_erase_and_takes_nothing_that_is_young():
    equal(d.ctl("retention", "--dry-run").stdout.strip(), "0 would be erased")
    before = d.counts()["erased"]
    equal(d.ctl("retention").stdout.strip(), "0 erased")
    equal(d.counts()["erased"], before)


@test
def the_patients_page_offers_both_and_reading_it_changes_nothing():
    b = d.book()
    page = d.get(link(b)).text()
    for what in ("delete", "not-me"):
        assert f'action="{link(b)}/{what}"' in page, what
        equal(d.get(f"{link(b)}/{what}").status, 405)
        equal(d.ask("HEAD", f"{link(b)}/{what}").status, 405)
    equal(kinds(b), ["received"])


@test
def delete_my_details_is_asked_for_once_and_the_page_says_so():
    for lang, words in (("en", "You asked us to delete your details"),
                        ("ms", "Anda telah meminta kami memadamkan butiran anda"), ("zh-Hans", "您已要求我们删除您的资料")):
        b = d.book(language=lang)
        for site in ({}, {"Sec_Fetch_Site": "same-origin"}):
            a = post(link(b) + "/delete", **site)
            equal((a.status, a.header("location")), (303, link(b)))
        page = d.get(link(b)).text()
        assert words in page and b["reference"] in page and "/delete" not in page, lang
        equal(kinds(b), ["received", "erasure_requested"])
        equal(d.detail(b["reference"])["status"], "new")


@test
def another_sites_page_cannot_post_to_a_link():
    b = d.book()
    for what in ("delete", "not-me"):
        for site in ("cross-site", "same-site", "none"):
            equal(post(f"{link(b)}/{what}", Sec_Fetch_Site=site).status, 403)
    equal(kinds(b), ["received"])


@test
def who_is_not_this_person_sees_nothing_any_more_and_staff_see_why():
    b = d.book(full_name="Qwyneth Zyxwara", email="q@example.com", language="en")
    equal(post(link(b) + "/not-me").status, 303)
    page = d.get(link(b))
    equal(page.status, 200)
    assert "Thank you for telling us" in page.text()
    assert "Qwyneth" not in page.text() and b["reference"] not in page.text()
    equal(post(link(b) + "/not-me").status, 303)
    equal(post(link(b) + "/delete").status, 404)
    equal(d.get("/api/v1" + link(b).replace("/b/", "/bookings/")).status, 404)
    equal(kinds(b), ["received", "not_me"])
    equal([r["state"] for r in d.database().execute(
        "SELECT state FROM outbox JOIN booking USING (n) WHERE reference = ? AND recipient = 'patient'",
        (b["reference"],))], ["cancelled"])


@test
def the_api_asks_for_erasure_too():
    b = d.book()
    path = "/api/v1" + link(b).replace("/b/", "/bookings/")
    equal(d.get(path).json()["erasure_requested"], False)
    for body in (b"", b"{}"):
        a = d.ask("POST", path + "/delete", body, None, {"Content-Type": "application/json"} if body else {})
        equal((a.status, a.json()["erasure_requested"]), (200, True))
    equal(d.post_json(path + "/delete", {"all": True}).status, 422)
    equal(d.get(path + "/delete").status, 405)
    equal(kinds(b), ["received", "erasure_requested"])


@test
def a_link_nobody_has_opens_nothing():
    for what in ("delete", "not-me"):
        equal(post(f"/b/{'A' * 43}/{what}").status, 404)
    equal(d.post_json(f"/api/v1/bookings/{'A' * 43}/delete", {}).status, 404)


d = Daemon({"limits.rate_limits": "off"})
finish()
