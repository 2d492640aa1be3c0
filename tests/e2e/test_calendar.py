# SPDX-License-Identifier: MIT
"""
test_calendar.py - times as an integrator, a patient and a desk meet them: offered,
booked, explained, moved, taken back; a doctor ill, a branch closed, a file that
would strand somebody.
"""
import csv
import datetime
import io
import time
from harness import *

SINGAPORE = datetime.timezone(datetime.timedelta(hours=8))
TODAY = datetime.datetime.now(SINGAPORE).date()
# a Monday at least a week away: no notice, no cut-off, no horizon is near
MONDAY = TODAY + datetime.timedelta(days=14 - TODAY.weekday())
WEEK = ["mon", "tue", "wed", "thu", "fri"]
SLOTS, STAFF = "/api/v1/slots", "/api/v1/staff"


def day(n):
    return (MONDAY + datetime.timedelta(days=n)).isoformat()


def at(n, clock):
    return f"{day(n)}T{clock}:00+08:00"


CLINIC = {
    "clinic": {"name": "Calendar", "prefix": "EX", "country": "SG", "time_zone": "Asia/Singapore", "phone": "+65 6123 4567",
               "booking_mode": "instant", "slot_step_minutes": 30},
    "branches": [
        {"slug": "main", "hours": [{"days": WEEK, "from": "10:00", "to": "18:00"}]},
        {"slug": "east", "booking_mode": "request", "hours": [{"days": WEEK, "from": "10:00", "to": "18:00"}]}],
    "services": [
        {"slug": "consultation", "name": {"en": "Consultation", "ms": "Konsultasi"}, "minutes": 30, "buffer_after": 10},
        {"slug": "laser", "name": {"en": "Laser"}, "minutes": 60, "rooms": ["laser"]}],
    "doctors": [
        {"slug": "dr-a", "name": "Dr A", "languages": ["en"], "services": ["consultation", "laser"],
         "hours": [{"branch": "main", "days": WEEK, "from": "10:00", "to": "13:00"},
                   {"branch": "main", "days": WEEK, "from": "14:00", "to": "18:00"}]},
        {"slug": "dr-b", "name": "Dr B", "services": ["consultation", "laser"], "daily_max": 2,
         "hours": [{"branch": "main", "days": WEEK, "from": "10:00", "to": "18:00"}]},
        {"slug": "dr-e", "name": "Dr E", "services": ["consultation"],
         "hours": [{"branch": "east", "days": WEEK, "from": "10:00", "to": "18:00"}]}],
    "rooms": [{"slug": "laser-1", "kind": "laser", "branch": "main", "capacity": 1}],
    "closures": [{"branch": "*", "date": day(4), "name": {"en": "Staff day", "zh-Hans": "员工日"}}],
}


def another(**other):
    """Somebody nobody has seen yet."""
    n = next(numbers)
    return person(**{"full_name": f"Patient {n}", "phone": f"8{n % 10**7:07}", "branch": "main", **other})


def book(slot, **other):
    a = d.post_json("/api/v1/bookings", another(slot=slot, **other))
    equal(a.status, 201, a.text())
    return a.json()


def refused(slot, **other):
    a = d.post_json("/api/v1/bookings", another(slot=slot, **other))
    return a.status, a.code()


def offered(n, **query):
    a = d.get(SLOTS, **{"branch": "main", "from": day(n), "to": day(n), **query})
    equal(a.status, 200, a.text())
    return a.json()["days"][0]


def starts(n, **query):
    return [s["start"][11:16] for s in offered(n, **query)["slots"]]


def explain(n=None, clock=None, **query):
    if n is not None:
        query["at"] = f"{day(n)}T{clock}"
    a = d.get(f"{STAFF}/explain", d.staff(), **{"branch": "main", **query})
    equal(a.status, 200, a.text())
    return a.json()


def token(booked):
    return booked["manage_url"].rsplit("/", 1)[1]


def own(booked, act, body=None):
    return d.post_json(f"/api/v1/bookings/{token(booked)}/{act}", body or {})


def change(method, path, body=None):
    return d.ask(method, STAFF + path, b"" if body is None else json.dumps(body).encode(), d.staff(),
                 {} if body is None else {"Content-Type": "application/json"})


