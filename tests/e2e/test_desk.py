# SPDX-License-Identifier: MIT
"""test_desk.py - the staff's console as a browser without script sees it: sessions, forged posts, markup."""
from desk_browser import *

HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</td></table>",
           "</title><b>", "{{v->name}}", "a&lt;b", "<!--", "\u202eevil"]


@test
def the_one_time_password_opens_nothing_but_the_choice_of_another():
    once = d.ctl("staff", "add", "mei", "--role", "frontdesk", "--name", "Mei Ling").stdout.strip()
    b = Browser("mei", once)
    first = b.cookie
    for path in ("/staff/", "/staff/find?q=a", f"/staff/bookings/{reference}", "/staff/new"):
        a = b.get(path)
        equal((a.status, a.header("location")), (303, "/staff/password"), path)
    token = b.get("/staff/password").page().value("csrf")
    equal(b.post("/staff/password", csrf=token, new_password="short").status, 422)
    a = b.post("/staff/password", csrf=token, new_password=NEW)
    equal((a.status, b.cookie not in (None, first)), (303, True), "a session of its own")
    page = b.get("/staff/")
    equal(page.status, 200)
    assert "Mei Ling" in page.text()
    old = Browser()
    old.cookie = first
    equal(old.get("/staff/").header("location"), "/staff/sign-in", "the session before")
    equal(Browser().post("/staff/sign-in", login="mei", password=once).status, 401, "the one-time password again")
    Browser("mei", NEW)


PAGES = [
    "/staff/",
    "/staff/find",
    "/staff/find?q=Person",
    "/staff/concern?concern=excess-oil",
    "/staff/spam",
    "/staff/new",
    "/staff/password",
]


@test
def without_a_session_every_page_is_the_sign_in_page_and_nothing_is_done():
    before = d.counts()
    for cookie in (None, "x" * 43, "", frontdesk.cookie[:-1], frontdesk.cookie + "A"):
        b = Browser()
        b.cookie = cookie
        for path in (*PAGES, f"/staff/bookings/{reference}"):
            a = b.get(path)
            equal((a.status, a.header("location"), a.body), (303, "/staff/sign-in", b""), path)
        for path in (f"/staff/bookings/{reference}/note", "/staff/new", "/staff/sign-out"):
            a = b.post(path, text="x", reason="other", version="1", csrf=frontdesk.token())
            assert a.status in (303, 403), (path, a)
    equal(d.counts(), before)


@test
def a_forged_post_is_refused_and_changes_nothing():
    mine, others = frontdesk.token(), manager.token()
    assert mine != others
    rows, history = [], len(d.detail(reference)["history"])
    for site in (None, "same-origin", "none", "same-site", "cross-site"):
        for what, fields in (
            ("right", {"csrf": mine}),
            ("none", {}),
            ("empty", {"csrf": ""}),
            ("wrong", {"csrf": mine[:-1] + ("A" if mine[-1] != "A" else "B")}),
            ("another's", {"csrf": others}),
        ):
            a = frontdesk.post(f"/staff/bookings/{reference}/note", sec_fetch_site=site, text="forged?", **fields)
            good = what == "right" and site in (None, "same-origin", "none")
            rows.append((f"{what} token, {site}", a.status, 303 if good else 403))
            history += good
    all_equal(rows)
    equal(len(d.detail(reference)["history"]), history)
    for path in (f"/staff/bookings/{reference}/note", "/staff/sign-out"):
        for method in ("GET", "HEAD"):
            equal(frontdesk.ask(method, path).status, 405, f"{method} {path}")
    equal(
        Browser().post("/staff/sign-in", sec_fetch_site="cross-site", login="desk", password=NEW).status,
        403,
        "signing somebody in from elsewhere",
    )


