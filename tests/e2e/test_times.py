#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_times.py - the booking page offers the times that are free, and keeps every answer when one is gone."""
import datetime
import html

from harness import *

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()
RADIO = re.compile(r'<input type="radio"\s+(?:id="([\w-]+)" )?name="slot" value="([^"]*)"\s+(?:id="([\w-]+)"\s+)?(checked\s+)?>')
DAY = re.compile(r'<details class="day"\s+(open)?\s*><summary><h3>([^<]+)</h3> <span class="why">([^<]+)</span></summary>(.*?)</details>', re.S)
NONE = re.compile(r'<div class="day"><h3>([^<]+)</h3> <span class="why">([^<]+)</span></div>')
GONE = {
    "en": "That time has just been taken. Your answers are saved. Choose another time.",
    "ms": "Masa itu baru sahaja ditempah. Jawapan anda disimpan. Pilih masa lain.",
    "zh-Hans": "该时段刚被预约。您填写的内容已保留，请选择其他时段。",
}


def day(n):
    return (TODAY + datetime.timedelta(days=n)).isoformat()


def doctor(slug, name, *hours, **other):
    return {"slug": slug, "name": name, "languages": ["en", "ms"], "services": ["consultation"],
            "hours": [{"branch": b, "days": DAYS, "from": f, "to": t} for b, f, t in hours], **other}


def clinic(branches=("main",), doctors=(), services=(), **other):
    """Open every day, all day: what is free does not depend on when this runs."""
    c = json.loads(EXAMPLE.read_text())
    c["clinic"].update(min_notice_minutes=0, slot_step_minutes=30)
    c["branches"] = [{"slug": s, "name": f"Clinic {s}", "booking_mode": "instant" if s == "main" else "request",
                      "hours": [{"days": DAYS, "from": "08:00", "to": "20:00"}]} for s in branches]
    c["services"] = [{"slug": s, "name": {"en": s.title()}, "minutes": 30} for s in ("consultation", *services)]
    c["doctors"], c["rooms"] = list(doctors), []
    c["closures"] = [{"branch": "*", "date": day(3), "name": {"en": "Founders' Day", "ms": "Hari Pengasas", "zh-Hans": "创立日"}}]
    c.update(other)
    return c


class Times:
    """What a page offers."""

    def __init__(self, text):
        self.text, self.page = text, Page(text)
        found = [(a or c or None, value, bool(checked)) for a, value, c, checked in RADIO.findall(text)]
        self.values = [v for _, v, _ in found]
        self.ids = {i: v for i, v, _ in found if i}
        self.checked = [v for _, v, c in found if c]
        self.days = [(bool(o), name, count, [v for _, v, _, _ in RADIO.findall(body)]) for o, name, count, body in DAY.findall(text)]
        self.none = dict(NONE.findall(text))
        head = text[text.index('id="times"'):].split('class="day"')[0] if 'id="times"' in text else ""
        self.before = [v for _, v, _, _ in RADIO.findall(head)]


def shown(a, status=200):
    equal(a.status, status, a.text()[:500])
    return Times(a.text())


def free(on=None, **query):
    q = urllib.parse.urlencode({"from": day(0), "to": day(40), "lang": "en", **query})
    a = (on or d).get(f"/api/v1/slots?{q}")
    equal(a.status, 200, a.text())
    return {x["date"]: [s["start"] for s in x["slots"]] for x in a.json()["days"]}


def time_on(n, clock="10:00"):
    return f"{day(n)}T{clock}:00+08:00"


def take(slot, on=None, **other):
    a = (on or d).post_json("/api/v1/bookings", person(slot=slot, **other))
    equal(a.status, 201, a.text())
    return a.json()


def filled(lang="en", **other):
    """Every answer there is, as our own page sends them."""
    page = d.get(f"/?lang={lang}").page()
    rows = form(concerns=["enlarged-pores", "sun-damage"], reasons=["otc-not-effective"], full_name="陈美玲 Tan", email="mei@example.com",
                preferred_days=["mon", "sat"], preferred_parts=["evening"], note="三\nтри <b>", doctor="", **other)
    return rows + [("form_token", page.value("form_token")), ("lang", lang), ("consent_version", page.value("consent_version"))]


def answers_of(rows):
    """What must come back: all but the time itself."""
    return sorted((n, v.replace("\r\n", "\n")) for n, v in rows if n not in ("slot", "lang", "consent_version", "show_times", "switch_lang", "times_from", "offer") and v)


def nothing_stored(fn):
    before = d.bookings()
    a = fn()
    equal(d.bookings(), before, "requests stored")
    return a


