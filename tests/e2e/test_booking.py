# SPDX-License-Identifier: MIT
"""test_booking.py - a patient asks for a consultation: by form, multipart, JSON."""
import gzip
from datetime import datetime
from harness import *

NAMES = [
    "陈大文", "Nur Aisyah binti Mohd Yusof", "Ravi s/o Kumar", "கமலா தேவி", "Zoë O'Brien-Łukasz", "محمد علي", "김민지",
    "やまだ 花子", "Nguyễn Thị Ánh", "Đặng Văn Lâm", "X", "Jean-Luc Ángel José María", "👩🏽‍⚕️ Mei", "ประภาส", "Ὀδυσσεύς",
    "Björk Guðmundsdóttir", "陈 Wei-Ling (May)", "a" * 200, "é" * 200, "李" * 200,
]
OTHERS_FORM = {"preferred_days": ["thu", "sat"], "preferred_parts": ["evening"], "reasons": ["otc-not-effective"],
               "email": "mei@example.com", "note": "two\nlines & <b>more</b>", "guardian_name": "Mother \"Tan\"",
               "guardian_phone": "9123 4567", "guardian_relation": "mother"}


def nothing_stored(fn):
    """Runs fn; the records are what they were."""
    before = d.counts()
    result = fn()
    equal(d.counts(), before, "counts")
    return result


def spoken(rfc3339):
    t = datetime.fromisoformat(rfc3339)
    return f"{t.hour % 12 or 12}:{t:%M} {'am' if t.hour < 12 else 'pm'} on {t:%A} {t.day} {t:%B %Y}"


def leads_to_the_patients_page(a):
    equal(a.status, 303, a.text())
    location = a.header("location")
    assert re.fullmatch(r"/b/[A-Za-z0-9_-]{43}", location), location
    page = d.get(location)
    equal((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"))
    reference = REFERENCE.search(page.text()).group(0)
    due = spoken(d.detail(reference)["respond_by"])
    assert f"by {due}." in page.page().words, (due, page.page().words)
    return reference, page.page()


@test
def a_form_leads_by_303_to_a_page_with_a_reference_and_by_when():
    reference, page = leads_to_the_patients_page(d.post_form(form(full_name="Siti Aminah", note="before noon")))
    equal((page.dd["Name"], page.dd["Your note"]), ("Siti Aminah", "before noon"))
    equal(d.detail(reference)["channel"], "web")


@test
def a_multipart_form_is_taken_like_any_other():
    body, content_type = multipart(form(full_name="Amir 阿米尔", concerns=["excess-oil", "acne-scarring"], note="a\r\nb"))
    reference, page = leads_to_the_patients_page(d.ask("POST", "/book", body, headers={"Content-Type": content_type}))
    equal(page.dd["Name"], "Amir 阿米尔")
    equal([c["slug"] for c in d.detail(reference)["concerns"]], ["excess-oil", "acne-scarring"])


@test
def json_is_answered_by_201_with_location_and_every_promised_key():
    a = d.post_json("/api/v1/bookings", person(concerns=["excess-oil", "elasticity-loss"]))
    equal((a.status, a.header("content-type")), (201, "application/json; charset=utf-8"))
    b = a.json()
    equal(sorted(b), sorted(["reference", "status", "received_at", "respond_by", "manage_url", "concerns", "slot",
                             "doctor", "service", "branch"]))
    token = b["manage_url"].removeprefix("https://localhost:8443/b/")
    equal(a.header("location"), f"/api/v1/bookings/{token}")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token) and REFERENCE.fullmatch(b["reference"])
    equal((b["status"], b["concerns"], b["slot"], b["service"], b["branch"]),
          ("new", ["excess-oil", "elasticity-loss"], None, "consultation", "main"))
    equal(spoken(b["respond_by"]) in d.get(f"/b/{token}").page().words, True)


@test
def the_patients_own_json_view_names_no_concern_and_no_note():
    b = d.book(concerns=["acne-scarring"], note="secret words")
    a = d.get("/api/v1/bookings/" + b["manage_url"].rsplit("/", 1)[1])
    equal((a.status, a.json()["reference"], a.json()["status"]), (200, b["reference"], "new"))
    assert "acne" not in a.text() and "secret" not in a.text()


@test
def a_form_that_accepts_json_is_answered_in_json():
    accept = {"Accept": "application/json"}
    a = d.post_form(form(), accept)
    equal((a.status, sorted(a.json())[:2]), (201, ["branch", "concerns"]))
    a = nothing_stored(lambda: d.post_form([], accept))
    equal((a.status, a.header("content-type"), a.code()), (422, "application/problem+json", "invalid"))


REQUIRED = {"concerns", "full_name", "phone", "contact_method", "age_18_or_over", "consent"}


@test
def an_empty_json_request_is_told_everything_that_is_required_at_once():
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", {}))
    equal((a.status, a.header("content-type")), (422, "application/problem+json"))
    equal(a.fields(), dict.fromkeys(REQUIRED, "required"))
    equal(sorted(a.json()), ["code", "detail", "errors", "status", "title", "type"])


@test
def an_empty_form_is_told_the_same_in_a_summary_and_beside_each_field():
    a = nothing_stored(lambda: d.post_form([]))
    page = a.page()
    equal((a.status, page.title), (422, "Error: Book a consultation"))
    equal(set(page.summary), REQUIRED)
    equal(set(page.errors), REQUIRED)
    for field, words in page.summary.items():
        equal(page.errors[field], words, field)
        assert f'id="{field}"' in a.text(), f"the summary's link to {field} leads nowhere"


@test
def wrong_answers_are_all_named_with_their_element_and_nothing_is_stored():
    wrong = {"concerns": ["excess-oil", "no-such"], "phone": "912345", "contact_method": "fax", "email": "mei@",
             "full_name": "x" * 201, "preferred_days": ["mon", "someday"], "language": "klingon",
             "visited_before": "maybe", "note": "n" * 501, "branch": "moon", "service": "magic", "doctor": "dr-no",
             "consent": False}
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(**wrong)))
    equal((a.status, set(a.fields())), (422, (set(wrong) - {"concerns", "preferred_days"})
                                        | {"concerns[1]", "preferred_days[1]"}))