@test
def acts_are_done_once_and_a_stale_page_is_told():
    r = d.book(full_name="Acted Person")["reference"]
    page = frontdesk.get(f"/staff/bookings/{r}").page()
    token, version = page.value("csrf"), page.value("version")
    equal(
        frontdesk.post(
            f"/staff/bookings/{r}/contact", csrf=token, channel="phone", outcome="reached", text="said hello"
        ).status,
        303,
    )
    equal(frontdesk.post(f"/staff/bookings/{r}/close", csrf=token, version=version, reason="price").status, 303)
    a = frontdesk.post(f"/staff/bookings/{r}/cancel", csrf=token, version=version, reason="clinic")
    equal((a.status, "Somebody changed this request meanwhile" in a.text()), (409, True))
    b = d.detail(r)
    equal(
        (b["status"], [e["kind"] for e in b["history"]], b["history"][1]["actor"]),
        ("closed", ["received", "contacted", "closed"], "desk"),
    )
    assert "said hello" in frontdesk.get(f"/staff/bookings/{r}").text()


@test
def a_viewer_looks_masked_and_may_do_nothing():
    for path in (f"/staff/bookings/{reference}", "/staff/", "/staff/find?q=Canary"):
        a = viewer.get(path)
        equal(a.status, 200, path)
        assert "98765432" not in a.text() and "9876 5432" not in a.text() and "secret note" not in a.text(), path
    assert "secret note" in frontdesk.get(f"/staff/bookings/{reference}").text()
    token = viewer.token()
    equal(viewer.post(f"/staff/bookings/{reference}/note", csrf=token, text="x").status, 403)
    equal(viewer.post("/staff/new", csrf=token, **dict(form(channel="phone"))).status, 403)


@test
def what_is_wrong_in_a_new_request_stands_beside_it_and_every_answer_stays():
    page = frontdesk.get("/staff/new").page()
    equal((page.title, page.summary), ("New request", {}))
    token = page.value("csrf")
    before = d.bookings()
    a = frontdesk.post("/staff/new", csrf=token, key=page.value("key"))
    empty = a.page()
    wanted = ["channel", "concerns", "full_name", "phone", "contact_method", "age_18_or_over", "consent"]
    equal((a.status, empty.title, list(empty.summary)), (422, "Error: New request", wanted))
    equal(empty.summary, empty.errors, "the same words beside each field")
    assert "basis" not in a.text() and "verbal" in a.text()
    given = [("channel", "walk-in"), ("concerns", "excess-oil"), ("concerns", "not-sure"), ("full_name", "Mei <b>Tan</b>"),
             ("phone", "12"), ("contact_method", "email"), ("email", "mei at example"), ("language", "ms"),
             ("age_18_or_over", "no"), ("guardian_name", "Aunt"), ("note", "two\r\nlines"), ("consent", "yes")]
    a = frontdesk.ask("POST", "/staff/new", urllib.parse.urlencode([("csrf", token), ("key", "k" * 20), *given]).encode())
    again = a.page()
    equal((a.status, list(again.summary)),
          (422, ["concerns", "phone", "email", "guardian_phone", "guardian_relation"]))
    equal(again.summary, again.errors)
    kept = [(n, v) for n, v in again.answers() if n in dict(given)]
    equal(kept, [(n, v) for n, v in given if n not in ("channel", "language")])
    for chosen in ("walk-in", "ms"):
        assert re.search(rf'<option value="{chosen}"\s+selected', a.text()), chosen
    equal(again.value("key"), "k" * 20)
    assert re.search(r"<details\s+open", a.text()), "the guardian's fields can be seen"
    equal(d.bookings(), before)


@test
def hostile_words_never_become_markup_in_the_console():
    def entered(words):  # by the desk itself: nothing of it is held back as spam
        a = d.post_json(
            "/api/v1/staff/bookings",
            person(full_name=words, note=words, channel="phone", consent={"basis": "verbal"}),
            d.staff(),
        )
        equal(a.status, 201, a.text())
        return a.json()["reference"]

    plain = entered("Plainly")
    paths = ["/staff/find?q={ref}", "/staff/bookings/{ref}"]
    expected = [frontdesk.get(p.format(ref=plain)).page().tags for p in paths]
    for s in HOSTILE:
        r = entered(s)
        for path, tags in zip(paths, expected):
            page = frontdesk.get(path.format(ref=r))
            got = page.page()
            equal((page.status, got.tags == tags), (200, True), f"{s!r} at {path}")
            assert s in got.words or s == "\u202eevil", f"{s!r} at {path}"
        a = frontdesk.get("/staff/find?" + urllib.parse.urlencode({"q": s}))
        equal((a.status, a.page().value("q")), (200, s))
        equal(frontdesk.get("/staff/concern?" + urllib.parse.urlencode({"concern": s})).status in (200, 422), True)
    csp = frontdesk.get("/staff/").header("content-security-policy")
    assert "default-src 'none'" in csp and "script-src" not in csp and "unsafe" not in csp, csp