# ---- what is shown ----

@test
def the_page_shows_the_times_of_the_api_day_by_day_and_none_is_chosen():
    t, all_free = shown(d.get("/")), free()
    equal(t.checked, [""], "chosen")
    equal(t.values[-1], "", "the last choice")
    equal(t.ids["slot"], t.values[0], "where the summary's links lead")
    equal([o for o, *_ in t.days], [True] + [False] * (len(t.days) - 1), "days that are open")
    equal(len(t.days) + len([n for n in t.none.values() if not n.startswith("We are closed")]), 14, "days")
    expected = [(f"{len(v)} free time{'s' if len(v) > 1 else ''}", v) for k, v in sorted(all_free.items()) if v][:len(t.days)]
    equal([(count, values) for _, _, count, values in t.days], expected)


@test
def days_and_times_are_written_in_the_language_of_the_page():
    at = datetime.date.fromisoformat(day(1))
    months = {"en": ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
              "ms": ["", "Januari", "Februari", "Mac", "April", "Mei", "Jun", "Julai", "Ogos", "September", "Oktober", "November", "Disember"]}
    weekdays = {"en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
                "ms": ["Isnin", "Selasa", "Rabu", "Khamis", "Jumaat", "Sabtu", "Ahad"]}
    written = {"en": f"{weekdays['en'][at.weekday()]} {at.day} {months['en'][at.month]} {at.year}",
               "ms": f"{weekdays['ms'][at.weekday()]}, {at.day} {months['ms'][at.month]} {at.year}",
               "zh-Hans": f"{at.year}年{at.month}月{at.day}日（星期{'一二三四五六日'[at.weekday()]}）"}
    some = {"en": ("9:30 am", "2:00 pm", "Morning", "booked at once"), "ms": ("9:30 pagi", "2:00 petang", "Pagi", "terus ditempah"),
            "zh-Hans": ("上午9:30", "下午2:00", "上午", "即预约成功")}
    closed = {"en": "We are closed (Founders' Day)", "ms": "Kami tutup (Hari Pengasas)", "zh-Hans": "休息（创立日）"}
    for lang, name in written.items():
        t = shown(d.get(f"/?lang={lang}"))
        assert name in [n for _, n, _, _ in t.days], f"{name} in {t.days[:3]}"
        for word in some[lang]:
            assert word in t.page.words, f"{lang}: {word}"
        equal([html.unescape(w) for w in t.none.values()], [closed[lang]], lang)


@test
def a_day_on_which_every_time_is_taken_says_so():
    only = Daemon({"limits.rate_limits": "off"}, clinic(doctors=[doctor("dr-a", "Dr A", ("main", "09:00", "10:00"), away=[
        {"from": f"{day(2)}T00:00", "to": f"{day(3)}T00:00", "reason": "leave"}])]))
    for clock in ("09:00", "09:30"):
        take(time_on(1, clock), only)
    t = shown(only.get("/"))
    said = list(t.none.values())
    for why in ("Fully booked", "The doctor is away", "We are closed (Founders&#39;Day)".replace("&#39;", "&#39; ")):
        assert html.unescape(why) in map(html.unescape, said), f"{why} in {said}"
    assert time_on(1) not in t.values
    only.close()


@test
def a_clinic_without_doctors_asks_for_days_as_before():
    bare = Daemon({}, clinic())
    text = bare.get("/").text()
    assert 'name="slot"' not in text and 'name="doctor"' not in text and "show_times" not in text
    assert 'name="preferred_days"' in text
    bare.close()


@test
def the_page_fits_a_phone_on_a_slow_line():
    for lang in GONE:
        size = len(d.get(f"/?lang={lang}").body)
        assert size < 60 * 1024, f"{lang}: {size} bytes"


# ---- what is sent ----

@test
def a_time_that_is_chosen_is_booked():
    t = shown(d.get("/"))
    slot = t.days[1][3][0]
    a = d.post_form(filled(slot=slot))
    equal(a.status, 303, a.text())
    q = d.get(f"/api/v1/bookings/{a.header('location').removeprefix('/b/')}").json()
    equal((q["status"], q["slot"]), ("booked", slot))
    assert slot not in free(doctor=q["doctor"])[slot[:10]]


@test
def no_time_is_a_request_with_days():
    a = d.post_form(filled(slot=""))
    equal(a.status, 303, a.text())
    q = d.get(f"/api/v1/bookings/{a.header('location').removeprefix('/b/')}").json()
    equal((q["status"], q["slot"]), ("new", None))