def corrected(rows, **right):
    """Posts rows, gets them back in a 422, corrects the page as a browser would, posts it."""
    a = nothing_stored(lambda: d.post_form(rows))
    equal(a.status, 422, a.text())
    kept = [(n, right.pop(n) if n in right else v) for n, v in a.page().answers()]
    return a.page(), d.post_form(kept + list(right.items()))


@test
def every_answer_is_kept_in_the_page_that_names_the_mistakes():
    rows = form(phone="912345", concerns=["excess-oil", "skin-laxity"], age_18_or_over=True, **OTHERS_FORM)
    page, a = corrected(rows, phone=phone())
    for name, value in rows:
        assert value in page.values(name), f"{name}={value} is lost: {page.values(name)}"
    reference, _ = leads_to_the_patients_page(a)
    b = d.detail(reference)
    equal((b["note"], b["email"], b["preferred_days"], b["reasons"]),
          ("two\r\nlines & <b>more</b>" if "\r" in b["note"] else "two\nlines & <b>more</b>", "mei@example.com",
           ["thu", "sat"], ["otc-not-effective"]))


@test
def answers_that_only_a_hosts_own_form_asks_for_are_kept_as_well():
    more = {
        "best_time_to_call": "after 6",
        "visited_before": "yes",
        "language": "ta",
        "doctor": "dr-a",
        "service": "consultation",
        "utm_source": "newsletter",
        "utm_campaign": "spring",
        "referrer_host": "a.example",
    }
    _, a = corrected(form(phone="912345", **more), phone=phone())
    reference, _ = leads_to_the_patients_page(a)
    b = d.detail(reference)
    all_equal((k, b.get(k, b["source"].get(k)), v) for k, v in more.items())


WORDS = {"en": ("Book a consultation", "Enter your full name.", "Request sent", "Monday"),
         "ms": ("Tempah konsultasi", "Masukkan nama penuh anda.", "Permintaan dihantar", "Isnin"),
         "zh-Hans": ("预约咨询", "请输入您的姓名", "已提交", "星期一")}


@test
def the_pages_speak_the_patients_language_and_switching_it_keeps_the_answers():
    page = d.get("/").page()
    for lang, (title, no_name, sent, monday) in WORDS.items():
        equal(d.get("/", lang=lang).page().title, title)
        mine = {"phone": "9123 4567", "note": "switched & kept", "preferred_days": "mon", "concerns": "excess-oil"}
        kept = [(n, v) for n, v in page.answers() if n not in mine] + list(mine.items())
        a = nothing_stored(lambda: d.post_form(kept + [("switch_lang", lang)]))
        page = a.page()
        equal((a.status, page.title, page.value("lang"), page.errors), (200, title, lang, {}))
        equal({n: page.value(n) for n in mine}, mine, lang)
        refused = d.post_form(
            page.answers() + [("contact_method", "phone"), ("age_18_or_over", "yes"), ("consent", "yes")]
        )
        assert refused.page().errors["full_name"].startswith(no_name.rstrip(".")), refused.page().errors
        good = [(n, v or "Mei") if n == "full_name" else (n, v) for n, v in refused.page().answers()]
        a = d.post_form(good)
        equal(a.status, 303, a.text())
        view = d.get(a.header("location"))
        assert sent in view.page().words and monday in view.page().words and f'lang="{lang}"' in view.text(), lang
        equal(d.detail_of(a.header("location"))["language"], lang)
        page = d.get("/", lang=lang).page()


