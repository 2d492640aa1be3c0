#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_desk_visits.py - appointments at the desk, by the pages alone: chosen, moved, assigned, kept, missed, undone."""
import datetime

from desk_browser import *

BUTTON = re.compile(r'name="pick" value="([^"]*)"')


def local(days=0, minutes=0):
    """A time of the clinic's clock (it has no summer time)."""
    zone = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.now(zone).replace(second=0, microsecond=0) + datetime.timedelta(days=days, minutes=minutes)


def request_of(**other):
    return d.book(**other)["reference"]


def page_of(b, r, rest=""):
    a = b.get(f"/staff/bookings/{r}{rest}")
    equal(a.status, 200, a.text())
    return a


def picks(b, r, **query):
    """The free times of the page, as its buttons have them."""
    a = page_of(b, r, "/times" + ("?" + urllib.parse.urlencode(query) if query else ""))
    found = BUTTON.findall(a.text())
    assert found, a.text()
    return a, found


def press(b, r, action, status=303, back=None, **fields):
    """A button of the request's page: with its token and version."""
    page = page_of(b, r).page()
    a = b.post(f"/staff/bookings/{r}/{action}", csrf=page.value("csrf"), version=page.value("version"),
               **({"back": back} if back else {}), **fields)
    equal(a.status, status, f"{action}: {a.text()}")
    return a


def offers(b, r, action):
    """Whether the request's page has a form for it."""
    return f'action="/staff/bookings/{r}/{action}"' in page_of(b, r).text()


def booked(b=None, index=0, **other):
    r = request_of(**other)
    press(b or frontdesk, r, "book", pick=picks(b or frontdesk, r)[1][index])
    return r


def begin(r):
    """The manager lets it begin five minutes ago, whatever the hours."""
    when = local(minutes=-5)
    press(manager, r, "move", exact="yes", override="yes", date=f"{when:%Y-%m-%d}", time=f"{when:%H:%M}",
          doctor=d.detail(r)["doctor"], reason="came early", branch="main")


@test
def a_receptionist_takes_a_request_from_new_to_attended_by_the_pages_alone():
    r = request_of(full_name="Whole Way", preferred_days=["tue", "thu"], preferred_parts=["afternoon"])
    assert "Choose a time" in page_of(frontdesk, r).text()
    page, found = picks(frontdesk, r)
    assert "They asked for: Tuesday, Thursday; Afternoon" in page.text()
    pick = found[0]
    start, doctor = pick.split(" ")
    when = datetime.datetime.fromisoformat(start)
    equal((when.strftime("%a") in ("Tue", "Thu"), 12 <= when.hour < 17), (True, True), f"the first that fits: {pick}")
    equal(press(frontdesk, r, "book", pick=pick).header("location"), f"/staff/bookings/{r}")
    b = d.detail(r)
    equal((b["status"], b["starts_at"], b["doctor"]), ("booked", start, doctor))
    text = page_of(frontdesk, r).text()
    name = {"dr-a": "Dr A. Tan", "dr-b": "Dr B. Rahman", "dr-c": "Dr C. Kumar"}[doctor]
    for words in (f"{when:%A} {when.day} {when:%B} {when.year}, {when:%H:%M} to ", name, "Room ", "Consultation"):
        assert words in text, words
    press(frontdesk, r, "confirm")
    equal(d.detail(r)["status"], "confirmed")
    equal([offers(frontdesk, r, a) for a in ("attend", "no-show", "arrive", "confirm")], [False] * 4, "days before")
    begin(r)
    press(frontdesk, r, "arrive")
    equal([offers(frontdesk, r, a) for a in ("attend", "no-show", "arrive", "undo")], [True, True, False, True])
    press(frontdesk, r, "attend")
    equal(d.detail(r)["status"], "attended")
    equal([e["kind"] for e in d.detail(r)["history"]],
          ["received", "booked", "confirmed", "moved", "arrived", "attended"])
    assert "although" in page_of(frontdesk, r).text(), "the history says what was overridden"


@test
def the_time_a_request_holds_is_accepted_by_one_button():
    clinic = json.loads(EXAMPLE.read_text())
    clinic["branches"][0]["booking_mode"] = "request"
    d.load(clinic)
    free = picks(frontdesk, request_of(full_name="Looks Only"))[1][0].split(" ")[0]
    r = request_of(full_name="Holds It", slot=free)
    text = page_of(frontdesk, r).text()
    equal((d.detail(r)["status"], "Held for them until" in text, "Book this time" in text), ("new", True, True))
    press(frontdesk, r, "book")
    b = d.detail(r)
    equal((b["status"], b["starts_at"], b["hold_ends_at"]), ("booked", free, None))
    d.load(EXAMPLE)