def stranded():
    return [i["reference"] for i in d.list(stranded="yes", sort="starts")["items"]]


# ---- offering and booking ----

@test
def free_times_are_told_by_day_with_who_has_them_and_why_there_are_none():
    a = d.get(SLOTS, branch="main", **{"from": day(0), "to": day(5)}).json()
    equal((a["time_zone"], a["from"], a["to"], len(a["days"])), ("Asia/Singapore", day(0), day(5), 6))
    first = a["days"][0]["slots"][0]
    equal(first, {"start": at(0, "10:00"), "end": at(0, "10:30"), "doctors": ["dr-a", "dr-b"]})
    noon = next(s for s in a["days"][0]["slots"] if s["start"] == at(0, "13:00"))
    equal(noon["doctors"], ["dr-b"], "dr-a has a break")
    all_equal([("staff day", a["days"][4], {"date": day(4), "closed": "Staff day", "slots": []}),
               ("Saturday", a["days"][5], {"date": day(5), "closed": "Closed", "slots": []}),
               ("in Chinese", offered(4, lang="zh-Hans")["closed"], "员工日")])


@test
def a_time_that_is_offered_is_booked_and_no_longer_offered():
    answer = book(at(0, "10:00"), doctor="dr-a")
    equal((answer["status"], answer["slot"], answer["doctor"]), ("booked", at(0, "10:00"), "dr-a"))
    detail = d.detail(answer["reference"])
    equal([(c["kind"], c["slug"], c["starts"], c["ends"]) for c in detail["claims"]],
          [("doctor", "dr-a", at(0, "10:00"), at(0, "10:40"))], "with its buffer")
    assert "10:00" not in starts(0, doctor="dr-a") and "10:30" not in starts(0, doctor="dr-a")
    assert "11:00" in starts(0, doctor="dr-a") and "10:00" in starts(0), "dr-b is still free"


@test
def the_spreadsheet_has_the_appointment():
    booked = book(at(18, "14:00"), service="laser", doctor="dr-b")
    text = d.get(f"{STAFF}/bookings.csv", d.staff(), q=booked["reference"]).body.decode("utf-8-sig")
    (told,) = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    equal([told[k] for k in ("reference", "doctor", "room", "starts_at", "ends_at")],
          [booked["reference"], "dr-b", "laser-1", at(18, "14:00"), at(18, "15:00")])


@test
def without_a_doctor_the_one_with_the_least_to_do_is_taken():
    equal([book(at(1, clock))["doctor"] for clock in ("10:00", "11:00", "12:00", "14:00", "15:00")],
          ["dr-a", "dr-b", "dr-a", "dr-b", "dr-a"], "dr-b sees two a day at most")
    equal(explain(1, "16:00", doctor="dr-b")["why"], "cap")


@test
def a_room_is_needed_and_kept_free_for_one():
    equal(book(at(0, "14:00"), service="laser", doctor="dr-a")["doctor"], "dr-a")
    equal(refused(at(0, "14:00"), service="laser", doctor="dr-b"), (409, "slot_taken"))
    why = explain(0, "14:30", service="laser", doctor="dr-b")
    equal((why["why"], why["taken"]), ("room_taken", "laser-1"))
    assert REFERENCE.fullmatch(why["by"])


@test
def a_taken_time_is_refused_with_three_others_that_can_be_booked():
    book(at(2, "10:00"), doctor="dr-a")
    a = d.post_json("/api/v1/bookings", another(slot=at(2, "10:00"), doctor="dr-a"))
    equal((a.status, a.code()), (409, "slot_taken"))
    others = a.json()["alternatives"]
    equal(len(others), 3)
    assert any(o["start"] == at(2, "10:00") and o["doctor"] == "dr-b" for o in others), others
    assert any(o["start"].startswith(day(3)) for o in others), others
    for o in others:
        equal(book(o["start"], doctor=o["doctor"])["slot"], o["start"])