@test
def a_time_that_was_just_taken_comes_back_with_every_answer_and_three_others():
    for i, (lang, sentence) in enumerate(GONE.items()):
        slot = time_on(5 + i)
        for who in ("dr-a", "dr-b"):
            take(slot, doctor=who)
        rows = filled(lang, slot=slot)
        a = nothing_stored(lambda: d.post_form(rows))
        t = shown(a, 409)
        equal(t.page.summary, {"slot": sentence}, lang)
        equal(t.page.errors, {"slot": sentence}, lang)
        equal(len(t.before), 3, "others")
        assert slot not in t.values and t.checked == [""], t.checked
        assert all(v in t.values[3:] for v in t.before)
        equal(answers_of(t.page.answers()), answers_of(rows), lang)
        equal([o for o, _, _, v in t.days if v[0][:10] == slot[:10]], [True], "the day of the time is open")
        again = [(n, v) for n, v in t.page.answers() if n != "slot"] + [("slot", t.before[0])]
        a = d.post_form(again)
        equal(a.status, 303, a.text())
        equal(d.get(f"/api/v1/bookings/{a.header('location').removeprefix('/b/')}").json()["slot"], t.before[0])


@test
def a_time_offered_with_another_doctor_is_booked_with_that_doctor():
    slot = time_on(9)
    take(slot, doctor="dr-a")
    t = shown(d.post_form([(n, v) for n, v in filled(slot=slot) if n != "doctor"] + [("doctor", "dr-a")]), 409)
    equal(t.page.value("doctor"), "dr-a")
    assert slot in t.before, t.before
    label = re.search(rf'name="slot" value="{re.escape(slot)}"[^>]*>([^<]+)', t.text).group(1)
    assert label.endswith("10:00 am, Dr B"), label
    a = d.post_form([(n, v) for n, v in t.page.answers() if n not in ("slot", "phone")] + [("slot", slot), ("phone", "12")])
    t = shown(a, 422)
    equal((t.checked, t.page.value("doctor"), list(t.page.summary)), ([slot], "dr-b", ["phone"]))
    a = d.post_form([(n, v) for n, v in t.page.answers() if n != "phone"] + [("phone", phone())])
    equal(a.status, 303, a.text())
    q = d.get(f"/api/v1/bookings/{a.header('location').removeprefix('/b/')}").json()
    equal((q["slot"], q["doctor"]), (slot, "dr-b"))


@test
def a_time_that_is_not_offered_comes_back_with_the_reason():
    for slot, words in ((time_on(3), "Founders' Day"), (time_on(4, "10:05"), "Visits do not begin at that time"),
                        (time_on(4, "22:00"), "We are not open at that time"), ("2020-01-06T10:00:00+08:00", "That time has passed")):
        rows = filled(slot=slot)
        t = shown(nothing_stored(lambda: d.post_form(rows)), 422)
        equal(list(t.page.summary), ["slot"])
        assert words in t.page.errors["slot"], t.page.errors
        equal(t.checked, [""])
        equal(answers_of(t.page.answers()), answers_of(rows))
    for lang, words in (("en", r"We are closed on \w+ \d+ \w+ \d+ \(Founders' Day\)\. Choose another time\."),
                        ("ms", r"Kami tutup pada \w+, \d+ \w+ \d+ \(Hari Pengasas\)\. Pilih masa lain\."),
                        ("zh-Hans", r"\d+年\d+月\d+日（星期.）休息（创立日）。请选择其他时段。")):
        said = shown(d.post_form(filled(lang, slot=time_on(3))), 422).page.errors["slot"]
        assert re.fullmatch(words, said), said


@test
def another_mistake_does_not_lose_the_time():
    slot = time_on(6, "15:00")
    rows = filled(slot=slot, phone="12")
    t = shown(nothing_stored(lambda: d.post_form(rows)), 422)
    equal((list(t.page.summary), t.checked), (["phone"], [slot]))
    for who in ("dr-a", "dr-b"):
        take(slot, doctor=who)
    t = shown(nothing_stored(lambda: d.post_form(rows)), 422)
    equal((list(t.page.summary), t.checked), (["phone", "slot"], [""]))
    assert "no longer free" in t.page.errors["slot"]


