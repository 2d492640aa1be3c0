#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_refusal.py - what is refused is said on a page, in the reader's language, with a way back."""
from harness import *

HTML = {"Accept": "text/html,application/xhtml+xml"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BACK = {
    "en": ("/", "Back to the booking form"),
    "ms": ("/?lang=ms", "Kembali ke borang tempahan"),
    "zh-Hans": ("/?lang=zh-Hans", "返回预约表格"),
}
ACCEPT = {"en": "en-SG,en;q=0.9", "ms": "ms-MY,ms;q=0.9,en;q=0.5", "zh-Hans": "zh-CN,zh;q=0.9,en;q=0.5"}


class Link(html.parser.HTMLParser):
    """A page's language, its heading, its one link."""

    def __init__(self, text):
        super().__init__()
        self.lang = self.href = self.at = None
        self.heading = self.label = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.at = tag
        self.lang = a["lang"] if tag == "html" else self.lang
        self.href = a["href"] if tag == "a" else self.href

    def handle_data(self, text):
        if self.at == "h1":
            self.heading += text.strip()
        if self.at == "a":
            self.label += text.strip()

    def handle_endtag(self, tag):
        self.at = None


def refused(a, status):
    equal((a.status, a.header("content-type")), (status, "text/html; charset=utf-8"), repr(a))
    assert "default-src 'none'" in a.header("content-security-policy")
    return Link(a.text())


# name -> status, what is asked in that language
REFUSALS = {
    "a link that opens nothing": (404, lambda h: d.get("/b/" + "x" * 43, headers=h)),
    "no such page": (404, lambda h: d.get("/no-such-page", headers=h)),
    "the form's address, looked at": (405, lambda h: d.get("/book", headers=h)),
    "too much": (413, lambda h: d.ask("POST", "/book", b"note=" + b"n" * 300000, headers={**h, **FORM})),
    "no form": (415, lambda h: d.ask("POST", "/book", b"{}", headers={**h, "Content-Type": "application/json"})),
    "a wrong key": (401, lambda h: d.ask("POST", "/book", b"a=b", key="x" * 43, headers={**h, **FORM})),
    "from another site": (403, lambda h: d.ask("POST", "/b/x/delete", headers={**h, **FORM, "Sec-Fetch-Site": "cross-site"})),
}


@test
def each_refusal_is_in_the_language_of_the_browser():
    headings = {}
    for name, (status, ask) in REFUSALS.items():
        for lang, accept in ACCEPT.items():
            page = refused(ask({**HTML, "Accept-Language": accept}), status)
            equal((page.lang, (page.href, page.label)), (lang, BACK[lang]), f"{name}, {lang}")
            headings[name, lang] = page.heading
        equal(len({headings[name, lang] for lang in ACCEPT}), 3, f"{name}: {headings}")


@test
def the_language_of_the_page_comes_before_the_browsers():
    zh = {**HTML, "Accept-Language": ACCEPT["zh-Hans"]}
    equal(refused(d.get("/b/nobody?lang=ms", headers=zh), 404).lang, "ms")
    equal(refused(d.get("/b/nobody?lang=en", headers=zh), 404).lang, "en")
    a = d.ask("POST", "/book", b"lang=ms&note=x", key="x" * 43, headers={**zh, **FORM})
    equal(refused(a, 401).lang, "ms", "of the form")
    equal(refused(d.get("/b/nobody", headers=HTML), 404).lang, "en", "nobody says")


@test
def under_another_name_the_way_back_leads_to_ours():
    for lang, accept in ACCEPT.items():
        a = d.get("/", headers={**HTML, "Accept-Language": accept, "Host": "evil.example"})
        page = refused(a, 421)
        equal((page.lang, page.href), (lang, "https://localhost:8443" + BACK[lang][0]))
        assert "evil" not in a.text()


@test
def while_the_clinic_is_not_known_yet_the_page_says_so():
    fresh = Daemon({"limits.rate_limits": "off"}, clinic=None)
    with Client(fresh) as c:
        for lang, accept in ACCEPT.items():
            page = refused(c.ask("GET", "/", headers={**HTML, "Accept-Language": accept}), 503)
            equal((page.lang, page.label), (lang, BACK[lang][1]))
    fresh.close()


@test
def on_the_desk_the_way_back_leads_to_the_console():
    for path in ("/staff/no-such", "/staff", "/staff/bookings/EX-2222222/no/such"):
        page = refused(d.get(path, headers={**HTML, "Accept-Language": ACCEPT["ms"]}), 404)
        equal((page.lang, page.href, page.label), ("en", "/staff/", "Back to the console"), path)
    equal(refused(d.get("/staffroom", headers=HTML), 404).href, "/", "is not the desk")


@test
def programs_are_answered_as_before():
    for path, headers in (("/no-such-page", {}), ("/api/v1/no-such", HTML), ("/no-such", {"Accept": "*/*"}),
                          ("/b/nobody", {"Accept": "application/json"}), ("/staff/no-such", {})):
        a = d.get(path, headers={**headers, "Accept-Language": "ms"})
        equal((a.status, a.header("content-type"), a.code()), (404, "application/problem+json", "not_found"), path)
        equal(a.json()["title"], "Not found", "in English, as the codes are")


d = Daemon({"limits.rate_limits": "off", "server.public_url": "https://localhost:8443"})
finish()