@test
def what_was_never_a_time_is_refused_with_the_reason():
    far = (TODAY + datetime.timedelta(days=61)).isoformat()
    rows = [
        ("off the grid", at(3, "10:10"), {}, "grid"),
        ("in the past", "2026-01-05T10:00:00+08:00", {}, "past"),
        ("beyond the horizon", f"{far}T10:00:00+08:00", {}, "horizon"),
        ("closed", at(4, "10:00"), {}, "closed"),
        ("before opening", at(3, "09:30"), {}, "hours"),
        ("over closing", at(3, "17:45"), {"service": "laser"}, "grid"),
        ("at night", at(3, "03:00"), {}, "hours"),
        ("a break", at(3, "13:00"), {"doctor": "dr-a"}, "break"),
        ("not at this branch", at(3, "10:00"), {"doctor": "dr-e"}, "off_duty"),
        ("not this doctor's service", at(3, "10:00"), {"doctor": "dr-e", "branch": "east", "service": "laser"}, "no_room"),
    ]
    for what, slot, more, why in rows:
        a = d.post_json("/api/v1/bookings", another(slot=slot, **more))
        equal((a.status, a.code(), a.json().get("why"), list(a.fields())), (422, "slot_not_offered", why, ["slot"]), what)
    before = d.counts()
    for slot in ("2026-12-07T10:00:00", "2026-12-07", "soon", "2026-12-07 10:00+08:00", "2026-13-07T10:00:00+08:00"):
        a = d.post_json("/api/v1/bookings", another(slot=slot))
        equal((a.status, a.fields()), (422, {"slot": "invalid"}), slot)
    equal(d.counts(), before, "counts")


@test
def wrong_questions_are_refused_by_name():
    for query, fields in (
        ({"branch": "west"}, {"branch"}), ({}, {"branch"}), ({"branch": "main", "service": "x"}, {"service"}),
        ({"branch": "main", "doctor": "x"}, {"doctor"}), ({"branch": "main", "from": "soon"}, {"from"}),
        ({"branch": "main", "from": day(0), "to": day(-1)}, {"to"}), ({"branch": "main", "from": day(0), "to": day(92)}, {"to"}),
    ):
        a = d.get(SLOTS, **query)
        equal((a.status, set(a.fields())), (422, fields), query)
    equal(d.get(SLOTS, branch="main", **{"from": day(0), "to": day(91)}).status, 200)


@test
def a_desk_is_told_why_a_time_is_not_offered():
    rows = [("closed", explain(4, "10:00"), "closed"), ("break", explain(3, "13:00", doctor="dr-a"), "break"),
            ("night", explain(3, "03:00"), "hours"), ("grid", explain(3, "10:05"), "grid")]
    all_equal([(what, (got["offered"], got["why"]), (False, why)) for what, got, why in rows])
    equal(rows[0][1]["closure"], "Staff day")
    free = explain(3, "16:00")
    equal((free["offered"], free["why"], free["at"]), (True, None, at(3, "16:00")))


@test
def the_catalogue_tells_services_and_doctors():
    a = d.get("/api/v1/services", lang="ms")
    equal(a.json()["services"][0], {"slug": "consultation", "name": "Konsultasi", "minutes": 30})
    equal(d.get("/api/v1/services", headers={"If-None-Match": d.get("/api/v1/services").header("etag")}).status, 304)
    doctors = {x["slug"]: x for x in d.get("/api/v1/doctors").json()["doctors"]}
    equal((doctors["dr-a"]["branches"], doctors["dr-e"]["branches"], doctors["dr-a"]["languages"]),
          (["main"], ["east"], ["en"]))


# ---- where the clinic answers first ----

@test
def a_branch_that_answers_first_holds_the_time_meanwhile():
    answer = book(at(0, "10:00"), branch="east")
    equal((answer["status"], answer["slot"], answer["doctor"]), ("new", at(0, "10:00"), "dr-e"))
    equal(refused(at(0, "10:00"), branch="east"), (409, "slot_taken"))
    detail = d.detail(answer["reference"])
    assert detail["hold_ends_at"] is not None
    a = d.act(answer["reference"], "book", {}, detail["version"])
    equal((a.status, a.json()["status"], a.json()["starts_at"]), (200, "booked", at(0, "10:00")))
    equal(d.detail(answer["reference"])["hold_ends_at"], None)