@test
def a_tick_is_kept_however_the_form_spells_yes():
    for yes in ("on", "true", "1", "yes"):
        rows = [(n, yes if n in ("consent", "age_18_or_over") else v) for n, v in form(phone="912345")]
        _, a = corrected(rows, phone=phone())
        equal(a.status, 303, f"yes spelled {yes!r}")


@test
def names_of_every_script_are_stored_as_typed_and_found_again():
    for name in NAMES:
        b = d.book(full_name=f"  {name} ")
        equal(d.detail(b["reference"])["full_name"], name)
        if len(name) > 1 and "👩" not in name:
            found = [i["reference"] for i in d.list(q=name.split(" ")[0][:20])["items"]]
            assert b["reference"] in found, f"{name} is not found"


@test
def phones_are_taken_as_people_write_them():
    for typed, e164 in [("9123 4567", "+6591234567"), ("+65 9123-4567", "+6591234567"), ("6591234567", "+6591234567"),
                        ("(65) 8123 4567", "+6581234567"), ("９１２３４５６７", "+6591234567"),
                        ("WhatsApp: 91234567", "+6591234567"), ("+60 012 345 6789", "+60123456789"),
                        ("0060123456789", "+60123456789"), ("+62 812 3456 7890", "+6281234567890")]:
        b = d.detail(d.book(phone=typed, full_name=f"Caller {typed}")["reference"])
        equal((b["phone"], b["phone_typed"]), (e164, typed))
    for typed in ("912345", "12345678", "9123 4567 / 9876 5432", "call me", "+", "0"):
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(phone=typed)))
        equal((a.status, list(a.fields())), (422, ["phone"]), typed)


@test
def email_is_required_where_it_is_the_contact_and_normalised():
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(contact_method="email")))
    equal(a.fields(), {"email": "required"})
    b = d.book(contact_method="email", email="Mei.Tan@Bücher.Example")
    equal(d.detail(b["reference"])["email"].lower(), "mei.tan@xn--bcher-kva.example")
    for wrong in ("mei", "mei@@x.sg", "mei@x..sg", "a b@x.sg", "mei@x.sg\r\nBcc: all@x.sg", "ü@x.sg", "@x.sg"):
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(email=wrong)))
        equal((a.status, list(a.fields())), (422, ["email"]), wrong)


@test
def a_minor_needs_a_guardian_who_then_stands_in_the_record():
    guardian = {"guardian_name": "Tan Ah Kow", "guardian_phone": "8123 4567", "guardian_relation": "father"}
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(age_18_or_over=False)))
    equal(set(a.fields()), set(guardian))
    a = nothing_stored(lambda: d.post_form(form(age_18_or_over=False, guardian_name="Tan Ah Kow", guardian_phone="12")))
    equal(set(a.page().errors), {"guardian_phone", "guardian_relation"})
    b = d.detail(d.book(age_18_or_over=False, **guardian)["reference"])
    equal((b["for_minor"], b["guardian_name"], b["guardian_phone"], b["guardian_relation"]),
          (True, "Tan Ah Kow", "+6581234567", "father"))


UNKNOWN = [
    "status", "id", "n", "reference", "version", "received_at", "respond_by", "clock_at", "contacted_at", "linked",
    "linked_as", "phone_typed", "call_time", "adult", "room", "role", "is_admin", "price", "created_at", "doctor_id",
    "channel", "basis", "form_token", "hp_website", "return_url", "lang", "article", "__proto__", "",
]


@test
def json_refuses_every_field_it_does_not_know():
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", {**person(), **dict.fromkeys(UNKNOWN, "new")}))
    equal((a.status, a.code(), a.fields()), (422, "unknown_field", dict.fromkeys(UNKNOWN, "unknown_field")))
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(source={"article": "x", "rank": 1})))
    equal(a.fields(), {"source.rank": "unknown_field"})
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(consent={"basis": "verbal"})))
    equal(a.status, 422, "a patient's consent is not verbal")