@test
def another_language_and_later_times_keep_the_time_and_every_answer():
    slot = time_on(2, "11:00")
    rows = filled(slot=slot)
    t = shown(nothing_stored(lambda: d.post_form(rows + [("switch_lang", "zh-Hans")])))
    equal((t.checked, answers_of(t.page.answers())), ([slot], answers_of(rows)))
    later = re.search(r'name="show_times" value="(\d{4}-\d\d-\d\d)"', t.text).group(1)
    t = shown(nothing_stored(lambda: d.post_form(rows + [("show_times", later)])))
    equal((t.checked, t.before), ([slot], [slot]), "the time of the first days")
    equal(t.days[0][3][0][:10], later)
    equal(t.page.value("times_from"), later)
    assert t.days[0][3] == free()[later]
    t = shown(nothing_stored(lambda: d.post_form([*t.page.answers(), ("switch_lang", "ms")])))
    equal((t.checked, t.days[0][3][0][:10], answers_of(t.page.answers())), ([slot], later, answers_of(rows)))
    t = shown(nothing_stored(lambda: d.post_form([*t.page.answers(), ("show_times", "first")])))
    equal((t.checked, t.before, t.page.value("times_from")), ([slot], [], None))


@test
def too_many_appointments_are_a_page_with_the_phone():
    who = {"phone": phone(), "full_name": "陈美玲 Tan"}
    for n in (10, 11):
        take(time_on(n, "16:00"), **who)
    a = nothing_stored(lambda: d.post_form(filled(slot=time_on(12, "16:00"), phone=who["phone"])))
    equal(a.status, 409)
    assert "There are appointments under this number already" in a.text() and "+65 6123 4567" in a.text(), a.text()


@test
def what_cannot_be_is_read_as_no_choice():
    for name, value in (("show_times", "2026-99-99"), ("show_times", ""), ("show_times", "9999-12-31"), ("times_from", "0001-01-01"),
                        ("slot", "9999-12-31T10:00:00Z"), ("offer", "x")):
        rows = filled(**({} if name == "slot" else {"slot": ""})) + [(name, value), ("switch_lang", "en")]
        shown(nothing_stored(lambda: d.post_form(rows)))


# ---- of which branch, service, doctor ----

@test
def with_branches_services_and_doctors_the_times_are_those_asked_for():
    many = Daemon({"limits.rate_limits": "off"}, clinic(("main", "east"), [
        doctor("dr-a", "Dr A", ("main", "09:00", "11:00")),
        doctor("dr-b", "Dr B", ("east", "13:00", "15:00"), services=["consultation", "review"]),
        doctor("dr-c", "Dr C", ("east", "16:00", "18:00")),
        doctor("dr-d", "Dr D", ("east", "08:00", "09:00"), active=False)], ["review"]))
    t = Times(many.get("/").text())
    assert not t.values and "To see free times, choose a branch" in t.page.words
    equal(t.page.values("service"), ["consultation"])

    def asked(**other):
        rows = form(**other) + [("show_times", "first")]
        before = many.bookings()
        t = shown(many.post_form(rows))
        equal(many.bookings(), before)
        for name in ("branch", "service", "doctor", "slot"):
            assert len(t.page.values(name)) <= 1, name
        return t, [v[11:16] for v in t.days[1][3]]
    t, clocks = asked(branch="main")
    equal((clocks, "booked at once" in t.page.words), (["09:00", "09:30", "10:00", "10:30"], True))
    t, clocks = asked(branch="east")
    equal((clocks, "clinic confirms" in t.page.words), (["13:00", "13:30", "14:00", "14:30", "16:00", "16:30", "17:00", "17:30"], True))
    assert "Dr B (English, Bahasa Melayu)" in t.page.words and "Dr A" not in t.page.words and "Dr D" not in t.page.words
    t, clocks = asked(branch="east", doctor="dr-c")
    equal((clocks, t.page.value("doctor")), (["16:00", "16:30", "17:00", "17:30"], "dr-c"))
    t, clocks = asked(branch="east", service="review")
    equal(clocks, ["13:00", "13:30", "14:00", "14:30"])
    t, clocks = asked(branch="main", doctor="dr-c")  # who is not there
    equal((clocks, t.page.value("doctor")), (["09:00", "09:30", "10:00", "10:30"], None))
    slot = time_on(2, "14:00")
    a = many.post_form(form(branch="east", slot=slot))
    equal(a.status, 303, a.text())
    q = many.get(f"/api/v1/bookings/{a.header('location').removeprefix('/b/')}").json()
    equal((q["status"], q["slot"], q["branch"], q["doctor"]), ("new", slot, "east", "dr-b"))
    a = many.post_form(form(slot=slot))
    t = shown(a, 422)
    equal((list(t.page.summary), t.page.value("slot")), (["branch"], slot))
    many.close()


d = Daemon({"limits.rate_limits": "off"}, clinic(doctors=[
    doctor("dr-a", "Dr A", ("main", "08:00", "20:00")), doctor("dr-b", "Dr B", ("main", "08:00", "20:00"))]))
finish()