@test
def one_phone_takes_few_times():
    who = {"phone": "8999 0001"}
    for n, name in enumerate(("Mother", "Mother", "Child", "Child")):
        book(at(1 + n // 2, ("10:00", "11:00")[n % 2]), branch="east", full_name=name, **who)
    a = d.post_json("/api/v1/bookings", another(slot=at(3, "10:00"), branch="east", **{**who, "full_name": "Mother"}))
    equal((a.status, a.code()), (409, "too_many_open"))
    a = d.post_json("/api/v1/bookings", another(slot=at(3, "10:00"), branch="east", **{**who, "full_name": "Aunt"}))
    equal((a.status, a.code()), (409, "too_many_open"), "a fifth of the phone")
    equal(d.post_json("/api/v1/bookings", another(branch="east", **who)).status, 201, "without a time it is a request")


# ---- the patient's link ----

@test
def a_patient_confirms_moves_and_cancels_by_the_link_and_takes_that_back():
    booked = book(at(7, "10:00"), doctor="dr-a")
    equal([own(booked, "confirm").json()["status"] for _ in range(2)], ["confirmed"] * 2, "twice is once")
    moved = own(booked, "move", {"slot": at(7, "11:00")}).json()
    equal((moved["status"], moved["slot"], moved["doctor"]), ("booked", at(7, "11:00"), "dr-a"), "to be confirmed anew")
    assert "10:00" in starts(7, doctor="dr-a") and "11:00" not in starts(7, doctor="dr-a")
    gone = own(booked, "cancel", {"reason": "I am abroad"}).json()
    equal((gone["status"], gone["may_undo"]), ("cancelled", True))
    assert "11:00" in starts(7, doctor="dr-a")
    equal(own(booked, "undo").json()["status"], "booked")
    assert "11:00" not in starts(7, doctor="dr-a")
    kinds = [e["kind"] for e in d.detail(booked["reference"])["history"]]
    equal(kinds, ["received", "confirmed", "moved", "cancelled", "undone"])


@test
def a_withdrawal_is_not_taken_back_over_somebody_elses_time():
    booked = book(at(8, "10:00"), doctor="dr-a")
    equal(own(booked, "cancel").status, 200)
    book(at(8, "10:00"), doctor="dr-a")
    a = own(booked, "undo")
    equal((a.status, a.code()), (409, "slot_taken"))


@test
def a_time_comes_back_only_while_the_clinic_can_keep_it():
    booked = book(at(16, "10:00"), branch="east")
    equal(own(booked, "cancel").status, 200)
    made = change("POST", "/closures", {"branch": "east", "date": day(16), "name": "Water damage"}).json()
    equal((own(booked, "undo").status, d.detail(booked["reference"])["status"]), (409, "cancelled"))
    equal(change("DELETE", f"/closures/{made['id']}").status, 200)
    equal(own(booked, "undo").json()["status"], "new")


@test
def a_hold_is_not_prolonged_by_moving_or_sending_again():
    booked = book(at(16, "11:00"), branch="east")
    ends = d.detail(booked["reference"])["hold_ends_at"]
    assert ends
    equal(own(booked, "move", {"slot": at(16, "14:00")}).status, 200)
    equal(d.detail(booked["reference"])["hold_ends_at"], ends)


@test
def a_withdrawn_request_without_a_time_is_no_cancelled_appointment():
    asked = d.post_json("/api/v1/bookings", another()).json()
    view = own(asked, "cancel").json()
    equal((view["status"], view["slot"], view["may_undo"]), ("cancelled", None, True))
    words = d.get(f"/b/{token(asked)}").page().words
    assert "Request cancelled" in words and "Appointment cancelled" not in words, words
    equal(d.get(f"/b/{token(asked)}/appointment.ics").status, 404)
    equal(own(asked, "undo").json()["status"], "new")


@test
def a_move_that_is_refused_leaves_everything_as_it_was():
    one, other = book(at(8, "14:00"), doctor="dr-a"), book(at(8, "15:30"), doctor="dr-a")
    before = d.detail(one["reference"])
    for body, status, code in (({"slot": at(8, "15:30"), "doctor": "dr-a"}, 409, "slot_taken"),
                               ({"slot": at(8, "13:00"), "doctor": "dr-a"}, 422, "slot_not_offered"),
                               ({"slot": "2026-12-07T10:00"}, 422, "invalid"), ({}, 422, "invalid"),
                               ({"slot": at(8, "16:00"), "doctor": "dr-x"}, 422, "invalid")):
        a = own(one, "move", body)
        equal((a.status, a.code()), (status, code), body)
    after = d.detail(one["reference"])
    equal((after["version"], after["claims"], after["history"]), (before["version"], before["claims"], before["history"]))
    equal(own(one, "move", {"slot": at(8, "14:30"), "doctor": "dr-a"}).json()["slot"], at(8, "14:30"),
          "its own time is no obstacle")
    equal(d.detail(other["reference"])["status"], "booked")


@test
def looking_changes_nothing_and_the_calendar_file_keeps_its_name():
    booked = book(at(9, "10:00"), doctor="dr-a")
    path = f"/b/{token(booked)}"

    def file():
        a = d.get(path + "/appointment.ics")
        equal((a.status, a.header("content-type")), (200, "text/calendar; charset=utf-8"))
        return dict(re.findall(r"^(UID|SEQUENCE|STATUS|SUMMARY):(.*?)\r?$", a.text(), re.M))
    first, version = file(), d.detail(booked["reference"])["version"]
    equal((first["SEQUENCE"], first["STATUS"], first["SUMMARY"]), ("0", "CONFIRMED", "Appointment"))
    for _ in range(2):
        equal([d.ask(m, path).status for m in ("GET", "HEAD")], [200, 200])
        equal(d.get(f"/api/v1/bookings/{token(booked)}").status, 200)
    equal(d.detail(booked["reference"])["version"], version)
    equal(own(booked, "move", {"slot": at(9, "11:00")}).status, 200)
    second = file()
    equal((second["UID"], second["SEQUENCE"]), (first["UID"], "1"))
    equal(own(booked, "cancel").status, 200)
    third = file()
    equal((third["UID"], third["SEQUENCE"], third["STATUS"]), (first["UID"], "2", "CANCELLED"))


@test
def the_patients_page_does_the_same_and_no_other_site_may():
    booked = book(at(9, "14:00"), doctor="dr-a")
    path = f"/b/{token(booked)}"
    page = d.get(path).page()
    assert "Your appointment is booked" in page.words and "2:00 pm on" in page.words and "Dr A" in page.words
    for act in ("confirm", "cancel", "undo"):
        equal(d.post_form({}, {"Sec-Fetch-Site": "cross-site"}, f"{path}/{act}").status, 403, act)
    equal(d.detail(booked["reference"])["status"], "booked")
    for act, status in (("confirm", "confirmed"), ("cancel", "cancelled"), ("undo", "confirmed")):
        a = d.post_form({}, {"Sec-Fetch-Site": "same-origin"}, f"{path}/{act}")
        equal((a.status, a.header("location"), d.detail(booked["reference"])["status"]), (303, path, status), act)
    equal([d.get(f"{path}/{act}").status for act in ("confirm", "cancel", "undo")], [405] * 3)


@test
def another_time_is_chosen_from_the_page_of_the_link():
    booked, taken = book(at(11, "10:00"), doctor="dr-a"), at(11, "14:00")
    path = f"/b/{token(booked)}/move"
    page = d.get(path, **{"from": day(11)})
    assert f'value="{at(11, "10:00")}"' in page.text(), "its own time is no obstacle"
    book(taken, doctor="dr-a"), book(taken, doctor="dr-b")

    def take(slot, site="same-origin"):
        return d.post_form({"slot": slot, "lang": "ms"}, {"Sec-Fetch-Site": site}, path)
    equal(take(at(11, "11:00"), "cross-site").status, 403)
    a = take(taken)
    equal(a.status, 409)
    assert "Masa itu baru sahaja ditempah" in a.page().words and at(11, "14:40") not in a.text(), a.page().words
    equal([(take(slot).status) for slot in (at(11, "10:10"), "soon", "")], [422] * 3)
    equal(d.detail(booked["reference"])["starts_at"], at(11, "10:00"), "nothing has changed")
    a = take(at(11, "11:00"))
    equal((a.status, a.header("location"), d.detail(booked["reference"])["starts_at"]),
          (303, f"/b/{token(booked)}", at(11, "11:00")))
    equal(own(booked, "cancel").status, 200)
    equal((d.get(path).status, d.get(path).header("location")), (303, f"/b/{token(booked)}"), "nothing to move")


@test
def after_the_cut_off_the_page_says_to_call():
    clinic = json.loads(json.dumps(CLINIC))
    clinic["clinic"]["change_cutoff_hours"] = 8760
    booked = book(at(10, "10:00"), doctor="dr-a")
    d.load(clinic)
    try:
        for act, body in (("move", {"slot": at(10, "11:00")}), ("cancel", {})):
            a = own(booked, act, body)
            equal((a.status, a.code()), (409, "too_late"), act)
        words = d.get(f"/b/{token(booked)}").page().words
        assert "It is too late to change this here. Please call us." in words and "+65 6123 4567" in words, words
        equal(own(booked, "confirm").status, 200, "coming is never too late")
    finally:
        d.load(CLINIC)


@test
def who_asks_to_be_forgotten_is_not_waited_for():
    booked = book(at(10, "14:00"), doctor="dr-a")
    equal(own(booked, "delete").json()["status"], "cancelled")
    assert "14:00" in starts(10, doctor="dr-a")


# ---- a doctor ill, a branch closed ----

@test
def an_absence_is_tried_and_saved_and_strands_openly():
    booked = book(at(14, "10:00"), doctor="dr-a")
    book(at(14, "10:00"), doctor="dr-b")
    ill = {"doctor": "dr-a", "from": day(14), "to": day(14), "reason": "ill"}
    tried = change("POST", "/absences?dry_run=yes", ill)
    equal((tried.status, [(s["reference"], s["why"]) for s in tried.json()["stranded"]]),
          (200, [(booked["reference"], "away")]))
    equal((stranded(), len(change("GET", "/absences").json()["items"])), ([], 0), "nothing was saved")
    saved = change("POST", "/absences", ill)
    equal((saved.status, stranded()), (201, [booked["reference"]]))
    detail = d.detail(booked["reference"])
    equal((detail["status"], detail["starts_at"]), ("booked", at(14, "10:00")), "nobody is moved by itself")
    kinds = {p["kind"]: (p["start"], p["doctor"]) for p in detail["proposals"]}
    assert set(kinds) == {"same-day", "preferred"} and kinds["same-day"][1] == "dr-b", kinds
    assert kinds["preferred"][1] == "dr-a" and kinds["preferred"][0] > at(15, "00:00"), kinds
    equal(starts(14, doctor="dr-a"), [])
    equal(explain(14, "11:00", doctor="dr-a")["why"], "away")
    # one proposal is accepted: an ordinary move
    start, doctor = kinds["same-day"]
    equal(d.act(booked["reference"], "move", {"slot": start, "doctor": doctor}, detail["version"]).status, 200)
    equal(stranded(), [])
    equal(change("DELETE", f"/absences/{saved.json()['id']}").status, 200)
    assert starts(14, doctor="dr-a")


@test
def who_was_given_a_time_in_spite_of_the_hours_is_not_stranded_by_them():
    asked = d.post_json("/api/v1/bookings", another()).json()
    night = {"slot": at(13, "03:00"), "doctor": "dr-a", "override": True, "reason": "the night before a flight"}
    a = d.act(asked["reference"], "book", night, 1)
    equal((a.status, a.json()["starts_at"]), (200, at(13, "03:00")))
    made = change("POST", "/absences", {"doctor": "dr-b", "from": day(14), "to": day(14)}).json()
    assert asked["reference"] not in [s["reference"] for s in made["stranded"]], made
    equal(change("DELETE", f"/absences/{made['id']}").status, 200)
    ill = change("POST", "/absences?dry_run=yes", {"doctor": "dr-a", "from": day(13), "to": day(13)}).json()
    equal([(s["reference"], s["why"]) for s in ill["stranded"]], [(asked["reference"], "away")], "that is news")
    equal(d.act(asked["reference"], "cancel", {"reason": "clinic"}, a.json()["version"]).status, 200)


@test
def what_is_taken_back_relieves_who_was_stranded():
    booked = book(at(15, "10:00"), branch="east")
    made = change("POST", "/closures", {"branch": "east", "date": day(15), "name": "Water damage"}).json()
    equal(stranded(), [booked["reference"]])
    equal(offered(15, branch="east")["closed"], "Water damage")
    equal(refused(at(15, "11:00"), branch="east"), (422, "slot_not_offered"))
    equal(change("DELETE", f"/closures/{made['id']}").json()["stranded"], [])
    equal(stranded(), [])
    equal([e["kind"] for e in d.detail(booked["reference"])["history"]], ["received", "stranded", "relieved"])


@test
def wrong_absences_and_closures_are_refused():
    good = {"doctor": "dr-a", "from": day(16), "to": day(16)}
    for path, body, fields in (
        ("/absences", {**good, "doctor": "dr-x"}, {"doctor": "invalid"}),
        ("/absences", {**good, "from": "soon"}, {"from": "invalid"}),
        ("/absences", {**good, "to": day(15)}, {"to": "invalid"}),
        ("/absences", {**good, "from": f"{day(16)}T10:02"}, {"from": "invalid"}),
        ("/absences", {}, {"doctor": "required", "from": "required", "to": "required"}),
        ("/absences", {**good, "why": "x"}, {"why": "unknown_field"}),
        ("/closures", {"date": day(16)}, {"name": "required"}),
        ("/closures", {"date": "25.12.", "name": "x"}, {"date": "invalid"}),
        ("/closures", {"branch": "west", "date": day(16), "name": "x"}, {"branch": "invalid"}),
    ):
        a = change("POST", path, body)
        equal((a.status, a.fields()), (422, fields), body)
    equal([change("DELETE", f"/{noun}/{n}").status for noun in ("absences", "closures") for n in ("999", "0", "x")], [404] * 6)


@test
def a_desk_of_one_branch_changes_that_branch_alone():
    key = d.key("frontdesk", branch="east")

    def post(path, body):
        return d.post_json(STAFF + path + "?dry_run=yes", body, key).status
    equal([post("/closures", {"branch": "east", "date": day(16), "name": "x"}),
           post("/closures", {"branch": "main", "date": day(16), "name": "x"}),
           post("/closures", {"date": day(16), "name": "x"}),
           post("/absences", {"doctor": "dr-e", "from": day(16), "to": day(16)}),
           post("/absences", {"doctor": "dr-a", "from": day(16), "to": day(16)})], [200, 403, 403, 200, 403])


@test
def a_clinic_file_that_strands_somebody_needs_to_be_told_so():
    booked = book(at(17, "10:00"), doctor="dr-a")
    clinic = json.loads(json.dumps(CLINIC))
    clinic["doctors"][0]["away"] = [{"from": f"{day(17)}T00:00", "to": f"{day(18)}T00:00"}]
    text = json.dumps(clinic)
    tried = d.ctl("clinic", "load", "-", "--dry-run", stdin=text)
    assert f"stranded: {booked['reference']}" in tried.stdout, tried.stdout
    r = d.ctl("clinic", "load", "-", check=False, stdin=text)
    assert r.returncode == 1 and "would strand 1 appointment" in r.stderr and booked["reference"] in r.stderr, r
    assert "11:00" in starts(17, doctor="dr-a"), "nothing was changed"
    d.ctl("clinic", "load", "-", "--accept-stranded", stdin=text)
    equal((stranded(), starts(17, doctor="dr-a")), ([booked["reference"]], []))
    d.load(CLINIC)
    equal(stranded(), [])


@test
def a_room_does_not_become_smaller_than_what_is_booked_in_it():
    clinic = json.loads(json.dumps(CLINIC))
    clinic["rooms"][0]["capacity"] = 2
    d.load(clinic)
    for doctor in ("dr-a", "dr-b"):
        book(at(18, "10:00"), service="laser", doctor=doctor)
    r = d.ctl("clinic", "load", "-", check=False, stdin=json.dumps(CLINIC))
    assert r.returncode == 1 and "laser-1" in r.stderr, r


# ---- far away, and none of one's business ----

def entered(**other):
    """A caller's request, entered by staff; its reference."""
    a = d.post_json(STAFF + "/bookings", another(channel="phone", consent={"basis": "verbal"}, **other), d.staff())
    equal(a.status, 201, a.text())
    return a.json()["reference"]


def staff_act(reference, act, **body):
    return d.act(reference, act, body, d.detail(reference)["version"])


@test
def a_time_far_away_is_said_to_be_so_at_once():
    for when, why in (("9999-12-31T10:00:00Z", "horizon"), ("9999-12-31T23:59:59-12:00", "horizon"), ("0001-01-01T00:00:00Z", "past")):
        began = time.monotonic()
        a = d.get(f"{STAFF}/explain", d.staff(), branch="main", at=when)
        equal((a.status, a.json()["why"], time.monotonic() - began < 5), (200, why, True), when)
    a = staff_act(entered(), "book", slot="2206-12-01T10:00:00+08:00", doctor="dr-a", override=True, reason="a slip")
    equal((a.status, a.fields()), (422, {"slot": "invalid"}), "every later change of the hours would look at each day till then")
    equal(refused("1970-01-01T00:00:00Z"), (422, "slot_not_offered"), "and not a request without a time")


@test
def a_desk_of_one_branch_is_told_of_no_other():
    booked = book(at(21, "10:00"), doctor="dr-a")
    made = change("POST", "/absences", {"doctor": "dr-a", "from": day(21), "to": day(21), "reason": "private"})
    equal([s["reference"] for s in made.json()["stranded"]], [booked["reference"]])
    desk = d.key("frontdesk", branch="east")
    a = d.post_json(STAFF + "/closures?dry_run=yes", {"branch": "east", "date": day(22), "name": "x"}, desk)
    equal((a.status, a.json()["stranded"]), (200, []))
    equal(d.get(STAFF + "/absences", desk).json()["items"], [])
    change("DELETE", f"/absences/{made.json()['id']}")
    own(booked, "cancel")


@test
def what_was_given_in_spite_of_the_hours_is_stranded_by_what_is_new_only():
    reference = entered()
    equal(staff_act(reference, "book", slot=at(22, "20:00"), doctor="dr-a", override=True, reason="after work").status, 200)

    def strands(doctor, n):
        a = change("POST", "/absences?dry_run=yes", {"doctor": doctor, "from": day(n), "to": day(n)})
        return [s["reference"] for s in a.json()["stranded"]]
    equal((strands("dr-e", 23), strands("dr-b", 22)), ([], []), "it lies outside the hours, as it did")
    equal(strands("dr-a", 22), [reference])
    a = change("POST", "/closures?dry_run=yes", {"branch": "main", "date": day(22), "name": "x"})
    equal([s["why"] for s in a.json()["stranded"]], ["closed"])
    equal(staff_act(reference, "cancel", reason="clinic").status, 200)


@test
def who_was_seen_after_all_has_the_time_of_the_visit_again():
    reference = entered()
    start = datetime.datetime.now(SINGAPORE).replace(second=0, microsecond=0) - datetime.timedelta(minutes=20)
    start -= datetime.timedelta(minutes=start.minute % 5)
    for act, body, claims in (("book", {"slot": start.isoformat(), "doctor": "dr-a", "override": True, "reason": "walked in"}, 1),
                              ("attend", {}, 1), ("no-show", {"reason": "somebody else"}, 0), ("undo", {}, 1)):
        a = staff_act(reference, act, **body)
        equal((a.status, len(d.detail(reference)["claims"])), (200, claims), (act, a.text()))
    equal(d.detail(reference)["status"], "attended")


@test
def taking_back_withdrawals_is_no_way_to_many_times():
    one = another()
    answers = []
    for clock in ("10:00", "11:00", "12:00"):
        a = d.post_json("/api/v1/bookings", {**one, "slot": at(23, clock)})
        equal(a.status, 201, a.text())
        answers.append(a.json())
        equal(own(answers[-1], "cancel").status, 200)
    undone = [own(b, "undo") for b in answers]
    equal([a.status for a in undone], [200, 200, 409])
    equal(undone[2].code(), "too_many_open")


# ---- and after all of it ----

@test
def it_is_all_there_after_a_kill():
    before = {i["reference"]: (i["status"], i["starts_at"], i["doctor"]) for i in d.list(sort="starts", limit=200)["items"]}
    lists = [offered(n) for n in range(20)]
    d.kill9()
    d.start()
    equal({i["reference"]: (i["status"], i["starts_at"], i["doctor"]) for i in d.list(sort="starts", limit=200)["items"]}, before)
    equal([offered(n) for n in range(20)], lists)


d = Daemon({"limits.rate_limits": "off"}, clinic=CLINIC)
finish()