@test
def an_appointment_is_moved_and_assigned_and_undone():
    r = booked(full_name="Moved About")
    old = d.detail(r)
    other = next(p for p in picks(frontdesk, r)[1] if p.split(" ")[0] != old["starts_at"])
    press(frontdesk, r, "move", pick=other)
    b = d.detail(r)
    equal((b["status"], f'{b["starts_at"]} {b["doctor"]}'), ("booked", other))
    assert "before:" in page_of(frontdesk, r).text(), "where it was moved from"
    # a time at which another doctor is free too
    both = next(p.split(" ")[0] for p in picks(frontdesk, r)[1]
                if sum(q.startswith(p.split(" ")[0]) for q in set(picks(frontdesk, r)[1])) > 1)
    press(frontdesk, r, "move", pick=next(p for p in picks(frontdesk, r)[1] if p.startswith(both)))
    had = d.detail(r)["doctor"]
    another = next(p.split(" ")[1] for p in picks(frontdesk, r)[1] if p.startswith(both) and not p.endswith(had))
    press(frontdesk, r, "assign", doctor=another)
    b = d.detail(r)
    equal((b["starts_at"], b["doctor"]), (both, another))
    press(frontdesk, r, "cancel", reason="clinic")
    assert "Undo: back to booked" in page_of(frontdesk, r).text()
    press(frontdesk, r, "undo")
    b = d.detail(r)
    equal((b["status"], b["starts_at"], b["doctor"]), ("booked", both, another))


@test
def a_time_that_is_gone_is_answered_with_others_as_buttons():
    one, two = request_of(full_name="First Come"), request_of(full_name="Second Come")
    pick = picks(frontdesk, one, doctor="dr-a")[1][0]
    press(frontdesk, one, "book", pick=pick)
    a = press(frontdesk, two, "book", status=409, pick=pick)
    text = a.text()
    for words in ("Nothing was changed", "That time has just been taken.", "These are free:"):
        assert words in text, words
    assert "all the same" not in text, "the front desk may not override"
    others = BUTTON.findall(text)
    equal((1 <= len(others) <= 3, pick in others, d.detail(two)["status"]), (True, False, "new"))
    press(frontdesk, two, "book", pick=others[0])
    b = d.detail(two)
    equal((b["status"], f'{b["starts_at"]} {b["doctor"]}'), ("booked", others[0]))


@test
def only_a_manager_overrides_and_says_why():
    r = request_of(full_name="Night Visit")
    night = {"exact": "yes", "date": f"{local(3):%Y-%m-%d}", "time": "03:00", "branch": "main", "doctor": "dr-a"}
    a = press(frontdesk, r, "book", status=409, **night)
    equal(("We are not open at that time" in a.text(), "all the same" in a.text()), (True, False))
    press(frontdesk, r, "book", status=403, override="yes", reason="please", **night)
    assert "not in the list" not in picks(frontdesk, r)[0].text()
    assert "A time that is not in the list" in picks(manager, r)[0].text()
    a = press(manager, r, "book", status=409, **night)
    equal(("all the same" in a.text(), d.detail(r)["status"]), (True, "new"))
    a = press(manager, r, "book", status=409, override="yes", **night)
    equal(("Say why the hours do not matter this time." in a.text(), d.detail(r)["status"]), (True, "new"))
    press(manager, r, "book", override="yes", reason="flies tomorrow", **night)
    b = d.detail(r)
    equal((b["status"], b["starts_at"]), ("booked", f"{local(3):%Y-%m-%d}T03:00:00+08:00"))
    equal((b["claims"][0]["override"], b["history"][-1]["reason"]), (True, "flies tomorrow"))
    for wrong in ({"time": "3 am"}, {"time": "25:00"}, {"date": "tomorrow"}, {"date": ""}, {"time": ""}):
        a = press(manager, r, "move", status=409, override="yes", reason="x", **{**night, **wrong})
        assert "Give the date and a time like 14:30." in a.text(), wrong
    equal(d.detail(r)["version"], b["version"])
    press(manager, r, "cancel", reason="patient-asked")