@test
def a_form_ignores_what_it_does_not_know_and_none_of_it_reaches_a_column():
    plain = d.detail_of(d.post_form(form(full_name="Plain")).header("location"))
    names = [n for n in UNKNOWN if n not in ("form_token", "hp_website", "return_url", "lang", "article")]
    other = d.detail_of(d.post_form(form(full_name="Plain") + [(n, "closed") for n in names]).header("location"))
    moving = ("reference", "id", "received_at", "respond_by", "clock_at", "phone", "phone_typed", "history", "consent")
    equal({k: v for k, v in other.items() if k not in moving}, {k: v for k, v in plain.items() if k not in moving})


@test
def an_answer_given_twice_is_refused_and_a_list_may_repeat():
    for name in ("full_name", "phone", "consent", "contact_method", "note"):
        a = nothing_stored(lambda: d.post_form(form(note="x") + [(name, dict(form(note="x"))[name])]))
        equal((a.status, list(a.page().errors)), (422, [name]), name)
    a = nothing_stored(lambda: d.post_form(form() + [("utm_term", "a"), ("utm_term", "b")]))
    equal(a.status, 422)
    a = d.post_form(form() + [("concerns[]", "sun-damage"), ("concerns", "excess-oil")])
    equal([c["slug"] for c in d.detail_of(a.header("location"))["concerns"]], ["excess-oil", "sun-damage"])


@test
def a_json_key_given_twice_is_malformed():
    for text in (b'{"phone":"91234567","phone":"91234568"}', b'{"source":{"page":"/a","page":"/b"}}'):
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", text))
        equal((a.status, a.code()), (400, "malformed"))


@test
def not_sure_stands_alone_and_any_excludes_days():
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(concerns=["not-sure", "excess-oil"])))
    equal(a.fields(), {"concerns": "invalid"})
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(preferred_days=["any", "mon"])))
    equal(a.fields(), {"preferred_days": "invalid"})
    d.book(concerns=["not-sure"], preferred_days=["any"], preferred_parts=["any"])


@test
def a_time_that_is_not_offered_is_refused():
    for slot in ("2020-01-06T10:00:00+08:00", "2020-01-06T10:00:00Z"):
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(slot=slot)))
        equal((a.status, a.code()), (422, "slot_not_offered"), slot)


@test
def json_values_of_the_wrong_kind_are_refused_wherever_they_stand():
    values = [-1, 0, 2**62, 1.5, [], ["a"], [[]], {}, {"a": 1}, True]
    for name in (
        "full_name",
        "phone",
        "contact_method",
        "email",
        "note",
        "language",
        "branch",
        "visited_before",
        "consent_version",
        "guardian_name",
        "slot",
    ):
        for value in values:
            a = d.post_json("/api/v1/bookings", person(**{name: value}))
            assert a.status == 422 and name in " ".join(a.fields()), (name, value, a)
    for name, wrong in [
        ("concerns", ["excess-oil", 1]),
        ("concerns", [None]),
        ("concerns", "excess-oil"),
        ("concerns", 1),
        ("preferred_days", {"mon": 1}),
        ("consent", "yes"),
        ("consent", 1),
        ("age_18_or_over", "18"),
        ("source", []),
        ("source", "x"),
        ("concerns", ["excess-oil"] * 500),
    ]:
        a = d.post_json("/api/v1/bookings", person(**{name: wrong}))
        equal(a.status, 422, f"{name}={wrong!r:.60}")
    equal(d.list(q="unlikely-name-of-nobody")["items"], [])


@test
def json_that_does_not_parse_is_malformed():
    whole = json.dumps(person())
    for text in (
        "",
        "null",
        "[]",
        '"x"',
        "1",
        whole[:-1],
        whole + "}",
        whole + whole,
        whole.replace("true", "NaN"),
        whole.replace("true", "1e309"),
        whole.replace("true", str(2**70)),
        whole.replace("true", "-Infinity"),
        whole.replace('"Mei', '"\\ud800Mei'),
        whole.replace("Mei", "M\x00ei"),
        whole.replace("Mei", "M\tei"),
        "\ufeff" + whole,
        '{"a":' * 17 + "1" + "}" * 17,
        "[" * 30000,
        '{"full_name":"\\x41"}',
        "{'full_name':'x'}",
    ):
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", text.encode()))
        equal((a.status, a.code()), (400, "malformed"), text[:60])
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", whole.encode().replace(b"Mei", b"\xff\xfe")))
    equal(a.status, 400, "not UTF-8")