@test
def looking_changes_nothing_but_the_audit():
    counts, before = d.counts(), d.detail(reference)
    for path in (*PAGES, f"/staff/bookings/{reference}"):
        for method in ("GET", "HEAD"):
            equal(frontdesk.ask(method, path).status, 200, f"{method} {path}")
    equal((d.counts(), d.detail(reference)), (counts, before))


@test
def whoever_has_no_session_cannot_make_the_daemon_work_on_passwords():
    cpu = cpu_seconds(d.pid)
    for _ in range(20):
        a = Browser().post("/staff/password", new_password=NEW, csrf="x")
        assert (a.status, a.header("location")) == (303, "/staff/sign-in") or a.status == 403, a
    burnt = cpu_seconds(d.pid) - cpu
    assert burnt < 0.3, f"{burnt:.2f} s of CPU for 20 posts of nobody"


@test
def signing_out_and_being_disabled_end_every_session_at_once():
    one, two = Browser("out", NEW), Browser("out", NEW)
    cookie = one.cookie
    equal(one.post("/staff/sign-out", csrf=one.token()).header("location"), "/staff/sign-in")
    equal(one.cookie, None, "the cookie is taken away")
    one.cookie = cookie
    equal(one.get("/staff/").header("location"), "/staff/sign-in")
    equal(two.get("/staff/").status, 200, "another browser's session is its own")
    d.ctl("staff", "disable", "out")
    equal(two.get("/staff/").header("location"), "/staff/sign-in")
    equal(Browser().post("/staff/sign-in", login="out", password=NEW).status, 401)
    once = d.ctl("staff", "reset", "out").stdout.strip()
    equal(Browser("out", once).get("/staff/").header("location"), "/staff/password")
    equal([json.loads(l)["login"] for l in d.ctl("staff", "list", "--json").stdout.splitlines()].count("out"), 1)


@test
def guessing_is_slowed_down_and_tells_nothing():
    known = Browser().post("/staff/sign-in", login="view", password="wrong password")
    unknown = Browser().post("/staff/sign-in", login="none", password="wrong password")
    equal((known.status, known.body.replace(b"view", b"none")), (401, unknown.body.replace(b"view", b"none")))
    equal(Browser().post("/staff/sign-in", login="view").status, 422)
    statuses = [Browser().post("/staff/sign-in", login="victim", password=f"guess {i}").status for i in range(8)]
    equal((statuses[0], statuses[-1]), (401, 429), str(statuses))
    equal(Browser().post("/staff/sign-in", login="victim", password=NEW).status, 429, "even the right one has to wait")
    equal(viewer.get("/staff/").status, 200, "who is in stays in")


@test
def no_password_and_no_session_stands_in_the_log_or_in_the_records():
    cookies = [b.cookie for b in (frontdesk, viewer, manager)]
    equal(d.stop(), 0)
    data = b"".join(p.read_bytes() for p in d.dir.glob("bookingd.db*")) + d.all_logs().encode()
    d.start()
    for secret in (NEW, *cookies):
        assert secret.encode() not in data, secret
    equal(frontdesk.get("/staff/").status, 200, "a restart signs nobody out")


d = Browser.d = Daemon({"limits.rate_limits": "off"})
frontdesk, manager, viewer = person_of("frontdesk", "desk"), person_of("manager", "boss"), person_of("viewer", "view")
person_of("doctor", "out")
person_of("frontdesk", "victim")
reference = d.book(full_name="Canary Person", phone="+6598765432", note="secret note")["reference"]
finish()