@test
def who_did_not_come_is_booked_again_and_a_manager_corrects():
    r = booked(full_name="Did Not Come")
    begin(r)
    press(frontdesk, r, "no-show")
    equal(d.detail(r)["status"], "no_show")
    text = page_of(frontdesk, r).text()
    assert "Was to be" in text and "Choose a time" in text
    press(frontdesk, r, "book", pick=picks(frontdesk, r)[1][0])
    equal(d.detail(r)["status"], "booked")
    begin(r)
    press(frontdesk, r, "attend")
    equal([offers(b, r, "no-show") for b in (frontdesk, manager)], [False, True], "after it was said to be seen")
    press(frontdesk, r, "no-show", status=403, reason="x")
    press(manager, r, "no-show", status=409)
    press(manager, r, "no-show", reason="another patient was meant")
    equal(d.detail(r)["status"], "no_show")


@test
def a_fresh_link_is_shown_once_to_those_who_may_make_one():
    r = booked(full_name="Lost The Link")
    a = press(frontdesk, r, "link", status=200)
    link = re.search(r'value="(https://[^"]*/b/([A-Za-z0-9_-]{43}))"', a.text())
    equal(d.get(f"/b/{link.group(2)}").status, 200, "what the link opens")
    again = page_of(frontdesk, r).text()
    equal((link.group(2) in again, "Link made" in again), (False, True))
    equal([offers(b, r, "link") for b in (frontdesk, manager, doctor, viewer)], [True, True, False, False])
    press(doctor, r, "link", status=403)


@test
def who_only_looks_chooses_no_time_and_a_stale_choice_changes_nothing():
    r = booked(full_name="Stale Choice")
    equal(viewer.get(f"/staff/bookings/{r}/times").status, 403)
    equal(frontdesk.get("/staff/bookings/EX-2222222/times").status, 404)
    equal(frontdesk.post(f"/staff/bookings/{r}/times", csrf=frontdesk.token()).status, 404)
    for query in ("doctor=nobody", "from=soon", "service=none"):
        equal(frontdesk.get(f"/staff/bookings/{r}/times?{query}").status, 422, query)
    page, found = picks(frontdesk, r)
    before = d.detail(r)
    other = next(p for p in found if not p.startswith(before["starts_at"]))
    press(frontdesk, r, "confirm")
    a = frontdesk.post(f"/staff/bookings/{r}/move", csrf=page.page().value("csrf"), version=page.page().value("version"),
                       pick=other)
    equal((a.status, "Somebody changed this request meanwhile" in a.text()), (409, True))
    equal(d.detail(r)["starts_at"], before["starts_at"])


def times_of(b, path):
    """The clocks of the lines of a day, and the names beside them."""
    a = b.get(path)
    equal(a.status, 200, a.text())
    return a, re.findall(r'class="clock">([^<]*)</th>\s*<td><a href="/staff/bookings/([^"]*)">([^<]*)</a>', a.text())


@test
def a_day_lists_its_appointments_by_time_and_each_is_kept_by_one_key():
    late = booked(full_name="Late Person", index=8, visited_before="no", language="zh-Hans")
    early = booked(full_name="Early Person", index=0)
    gone = booked(full_name="Gone Person", index=4)
    press(frontdesk, gone, "cancel", reason="patient-asked")
    day = d.detail(late)["starts_at"][:10]
    page, lines = times_of(frontdesk, f"/staff/today?date={day}")
    names = [n for _, _, n in lines]
    equal((names.index("Early Person") < names.index("Late Person"), "Gone Person" in names), (True, False), str(lines))
    equal([t for t, _, _ in lines], sorted(t for t, _, _ in lines))
    for words in ("First visit", "Chinese", "Booked, not confirmed", "Room ", "Excess oil"):
        assert words in page.text(), words
    other = "dr-b" if d.detail(late)["doctor"] != "dr-b" else "dr-a"
    assert "Late Person" not in frontdesk.get(f"/staff/today?date={day}&doctor={other}").text(), "another doctor's day"
    # today: one key each, and back to the day as it was looked at
    begin(early)
    here = f"/staff/today?date={local():%Y-%m-%d}"
    page, lines = times_of(frontdesk, here)
    version = d.detail(early)["version"]
    for action, status in (("arrive", "arrived"), ("undo", "booked"), ("arrive", "arrived"), ("attend", "attended")):
        a = press(frontdesk, early, action, back=here)
        equal((a.header("location"), d.detail(early)["status"]), (here, status))
    assert d.detail(early)["version"] > version
    for back in ("https://evil.example/", "//evil.example", "/staff/today@evil", "/staff/todayx", "/staff/today?x=\r\ny"):
        a = press(frontdesk, late, "note", back=back, text="x")
        equal(a.header("location"), f"/staff/bookings/{late}", back)
    for query in ("date=soon", "doctor=nobody", "branch=nowhere", "show=all"):
        equal(frontdesk.get(f"/staff/today?{query}").status, 422, query)
    assert 'action="/staff/bookings/' not in viewer.get(here).text(), "who only looks has no keys"