@test
def other_media_types_files_and_packed_bodies_are_not_taken():
    j = json.dumps(person()).encode()
    for path, content_type in [
        ("/api/v1/bookings", "text/plain"),
        ("/api/v1/bookings", "application/x-www-form-urlencoded"),
        ("/api/v1/bookings", None),
        ("/api/v1/bookings", "application/jsonx"),
        ("/book", "application/json"),
        ("/book", "text/plain"),
        ("/book", None),
    ]:
        a = nothing_stored(lambda: d.ask("POST", path, j, headers={"Content-Type": content_type}))
        equal(a.status, 415, f"{path} {content_type}")
    body = multipart(form())[0].replace(b'name="full_name"', b'name="full_name"; filename="a.txt"')
    a = nothing_stored(
        lambda: d.ask("POST", "/book", body, headers={"Content-Type": "multipart/form-data; boundary=e2e-boundary"})
    )
    equal(a.status, 415, "a file")
    for encoded in (gzip.compress(j), j):
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", encoded, headers={"Content-Encoding": "gzip"}))
        equal(a.status, 415, "a packed body")


@test
def broken_multipart_bodies_are_malformed():
    good, content_type = multipart(form())
    for what, body, kind in [
        ("no end", good[:-4], content_type),
        ("cut", good[:100], content_type),
        ("another boundary", good, content_type + "x"),
        ("no boundary", good, "multipart/form-data"),
        ("bytes before", b"x" + good, content_type),
        ("bytes after", good + b"more", content_type),
        ("no name", good.replace(b'; name="phone"', b""), content_type),
        ("bare LF", good.replace(b"\r\n", b"\n"), content_type),
    ]:
        a = nothing_stored(lambda: d.ask("POST", "/book", body, headers={"Content-Type": kind}))
        equal(a.status, 400, what)


@test
def bodies_beyond_the_limits_are_too_large():
    big = json.dumps(person(note="x" * 70000)).encode()
    equal(d.post_json("/api/v1/bookings", big).status, 413)
    equal(nothing_stored(lambda: d.post_form([("a", "1")] * 1000)).status, 413)
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(note="é" * 501)))
    equal(a.fields(), {"note": "too_long"})
    d.book(note="👩🏽‍⚕️" * 500, full_name="Counted as people count")


HOSTILE = (
    [f"{a}{b}{c}" for a in ("", "'", '"', "'>", '">', "</dd>", "</textarea>", "</title>", "-->")
     for b in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
     "javascript:alert(1)", "<iframe srcdoc='<b>'>") for c in ("", "<!--")]
    + [
        "' OR 1=1 --", "'; DROP TABLE booking; --", '" OR ""="', "1' UNION SELECT hash FROM token --", "%' OR 'x'='x",
        "\\'; DELETE FROM event; --", "admin'/*", "${7*7}", "{{7*7}}", "#{7*7}", "<%= 7*7 %>", "{{v->name}}",
        "%s%s%s%n", "%x%x%x%x", "&lt;b&gt;", "&amp;", "&#60;", "&quot;", "a&b", "<", ">", '"', "'", "`", "=1+1", "+1",
        "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "../../etc/passwd", "..\\..\\win.ini", "file:///etc/passwd",
        "\\\\host\\share", "a\\nb", "a\\r\\nSet-Cookie: x=1", "a%0d%0aX: 1", "a;b", "a,b", 'a"b,c"d', "null",
        "undefined", "NaN", "true", "0x10", "1e309", "\\u0000", "\\", "\\\\", "/", "//", "|", "||", "&&", "$(id)",
        "`id`", "; id", "\u202eevil", "a\u200bb", "\ufb01", "İstanbul", "ﷺ", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
        "👨‍👩‍👧‍👦", "🏳️‍🌈", "(╯°□°）╯︵ ┻━┻", "ＡＢＣ", "ß", "ǅ", "\u00a0x\u00a0y", "<style>*{}</style>",
        "<base href=//evil>", "<meta http-equiv=refresh>", "<form action=//evil>", "<a href=x>y</a>",
        "<input autofocus onfocus=alert(1)>", "onmouseover=alert(1) x=", "x' onclick='y", 'x" onclick="y',
        "data:text/html,x", "<![CDATA[x]]>", "<?php echo 1 ?>", "<!DOCTYPE x>", "<math><mi//xlink:href=x>",
        "{\"a\":1}", "[1,2]", "{}", "[]", "a\tb".replace("\t", " "), "%", "%%", "%2e%2e%2f", "\\x41", "$1", "&1;",
        "a" * 199, "<" * 100, "'" * 200,
    ]
)
CONTROLS = [
    "a\x00b", "a\x01b", "a\x1b[31mb", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b", "a\nb", "a\rb", "a\tb", "\x08",
    "a\x9bb",
]


