# SPDX-License-Identifier: MIT
"""
test_sixty_patients.py - sixty posts as patients write them, half from a page of
another site and half from our own: clicked twice, sent again with a change, cut
off before the answer; then found by each concern, and answered at the desk by
somebody who has nothing but the pages.
"""
from harness import *

import unicodedata

import sixty

DAYS = dict(mon="Monday", tue="Tuesday", wed="Wednesday", thu="Thursday", fri="Friday", sat="Saturday", sun="Sunday",
            any="Any day")

ARTICLE = "are-large-pores-permanent-or-can-aesthetic-procedures-actually-reduce-them"
PASSWORD = "three quiet grey herons"
ELSEWHERE = {"Origin": "https://www.skin-articles.example", "Sec-Fetch-Site": "cross-site",
             "Referer": "https://www.skin-articles.example/pores"}
OURS = {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Patient:
    """One of the sixty: even ones write on a page of another site, odd ones on ours;
    of both, one in five clicks twice, goes back and changes, or loses the connection."""

    def __init__(self, i, language, rows):
        self.language, self.rows = language, rows
        self.ours = i % 2 == 1
        self.habit = ["once", "twice", "changes", "cut", "once"][i // 2 % 5]
        self.locations = []
        if self.ours:
            page = d.get("/", lang=language).page()
            self.rows = rows + [(n, page.value(n)) for n in ("form_token", "consent_version")]
        else:
            self.rows = rows + [("article", ARTICLE), ("utm_source", "instagram")]

    def ticked(self, name):
        return sorted(v for n, v in self.rows if n == name)

    def value(self, name):
        return next((v for n, v in self.rows if n == name), None)

    def send(self, rows=None):
        """By a connection of its own, as another browser."""
        body = urllib.parse.urlencode(rows or self.rows).encode()
        with Client(d) as c:
            a = c.ask("POST", "/book", body, {**FORM, **(OURS if self.ours else ELSEWHERE)})
        equal(a.status, 303, f"{self.value('full_name')}: {a.text()}")
        return a.header("location")

    def send_and_never_read(self):
        before = d.bookings()
        body = urllib.parse.urlencode(self.rows).encode()
        c = Client(d)
        c.send(request("POST", "/book", body, {**FORM, **(OURS if self.ours else ELSEWHERE)}))
        until(lambda: d.bookings() == before + 1, what="the request is stored")
        c.reset()

    def book(self):
        if self.habit == "twice":
            self.locations = in_parallel(2, lambda _: self.send())
            return
        if self.habit == "cut":
            self.send_and_never_read()
        self.locations = [self.send()]
        if self.habit == "changes":
            self.days = [v for n, v in self.rows if n == "preferred_days"]
            self.rows = [r for r in self.rows if r[0] != "preferred_days"] + [("preferred_days", "thu")]
            self.locations.append(self.send())

    def expected(self):
        """Requests that are there: our page knows that it was sent before, another
        site's form cannot say; those are linked as the same person's."""
        return 1 if self.ours or self.habit == "once" else 2

    def items(self):
        """As the desk looks for a caller: by the last digits."""
        return d.list(q=re.sub(r"\D", "", unicodedata.normalize("NFKC", self.value("phone")))[-8:])["items"]


@test
def sixty_patients_are_all_answered():
    languages = [language for language, _ in sixty.posts()]
    equal([languages.count(l) for l in ("en", "ms", "zh-Hans")], [20, 20, 20])
    for i, (language, rows) in enumerate(sixty.posts()):
        p = Patient(i, language, rows)
        p.book()
        patients.append(p)
    equal(d.bookings(), sum(p.expected() for p in patients))


@test
def each_answer_leads_to_the_own_request():
    for p in patients:
        if p.ours:
            equal(len(set(p.locations)), 1, f"{p.value('full_name')}, {p.habit}")
        references = {d.reference_at(location) for location in p.locations}
        assert references <= {i["reference"] for i in p.items()}, p.value("full_name")
        for location in p.locations:
            equal(d.get(location).page().dd["Name" if p.language == "en" else "Nama" if p.language == "ms" else
                                            "姓名"], p.value("full_name"))


@test
def whoever_sent_twice_is_there_once_or_linked():
    rows = []
    for p in patients:
        items = p.items()
        rows.append((f"{p.value('full_name')}, {p.habit}, {'ours' if p.ours else 'elsewhere'}", len(items),
                     p.expected()))
        if len(items) == 2:
            others = d.detail(max(i["reference"] for i in items))["others"]
            rows.append((f"{p.value('full_name')} linked", [o["linked"] for o in others], [True]))
        if p.habit == "changes":
            rows.append((f"{p.value('full_name')} changed", d.detail_of(p.locations[-1])["preferred_days"], ["thu"]))
    all_equal(rows)


@test
def nobody_is_taken_for_spam():
    equal(d.list(status="spam")["items"], [])


@test
def what_was_written_is_what_the_desk_reads():
    rows = []
    for p in patients:
        b = d.detail_of(p.locations[-1])
        who = p.value("full_name")
        for field in ("full_name", "contact_method", "guardian_name"):
            rows.append((f"{who}: {field}", b[field], p.value(field)))
        rows.append((f"{who}: note", b["note"], p.value("note")))
        rows.append((f"{who}: minor", b["for_minor"], p.value("age_18_or_over") == "no"))
        rows.append((f"{who}: language", b["language"], p.language))
        rows.append((f"{who}: days", sorted(b["preferred_days"]), p.ticked("preferred_days")))
        for kind, name in (("concern", "concerns"), ("reason", "reasons")):
            rows.append((f"{who}: {name}", sorted(t["slug"] for t in b["tags"] if t["kind"] == kind and
                                                  t["source"] == "patient"), p.ticked(name)))
    all_equal(rows)


@test
def each_concern_finds_those_who_ticked_it_and_nobody_twice():
    catalogue = [c["slug"] for c in d.get("/api/v1/concerns").json()["concerns"]]
    assert set(catalogue) == {c for p in patients for c in p.ticked("concerns")}, catalogue
    for concern in catalogue:
        items = d.list(concern=concern, tag_source="patient", limit=200)["items"]
        names = sorted(i["full_name"] for i in items)
        equal(names, sorted(p.value("full_name") for p in patients if concern in p.ticked("concerns")
                            for _ in range(p.expected())), concern)
        equal(len({i["reference"] for i in items}), len(items), concern)
        anybody = {i["reference"] for i in d.list(concern=concern, limit=200)["items"]}
        assert {i["reference"] for i in items} <= anybody, concern
    by_article = d.list(concern="enlarged-pores", tag_source="article", limit=200)["items"]
    equal(len(by_article), sum(p.expected() for p in patients if not p.ours), "who came by the article")


FOLLOWS = {"scarring-or-texture": {"acne-scarring", "uneven-texture"}, "noticeable-with-age": {"elasticity-loss"}}


@test
def a_reason_follows_from_the_concerns_and_is_told_apart_from_a_tick():
    for reason, concerns in FOLLOWS.items():
        ticked = [p for p in patients if reason in p.ticked("reasons")]
        derived = [p for p in patients if p not in ticked and concerns & set(p.ticked("concerns"))]
        for source, who in (("patient", ticked), ("derived", derived)):
            items = d.list(reason=reason, tag_source=source, limit=200)["items"]
            equal(sorted(i["full_name"] for i in items),
                  sorted(p.value("full_name") for p in who for _ in range(p.expected())), f"{reason}, {source}")
            for i in items:
                equal(i["reasons"].count(reason), 1, i["reference"])
                equal([t["source"] for t in d.detail(i["reference"])["tags"]
                       if t["slug"] == reason and t["source"] != "text"], [source], i["reference"])


@test
def a_reason_goes_with_the_concern_that_staff_take_back():
    b = d.book(concerns=["excess-oil"])["reference"]
    for body, reasons in (({"add": ["uneven-texture"]}, ["scarring-or-texture"]),
                          ({"remove": ["uneven-texture"]}, [])):
        equal(d.act(b, "tag", body).status, 200)
        equal(d.detail(b)["reasons"], reasons)
    equal(d.act(b, "spam", {}, d.detail(b)["version"]).status, 200)


# ---- the desk, with nothing but the pages ----

class Reading(html.parser.HTMLParser):
    """What somebody sees to click on: links and forms, each by its words."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.forms, self.words, self.link, self.option = [], [], "", None, None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "a":
            self.links.append([a["href"], ""])
        elif tag == "form":
            self.forms.append({"action": a["action"], "method": a["method"], "fields": {}, "choices": {}, "words": ""})
        elif tag in ("input", "textarea", "select") and self.forms and "name" in a:
            self.forms[-1]["fields"][a["name"]] = a.get("value", "")
            if tag == "select":
                self.forms[-1]["choices"][a["name"]] = []
        elif tag == "option":
            list(self.forms[-1]["choices"].values())[-1].append(a["value"])
        self.link = tag == "a"

    def handle_endtag(self, tag):
        self.link = self.link and tag != "a"

    def handle_data(self, text):
        self.words += text
        if self.link:
            self.links[-1][1] += text
        if self.forms:
            self.forms[-1]["words"] += text

    def form(self, words):
        return next(f for f in self.forms if words in f["words"])


class Person:
    """Follows links, fills in forms, keeps the cookie."""

    def __init__(self):
        self.cookie, self.at = None, None

    def go(self, path, body=None):
        for _ in range(5):
            headers = {"Cookie": f"__Host-session={self.cookie}"} if self.cookie else {}
            a = d.ask("POST" if body is not None else "GET", path, body or b"",
                      headers={**headers, **(FORM if body is not None else {})})
            if cookie := re.match(r"__Host-session=([^;]*)", a.header("set-cookie") or ""):
                self.cookie = cookie.group(1)
            if a.status != 303:
                break
            path, body = a.header("location"), None
        equal(a.status, 200, path)
        self.at = Reading(a.text())
        return self.at

    def fill(self, words, **answers):
        form = self.at.form(words)
        for name, value in answers.items():
            assert name in form["fields"], f"no field {name} in {form}"
            assert name not in form["choices"] or value in form["choices"][name], f"{value} is not offered: {form}"
        rows = urllib.parse.urlencode({**form["fields"], **answers})
        return self.go(f"{form['action']}?{rows}") if form["method"] == "get" else self.go(form["action"], rows.encode())

    def click(self, words):
        return self.go(next(href for href, text in self.at.links if words in text))

    def waiting(self):
        """References of the list and of its next pages, as they stand."""
        found = []
        self.go("/staff/")
        while True:
            found += [text for _, text in self.at.links if REFERENCE.fullmatch(text)]
            if not any(text == "Next page" for _, text in self.at.links):
                return found
            self.click("Next page")


@test
def the_desk_signs_in_and_answers_everybody_until_nobody_waits():
    once = d.ctl("staff", "add", "wei", "--role", "frontdesk", "--name", "Wei").stdout.strip()
    desk = Person()
    desk.go("/staff/")
    desk.fill("Sign in", login="wei", password=once)
    desk.fill("Save password", new_password=PASSWORD)
    waiting = desk.waiting()
    requests = sum(p.expected() for p in patients)
    equal((len(waiting), len(set(waiting))), (requests, requests))
    newest = d.list(limit=1)["items"][0]["reference"]
    equal(waiting[-1], newest, "who has waited longest comes first")
    answered = 0
    while references := [text for _, text in desk.go("/staff/").links if REFERENCE.fullmatch(text)]:
        desk.click(references[0])
        by = [("whatsapp", "https://wa.me/"), ("phone", "tel:"), ("email", "mailto:")]
        channel = next(c for c, begin in by for href, _ in desk.at.links if href.startswith(begin))
        desk.fill("Log a contact", channel=channel, outcome="reached", text="will come on Thursday")
        assert "contacted" in desk.at.words and "will come on Thursday" in desk.at.words, references[0]
        answered += 1
        assert answered <= len(waiting), "the list does not get shorter"
    equal(answered, len(waiting))
    assert "Nobody is waiting" in desk.at.words
    equal({i["status"] for i in d.list(limit=200)["items"]}, {"contacted"})


@test
def the_desk_reaches_the_guardian_and_sees_who_sent_it_again():
    desk = Person()
    desk.go("/staff/")
    desk.fill("Sign in", login="wei", password=PASSWORD)
    for p in patients:
        desk.go("/staff/find?" + urllib.parse.urlencode({"q": p.value("full_name")}))
        equal(desk.at.words.count("Sent again"), p.expected() - 1, p.value("full_name"))
        child = p.value("age_18_or_over") == "no"
        equal("Under 18: reach the guardian" in desk.at.words, child, p.value("full_name"))
        assert "Under 18?" not in desk.at.words or not child
        if child:
            desk.click("EX-")
            reach = [href for href, _ in desk.at.links if href.startswith(("tel:", "https://wa.me/"))]
            digits = re.sub(r"\D", "", p.value("guardian_phone"))[-8:]
            assert len(reach) == 2 and all(href.endswith(digits) for href in reach), reach


@test
def the_desk_reads_what_a_corrected_request_said_before():
    desk = Person()
    desk.go("/staff/")
    desk.fill("Sign in", login="wei", password=PASSWORD)
    p = next(p for p in patients if p.ours and p.habit == "changes" and p.days)
    desk.go(f"/staff/bookings/{d.reference_at(p.locations[0])}")
    was = ", ".join(DAYS[day] for day in p.days)
    assert f"Preferred days was: {was}" in desk.at.words, desk.at.words


@test
def the_desk_finds_a_patient_by_the_concern_afterwards():
    desk = Person()
    desk.go("/staff/")
    desk.fill("Sign in", login="wei", password=PASSWORD)
    desk.click("By concern")
    for concern, name in (("acne-scarring", "Rajendran s/o Muthu"), ("genetic-skin-type", "欧阳文慧"),
                          ("not-sure", "Amirul")):
        desk.fill("Concern", concern=concern, status="contacted")
        assert name in desk.at.words, concern


patients = []
d = Daemon()
finish()