@test
def the_call_sheet_names_who_has_not_confirmed_and_forgets_who_has():
    r = booked(full_name="To Be Called", index=2)
    day = d.detail(r)["starts_at"][:10]
    sheet = f"/staff/today?date={day}&show=unconfirmed"
    assert "To Be Called" in [n for _, _, n in times_of(frontdesk, sheet)[1]]
    press(frontdesk, r, "confirm", back=sheet)
    assert "To Be Called" not in [n for _, _, n in times_of(frontdesk, sheet)[1]]
    assert "To Be Called" in [n for _, _, n in times_of(frontdesk, f"/staff/today?date={day}")[1]]
    home = frontdesk.get("/staff/today").text()
    assert re.search(r'<a href="/staff/today\?date=[0-9-]{10}&amp;show=unconfirmed">[^<]*: not confirmed</a>', home), home


@test
def what_cannot_be_kept_is_a_list_with_proposals_and_one_button_moves_it():
    assert "Every appointment can be kept." in frontdesk.get("/staff/conflicts").text()
    r = request_of(full_name="Stranded <b>Person", preferred_parts=["afternoon"])
    press(frontdesk, r, "book", pick=picks(frontdesk, r, doctor="dr-a", **{"from": f"{local(8):%Y-%m-%d}"})[1][-1])
    b = d.detail(r)
    day = b["starts_at"][:10]
    after = (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
    a = d.post_json("/api/v1/staff/absences", {"doctor": b["doctor"], "from": f"{day}T00:00", "to": f"{after}T00:00",
                                               "reason": "leave"}, d.staff())
    equal((a.status, [s["reference"] for s in a.json()["stranded"]]), (201, [r]), a.text())
    page = frontdesk.get("/staff/conflicts").text()
    for words in ("Conflicts (1)", "Stranded &lt;b&gt;Person", "It cannot be kept: the doctor is away."):
        assert words in page, words
    assert "Conflicts (1)" in viewer.get("/staff/").text(), "the menu of every page"
    assert "It cannot be kept: the doctor is away." in page_of(frontdesk, r).text()
    assert "Cannot be kept" in frontdesk.get("/staff/find?q=Stranded").text()
    assert "name=\"pick\"" not in viewer.get("/staff/conflicts").text()
    proposals = BUTTON.findall(page)
    equal((1 <= len(proposals) <= 3, any(p.endswith(b["doctor"]) and p.startswith(day) for p in proposals)), (True, False))
    form = Page(page)
    a = frontdesk.post(f"/staff/bookings/{r}/move", csrf=form.value("csrf"), version=form.value("version"),
                       pick=proposals[0], back="/staff/conflicts")
    equal((a.status, a.header("location")), (303, "/staff/conflicts"), a.text())
    b = d.detail(r)
    equal((b["status"], f'{b["starts_at"]} {b["doctor"]}', b["stranded_at"]), ("booked", proposals[0], None))
    assert "Every appointment can be kept." in frontdesk.get("/staff/conflicts").text()
    assert "Conflicts (" not in frontdesk.get("/staff/").text()


@test
def every_list_says_when_the_appointment_is():
    r = booked(full_name="Listed Person", concerns=["sun-damage"])
    when = datetime.datetime.fromisoformat(d.detail(r)["starts_at"])
    for path in ("/staff/find?q=Listed", "/staff/concern?concern=sun-damage"):
        assert f"{when:%a} {when.day} {when:%b}, {when:%H:%M}" in frontdesk.get(path).text(), path


CALLER = {"channel": "phone", "concerns": "excess-oil", "contact_method": "phone", "age_18_or_over": "yes", "consent": "yes"}


@test
def a_caller_is_entered_and_booked_in_one_go():
    def enter(status, **fields):
        page = frontdesk.get("/staff/new")
        a = frontdesk.post("/staff/new", csrf=page.page().value("csrf"), key=page.page().value("key"),
                           **{**CALLER, "phone": phone(), **fields})
        equal(a.status, status, a.text())
        return a

    def free(text):
        return re.findall(r'<option value="(2[^"]*T[^"]*)"\s*>', text)

    before = d.bookings()
    a = enter(200, full_name="Still <b>Talking", doctor="dr-b", times_from=f"{local(9):%Y-%m-%d}", show_times="yes")
    page, times = a.page(), free(a.text())
    equal((page.title, page.value("full_name"), page.value("times_from"), page.summary, d.bookings()),
          ("New request", "Still <b>Talking", f"{local(9):%Y-%m-%d}", {}, before), "nothing is entered by looking")
    assert re.search(r'<option value="dr-b"\s+selected', a.text()) and times[0] >= f"{local(9):%Y-%m-%d}", times[:3]
    r = enter(303, full_name="Booked Caller", doctor="dr-b", slot=times[0]).header("location").rsplit("/", 1)[1]
    b = d.detail(r)
    equal((b["status"], b["starts_at"], b["doctor"], d.bookings() - before), ("booked", times[0], "dr-b", 1))
    a = enter(409, full_name="One Too Late", doctor="dr-b", slot=times[0])
    page = a.page()
    equal((list(page.summary), page.summary, page.value("full_name")), (["slot"], page.errors, "One Too Late"))
    assert "Nearest to the one that was taken" in a.text()
    night = f"{local(9):%Y-%m-%d}T03:00:00+08:00"
    equal(list(enter(409, full_name="Night", slot=night).page().summary), ["slot"])
    equal(list(enter(422, full_name="Odd", slot="soon", doctor="dr-nobody").page().summary), ["doctor", "slot"])
    equal(enter(303, full_name="No Time Yet", slot="", doctor="", times_from="never").status, 303)
    equal(d.bookings() - before, 2)
    equal(doctor.post("/staff/new", csrf=doctor.token(), show_times="yes", **CALLER).status, 403)

@test
def a_doctor_who_is_ill_is_sent_away_by_the_page_and_whom_that_strands_is_seen_first():
    r = booked(index=-1)
    doctor, day = d.detail(r)["doctor"], d.detail(r)["starts_at"][:10]
    page = frontdesk.get("/staff/away").page()

    def post(status=303, b=None, **fields):
        a = (b or frontdesk).post("/staff/away", csrf=page.value("csrf") if b is None else b.token(), **fields)
        equal(a.status, status, a.text())
        return a
    ill = {"kind": "absence", "doctor": doctor, "from": day, "to": day, "reason": "ill <b>"}
    seen = post(200, step="check", **ill)
    assert f'href="/staff/bookings/{r}"' in seen.text() and "could not be kept" in seen.page().words
    assert d.list(stranded="yes")["items"] == [] and "ill <b>" not in frontdesk.get("/staff/away").page().words
    equal(post(step="save", **ill).header("location"), "/staff/conflicts")
    equal([x["reference"] for x in d.list(stranded="yes")["items"]], [r])
    text = frontdesk.get("/staff/away").text()
    assert "ill &lt;b&gt;" in text
    number = re.search(r'name="id" value="(\d+)"', text.split("ill &lt;b&gt;")[1]).group(1)
    equal(post(step="remove", kind="absence", id=number).header("location"), "/staff/away")
    equal(d.list(stranded="yes")["items"], [])
    for wrong in ({}, {"from": "soon"}, {"to": "2026-01-01"}):
        assert "There is a problem" in post(422, step="check", **{**ill, **(wrong or {"doctor": ""})}).page().words
    equal([frontdesk.post("/staff/away", csrf=page.value("csrf"), **x).status for x in ({}, {"kind": "x", "step": "check"})], [400] * 2)
    equal(post(404, step="remove", kind="closure", id="999").status, 404)


@test
def a_day_is_closed_by_the_page():
    page = frontdesk.get("/staff/away").page()
    closed = {"kind": "closure", "branch": "", "date": f"{local(20):%Y-%m-%d}", "name": "Water damage"}
    seen = frontdesk.post("/staff/away", csrf=page.value("csrf"), step="check", **closed).page()
    assert "Nobody’s appointment is affected" in seen.words, seen.words
    equal(frontdesk.post("/staff/away", csrf=page.value("csrf"), step="save", **closed).status, 303)
    assert "Water damage" in frontdesk.get("/staff/away").page().words
    told = d.get("/api/v1/slots", branch="main", **{"from": closed["date"], "to": closed["date"]}).json()["days"][0]
    equal(told["closed"], "Water damage")



d = Browser.d = Daemon({"limits.rate_limits": "off"})
frontdesk, manager, viewer = person_of("frontdesk", "desk"), person_of("manager", "boss"), person_of("viewer", "view")
doctor = person_of("doctor", "doc")
finish()