@test
def hostile_strings_are_stored_byte_exact_and_never_become_markup():
    assert len(HOSTILE) >= 180, len(HOSTILE)
    plain = d.get(d.post_form(form(note="plain")).header("location")).page()
    refused = d.post_form(form(full_name="plain", note="plain", phone="1")).page()
    for s in HOSTILE:
        a = d.post_form(form(full_name=s, note=s))
        equal(a.status, 303, s)
        page = d.get(a.header("location")).page()
        equal(page.tags, plain.tags, f"tags of the page of {s!r}")
        equal((page.dd["Name"], page.dd["Your note"]), (s.strip("\u00a0 "), s.strip("\u00a0 ")))
        b = d.detail_of(a.header("location"))
        equal((b["full_name"], b["note"]), (s.strip("\u00a0 "), s.strip("\u00a0 ")))
        back = d.post_form(form(full_name=s, note=s, phone="1")).page()
        equal((back.value("full_name"), back.value("note")), (s, s))
        equal(back.tags, refused.tags, f"tags of the form with {s!r}")


@test
def json_leaves_with_its_angles_escaped_so_that_no_page_can_be_fooled_by_it():
    b = d.book(full_name="<script>&</script>")
    raw = d.get(f"/api/v1/staff/bookings/{b['reference']}", d.staff())
    assert b"<" not in raw.body and raw.header("content-type").startswith("application/json")


@test
def control_characters_are_refused_in_a_line_and_only_breaks_are_taken_in_a_note():
    for s in CONTROLS:
        a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(full_name=s)))
        equal((a.status, list(a.fields())), (422, ["full_name"]), repr(s))
        a = d.post_json("/api/v1/bookings", person(note=f"x{s}y"))
        equal(a.status, 201 if s in ("a\nb", "a\rb", "a\tb") else 422, repr(s))
    for raw in (b"a\xffb", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\x00b"):
        a = nothing_stored(lambda: d.post_form([("full_name", raw) if n == "full_name" else (n, v) for n, v in form()]))
        equal((a.status, list(a.page().errors)), (422, ["full_name"]), repr(raw))


@test
def a_return_url_is_followed_only_where_it_is_listed():
    for url in RETURN_URLS:
        equal(d.post_form(form(return_url=url)).header("location"), url)
    for url in [
        "https://www.example.sg/thanks/",
        "https://www.example.sg/thanks?x=1",
        "https://www.example.sg/thanks#x",
        "https://www.example.sg",
        "http://www.example.sg/thanks",
        "https://www.example.sg.evil/thanks",
        "//evil.example",
        "https://evil.example/?https://www.example.sg/thanks",
        "javascript:alert(1)",
        "/\\evil",
        "HTTPS://www.example.sg/thanks",
        "https://www.example.sg/thanks\u200b.",
        "data:text/html,x",
        "https://www.example.sg@evil.example/thanks",
    ]:
        location = d.post_form(form(return_url=url)).header("location")
        assert location.startswith("/b/"), (url, location)
    csp = d.get("/").header("content-security-policy")
    assert "form-action 'self' https://www.example.sg https://shop.example:8080;" in csp, csp


@test
def a_form_may_keep_its_own_field_names():
    rows = [({"full_name": "your-name", "phone": "tel-123"}.get(n, n), v) for n, v in form(full_name="Aliased")]
    equal(d.detail_of(d.post_form(rows).header("location"))["full_name"], "Aliased")
    body, content_type = multipart(rows)
    a = d.ask("POST", "/book", body, headers={"Content-Type": content_type})
    equal(d.detail_of(a.header("location"))["full_name"], "Aliased")
    back = nothing_stored(lambda: d.post_form([(n, "1" if n == "tel-123" else v) for n, v in rows])).page()
    equal((back.value("full_name"), back.value("phone")), ("Aliased", "1"))
    equal(nothing_stored(lambda: d.post_json("/api/v1/bookings", {**person(), "your-name": "x"})).status, 422)


ORIGINS = [
    (None, False), ("null", False), ("https://www.example.sg", True), ("https://www.example.sg.evil", False),
    ("https://evilwww.example.sg", False), ("http://www.example.sg", False), ("https://www.example.sg:443", False),
    ("https://www.example.sg:8443", False), ("https://WWW.example.sg", False), ("https://www.example.sg/", False),
    ("https://example.sg", False), ("https://shop.example:8080", True), ("https://shop.example", False), ("*", False),
]


@test
def only_an_exact_origin_may_read_answers_and_never_with_credentials():
    rows = []
    for origin, allowed in ORIGINS:
        h = {"Origin": origin} if origin else {}
        answers = {
            "preflight": d.ask(
                "OPTIONS",
                "/api/v1/bookings",
                headers={
                    **h,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "content-type",
                },
            ),
            "201": d.post_json("/api/v1/bookings", person(), headers=h),
            "422": d.post_json("/api/v1/bookings", {}, headers=h),
            "400": d.post_json("/api/v1/bookings", b"{", headers=h),
            "200": d.get("/api/v1/concerns", headers=h),
        }
        for what, a in answers.items():
            name = f"{origin} {what}"
            rows.append((name, a.header("access-control-allow-origin"), origin if allowed else None))
            rows.append((name + " credentials", a.header("access-control-allow-credentials"), None))
            rows.append((name + " Vary", "Origin" in (a.header("vary") or ""), True))
        pre = answers["preflight"]
        rows.append(
            (f"{origin} methods", pre.header("access-control-allow-methods"), "GET, POST" if allowed else None)
        )
        rows.append((f"{origin} status", pre.status, 204))
        page = d.post_form(form(), headers=h)
        rows.append((f"{origin} /book", page.header("access-control-allow-origin"), None))
    all_equal(rows)
    a = d.get("/api/v1/staff/bookings", d.staff(), headers={"Origin": "https://www.example.sg"})
    equal(a.header("access-control-allow-origin"), None, "staff's answers")


@test
def reading_changes_nothing():
    token = d.book(full_name="Read only")["manage_url"].rsplit("/", 1)[1]
    before = d.detail(d.reference_at("/b/" + token))
    counts = d.counts()
    query = urllib.parse.urlencode(form())
    paths = [
        "/",
        "/?article=x",
        f"/?{query}",
        f"/b/{token}",
        f"/b/{token}?confirm=yes",
        f"/api/v1/bookings/{token}",
        f"/api/v1/bookings/{token}?cancel=1",
        "/api/v1/concerns",
        "/api/v1/branches",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/.well-known/security.txt",
        "/static/site.css",
    ]
    for path in paths:
        for method in ("GET", "HEAD"):
            equal(d.ask(method, path).status, 200, f"{method} {path}")
    for path in (f"/book?{query}", f"/api/v1/bookings?{query}"):
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            a = d.ask(method, path)
            equal((a.status, a.header("allow")), (405, "POST"), f"{method} {path}")
    equal(d.counts(), counts, "counts")
    equal(d.detail(before["reference"]), before)
    for wrong in (
        "x" * 43,
        token[:-1],
        token + "A",
        token.swapcase(),
        token[:-1] + "%00",
        "..",
        token + "/",
        "%2e%2e",
    ):
        for base in ("/b/", "/api/v1/bookings/"):
            assert d.get(base + wrong).status in (400, 404), base + wrong


@test
def what_falls_into_the_honeypot_is_stored_apart_and_answered_like_any_other():
    token = d.get("/").page().value("form_token")
    before = d.counts()
    a = d.post_form(form(full_name="Robot", hp_website="http://spam.example", form_token=token))
    equal(d.counts()["spam"], before["spam"] + 1)
    equal(d.counts()["outbox_pending"], before["outbox_pending"], "messages")
    reference = d.reference_at(a.header("location"))
    assert "We will message you on WhatsApp" in d.get(a.header("location")).text()
    equal(d.get("/api/v1/bookings/" + a.header("location")[3:]).json()["status"], "new", "the patient's own view")
    equal(
        (d.list(q="Robot")["items"], [i["reference"] for i in d.list(q="Robot", status="spam")["items"]]),
        ([], [reference]),
    )
    a = d.post_form(form(full_name="No token", hp_website="http://spam.example"))
    equal(d.detail_of(a.header("location"))["status"], "new", "a page that is not ours")


@test
def the_consent_record_says_which_words_were_shown():
    page = d.get("/").page()
    version = page.value("consent_version")
    rows = form() + [("form_token", page.value("form_token")), ("consent_version", version)]
    c = d.detail_of(d.post_form(rows).header("location"))["consent"]
    equal([(x["basis"], x["version"], x["channel"]) for x in c], [("form", version, "whatsapp")])
    c = d.detail_of(d.post_form(form()).header("location"))["consent"]
    equal([(x["basis"], x["version"]) for x in c], [("host-page", None)])
    c = d.detail_of(d.post_form(form(consent_version="v0")).header("location"))["consent"]
    equal([(x["basis"], x["version"]) for x in c], [("host-page", None)])
    a = nothing_stored(lambda: d.post_json("/api/v1/bookings", person(consent_version="v0")))
    equal(list(a.fields()), ["consent_version"])


@test
def a_request_from_the_article_carries_its_tag_and_a_page_only_its_path():
    slug = json.loads((ROOT / "etc/taxonomy.json").read_text())["article"]["slug"]
    b = d.detail(d.book(source={"article": slug, "page": "/pores?gclid=1#x", "utm_source": "ig"})["reference"])
    equal(b["concerns"], [{"slug": "enlarged-pores", "source": "article"}, {"slug": "excess-oil", "source": "patient"}])
    equal((b["source"]["article"], b["source"]["page"], b["source"]["utm_source"]), (slug, "/pores", "ig"))
    b = d.detail_of(d.post_form(form() + [("article", "something-else"), ("page", "/x?y")]).header("location"))
    equal((b["source"]["article"], b["source"]["page"], len(b["concerns"])), ("unknown", "/x", 1))
    page = d.get("/", article=slug).page()
    equal((page.value("article"), page.value("full_name")), (slug, ""))
    equal(d.get("/", full_name="x", note="y", consent="yes").page().value("full_name"), "", "taken from the URL")


@test
def the_catalogue_speaks_three_languages_and_is_not_sent_twice():
    for lang, word in (("en", "Oily or shiny skin"), ("zh-Hans", "油"), ("ms", "minyak")):
        a = d.get("/api/v1/concerns", lang=lang)
        equal((a.status, a.json()["language"], a.header("cache-control")), (200, lang, "public, max-age=300"))
        assert word in a.text(), lang
        b = d.get("/api/v1/concerns", lang=lang, headers={"If-None-Match": a.header("etag")})
        equal((b.status, b.body, b.header("etag")), (304, b"", a.header("etag")))
    equal(d.get("/api/v1/concerns", lang="xx", unknown="ignored").status, 200)
    equal(d.get("/api/v1/branches").json()["branches"][0]["slug"], "main")


@test
def no_link_no_key_and_no_note_is_readable_in_the_log_or_in_the_records():
    secret = "Words of a note nobody else wrote"
    tokens = [d.book(full_name="Logged Nowhere", note=secret)["manage_url"].rsplit("/", 1)[1] for _ in range(20)]
    tokens += [d.post_form(form(note=secret)).header("location")[3:] for _ in range(20)]
    idempotency = "key-that-is-kept-as-a-hash"
    tokens.append(json.loads(d.post_json("/api/v1/bookings", person(), headers={"Idempotency-Key": idempotency}).text())
                  ["manage_url"].rsplit("/", 1)[1])
    for t in tokens:
        d.get(f"/b/{t}")
        d.get(f"/api/v1/bookings/{t}")
    d.get("/b/" + tokens[0], headers={"Referer": f"https://localhost/b/{tokens[0]}"})
    equal(d.stop(), 0)
    files = {p.name: p.read_bytes() for p in d.dir.glob("bookingd.db*")}
    files["log"] = d.all_logs().encode()
    d.start()
    assert len(files["log"]) > 1000 and len(files["bookingd.db"]) > 100000
    for name, data in files.items():
        for t in tokens + [d.staff(), idempotency, secret]:
            assert t.encode() not in data, f"{t} stands in {name}"
    for personal in ("Logged Nowhere", "Mei Tan", "+659"):
        assert personal.encode() not in files["log"], f"{personal} is logged"


@test
def a_link_says_where_it_came_from_and_nothing_else():
    page = d.get("/", utm_source="instagram", utm_campaign="pores <b>", full_name="Zzyx", note="x", concerns="excess-oil").text()
    for name, value in (("utm_source", "instagram"), ("utm_campaign", "pores &lt;b&gt;")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page, name
    assert "Zzyx" not in page and "checked" not in page.split("concerns")[1].split("</fieldset>")[0]


RETURN_URLS = ["https://www.example.sg/thanks", "https://shop.example:8080/done?from=booking"]
d = Daemon({"public.return_urls": " ".join(RETURN_URLS), "public.field_alias": "your-name:full_name tel-123:phone",
            "public.allowed_origins": "https://www.example.sg https://shop.example:8080", "limits.rate_limits": "off"})
finish()
