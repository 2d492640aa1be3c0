# SPDX-License-Identifier: MIT
"""test_staff.py - the staff's API: who may do what, how requests are found and worked."""
import csv
import hashlib
import io
from datetime import datetime, timedelta, timezone
from harness import *

LIST = "/api/v1/staff/bookings"
CSV = "/api/v1/staff/bookings.csv"
CHANGES = "/api/v1/staff/changes"


def two_branches():
    c = json.loads(EXAMPLE.read_text())
    c["branches"].append({**c["branches"][0], "slug": "west", "name": "Example Skin Clinic, West"})
    return c


def of_main(**other):
    return person(**{"branch": "main", **other})


def entered(**other):
    return of_main(channel="phone", consent={"basis": "verbal"}, **other)


# ---- who may do what ----

ROLES = ["none", "garbage", "revoked", "expired", "site", "viewer", "frontdesk", "doctor", "manager", "admin", "west"]
N = [401] * 4  # none, garbage, revoked, expired
MATRIX = [
    # method, path, body                                         site viewer desk doctor manager admin west's desk
    ("GET", LIST, None,                                      N + [403, 200, 200, 200, 200, 403, 200]),
    ("HEAD", LIST, None,                                     N + [403, 200, 200, 200, 200, 403, 200]),
    ("POST", LIST, entered,                                  N + [403, 403, 201, 403, 201, 403, 404]),
    ("GET", CSV, None,                                       N + [403, 403, 403, 403, 200, 403, 403]),
    ("GET", LIST + "/{ref}", None,                           N + [403, 200, 200, 200, 200, 403, 404]),
    ("GET", CHANGES, None,                                   N + [403, 200, 200, 200, 200, 403, 200]),
    ("POST", LIST + "/{ref}/contact", {"channel": "phone", "outcome": "reached"},
                                                             N + [403, 403, 200, 200, 200, 403, 404]),
    ("POST", LIST + "/{ref}/note", {"text": "x"},            N + [403, 403, 200, 200, 200, 403, 404]),
    ("POST", LIST + "/{ref}/tag", {"add": ["sun-damage"]},   N + [403, 403, 200, 200, 200, 403, 404]),
    ("POST", LIST + "/{ref}/amend", {"language": "ms"},      N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/close", {"reason": "price"},     N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/cancel", {"reason": "clinic"},   N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/reopen", {},                     N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/spam", {},                       N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/not-spam", {},                   N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/book", {"slot": "2026-11-26T10:00:00Z"}, N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/confirm", {},                    N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/arrive", {},                     N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/attend", {},                     N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/no-show", {},                    N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/move", {"slot": "2026-11-26T10:00:00Z"}, N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/assign", {"doctor": "dr-a"},     N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/undo", {},                       N + [403, 403, 428, 428, 428, 403, 404]),
    ("POST", LIST + "/{ref}/link", {},                       N + [403, 403, 200, 403, 200, 403, 404]),
    ("GET", "/api/v1/staff/absences", None,                  N + [403, 200, 200, 200, 200, 403, 200]),
    ("POST", "/api/v1/staff/absences", {},                   N + [403, 403, 422, 422, 422, 403, 422]),
    ("DELETE", "/api/v1/staff/absences/999", None,           N + [403, 403, 404, 404, 404, 403, 404]),
    ("GET", "/api/v1/staff/closures", None,                  N + [403, 200, 200, 200, 200, 403, 200]),
    ("POST", "/api/v1/staff/closures", {},                   N + [403, 403, 422, 422, 422, 403, 422]),
    ("DELETE", "/api/v1/staff/closures/999", None,           N + [403, 403, 404, 404, 404, 403, 404]),
    ("GET", "/api/v1/staff/explain", None,                   N + [403, 422, 422, 422, 422, 403, 422]),
    ("POST", LIST + "/{ref}/no-such-action", {},             N + [403, 403, 404, 404, 404, 403, 404]),
    # the public door: for a website's key, for who may do all, and for who has none
    ("POST", "/api/v1/bookings", of_main,                [201] + [401] * 3 + [201] + [403] * 3 + [201] + [403] * 2),
    ("PUT", LIST, {},                                        [405] * 11),
    ("DELETE", LIST + "/{ref}", None,                        [405] * 11),
    ("GET", "/control/status", None,                         [404] * 11),
    ("GET", "/control/keys", None,                           [404] * 11),
    ("PUT", "/control/clinic", {},                           [404] * 11),
    ("GET", "/metrics", None,                                [404] * 11),
    ("GET", "/api/v1/staff/no-such", None,                   [404] * 11),
]


@test
def each_role_may_do_what_the_table_says_and_no_more():
    rows = []
    for method, path, body, expected in MATRIX:
        for role, status in zip(ROLES, expected):
            reference = d.book(branch="main", full_name="Of the matrix")["reference"]
            data = b"" if body is None else json.dumps(body() if callable(body) else body).encode()
            headers = {"Content-Type": "application/json"} if body is not None else {}
            a = d.ask(method, path.format(ref=reference), data, keys[role], headers)
            rows.append((f"{role} {method} {path}", a.status, status))
            if a.status == 401:
                rows.append((f"{role} {path} challenge", a.header("www-authenticate"), 'Bearer realm="bookingd"'))
    all_equal(rows)


@test
def no_address_of_the_staff_is_missing_from_the_table():
    table = (ROOT / "daemon" / "web" / "route.c").read_text()
    patterns = [
        (m, re.compile(re.sub(r":\w+", "[^/]+", p) + "$"))
        for m, p in re.findall(r'\{ HTTP_(\w+), "(/api/v1/staff[^"]*)"', table)
    ]
    assert len(patterns) >= 6
    rows = [(method, path.format(ref="X")) for method, path, _, _ in MATRIX]
    equal(
        [(m, p.pattern) for m, p in patterns if not any(m == method and p.match(path) for method, path in rows)], []
    )
    document = (ROOT / "docs" / "openapi.yaml").read_text()
    acts = set(re.findall(r"^  /api/v1/staff/bookings/\{reference\}/([a-z-]+):", document, re.M))
    equal({a for a in acts if not any(path.endswith(f"/{a}") for _, path in rows)}, set(), "acts of openapi.yaml")


@test
def what_another_branch_may_not_see_is_told_like_what_is_not_there():
    reference = d.book(branch="main", full_name="Canary Of Main", note="canary note")["reference"]
    there, nowhere = (d.get(f"{LIST}/{r}", keys["west"]) for r in (reference, "EX-2222222"))
    equal((there.status, there.body), (nowhere.status, nowhere.body))
    for query in (
        {},
        {"q": "Canary"},
        {"q": reference},
        {"branch": "main"},
        {"branch": "main,west"},
        {"sort": "received", "limit": 200},
    ):
        assert "Canary" not in d.get(LIST, keys["west"], **query).text(), query
    own = d.book(branch="west", full_name="Canary Of West")["reference"]
    equal([i["reference"] for i in d.list(keys["west"], q="Canary")["items"]], [own])
    changes = d.get(CHANGES, keys["west"], since=0).json()
    assert reference not in json.dumps(changes) and own in json.dumps(changes)


SECRETS = {
    "phone": "+6598765432",
    "email": "canary@secret.example",
    "note": "a canary's note",
    "guardian_phone": "+6587654321",
}


@test
def a_viewer_sees_no_phone_no_address_and_no_note():
    body = of_main(
        full_name="Masked Person", age_18_or_over=False, guardian_name="G", guardian_relation="mother", **SECRETS
    )
    reference = d.post_json("/api/v1/bookings", body).json()["reference"]
    d.act(reference, "contact", {"channel": "phone", "outcome": "reached", "text": "canary's words"})
    d.act(reference, "amend", {"phone": "+6591112223"}, d.detail(reference)["version"])
    for a in (
        d.get(f"{LIST}/{reference}", keys["viewer"]),
        d.get(LIST, keys["viewer"], q=reference),
        d.get(CHANGES, keys["viewer"]),
    ):
        equal(a.status, 200)
        for word in ["98765432", "canary", "87654321", "91112223"]:
            assert word not in a.text(), f"{word} in {a.text()}"
    masked = d.get(f"{LIST}/{reference}", keys["viewer"]).json()
    equal(
        (masked["full_name"], masked["phone"], masked["email"], masked["note"]),
        ("Masked Person", "****23", "****le", "****"),
    )
    for role in ("frontdesk", "doctor", "manager"):
        clear = d.get(f"{LIST}/{reference}", keys[role]).json()
        equal(
            (clear["phone"], clear["email"], clear["note"]), ("+6591112223", SECRETS["email"], SECRETS["note"]), role
        )


@test
def a_key_that_is_revoked_or_ends_is_useless_at_once():
    key = d.key("manager", "short-lived")
    equal(d.get(LIST, key).status, 200)
    d.ctl("key", "revoke", "short-lived")
    equal(d.get(LIST, key).status, 401)
    for header in (
        f"Basic {keys['manager']}",
        keys["manager"],
        f"Bearer {keys['manager']}x",
        f"Bearer  {keys['manager'][:-1]}",
        "Bearer ",
        "Bearer",
        f"bearer\t{keys['manager']}",
        "Bearer " + "x" * 500,
    ):
        equal(d.get(LIST, headers={"Authorization": header}).status, 401, header[:30])
    equal(
        d.get(LIST, headers={"Authorization": f"bearer {keys['manager']}"}).status, 200, "the scheme's case is free"
    )
    equal(d.get(LIST + "?key=" + keys["manager"]).status, 401, "a key in the address")


# ---- the list ----

def names(**query):
    """The first words of the names found, oldest first."""
    items = d.list(sort="received", limit=200, **{"q": "Filterling", **query})["items"]
    return " ".join(i["full_name"].split()[0] for i in items if "Filterling" in i["full_name"])


def stored_for_filters():
    global known
    today = datetime.now(timezone(timedelta(hours=8))).date()
    known = {"today": str(today), "tomorrow": str(today + timedelta(1)), "yesterday": str(today - timedelta(1))}
    rows = {
        "A": dict(
            concerns=["excess-oil"], reasons=["otc-not-effective"], language="en", branch="main", visited_before="yes"
        ),
        "B": dict(concerns=["excess-oil", "acne-scarring"], language="zh-Hans", branch="west"),
        "C": dict(
            concerns=["acne-scarring", "sun-damage"], reasons=["wants-safe-options"], language="ms", branch="main"
        ),
        "D": dict(concerns=["not-sure"], source={"article": ARTICLE}, branch="main"),
        "E": dict(concerns=["excess-oil"], branch="west", email="eve@filter.example"),
        "F": dict(concerns=["skin-laxity"], branch="main", phone="+6591230042"),
        "G": dict(concerns=["skin-laxity"], branch="main"),
        "H": dict(concerns=["excess-oil", "sun-damage"], branch="main"),
    }
    for letter, other in rows.items():
        known[letter] = d.book(full_name=f"{letter} Filterling", **other)
    act = {letter: known[letter]["reference"] for letter in rows}
    d.act(act["F"], "contact", {"channel": "phone", "outcome": "no-answer"})
    d.act(act["G"], "close", {"reason": "price"}, 1)
    d.act(act["H"], "spam", {}, 1)
    d.act(act["A"], "tag", {"add": ["laser-treatments", "sun-damage"]})
    known["C received"] = d.detail(act["C"])["received_at"]


FILTERS = [
    ({}, "A B C D E F G"), ({"status": "new"}, "A B C D E"), ({"status": "contacted"}, "F"),
    ({"status": "closed"}, "G"), ({"status": "spam"}, "H"), ({"status": "closed,spam"}, "G H"),
    ({"status": "booked,attended"}, ""), ({"status": "new,contacted,closed,spam"}, "A B C D E F G H"),
    ({"concern": "excess-oil"}, "A B E"), ({"concern": "acne-scarring"}, "B C"),
    ({"concern": "excess-oil,sun-damage"}, "A B C E"),
    ({"concern": "excess-oil,acne-scarring", "match": "any"}, "A B C E"),
    ({"concern": "excess-oil,acne-scarring", "match": "all"}, "B"),
    ({"concern": "excess-oil,sun-damage", "match": "all"}, "A"), ({"concern": "not-sure"}, "D"),
    ({"concern": "congestion-buildup"}, ""), ({"concern": "sun-damage", "tag_source": "staff"}, "A"),
    ({"concern": "sun-damage", "tag_source": "patient"}, "C"),
    ({"concern": "enlarged-pores", "tag_source": "article"}, "D"),
    ({"concern": "enlarged-pores", "tag_source": "patient"}, ""), ({"concern": "excess-oil", "status": "spam"}, "H"),
    ({"reason": "otc-not-effective"}, "A"), ({"reason": "wants-safe-options,otc-not-effective"}, "A C"),
    ({"option": "laser-treatments"}, "A"), ({"option": "chemical-peels"}, ""), ({"branch": "west"}, "B E"),
    ({"branch": "main,west"}, "A B C D E F G"), ({"service": "consultation"}, "A B C D E F G"),
    ({"language": "zh-Hans"}, "B"), ({"language": "ms,zh-Hans"}, "B C"), ({"language": "ta"}, ""),
    ({"doctor": "dr-a"}, ""), ({"received_from": "{today}"}, "A B C D E F G"),
    ({"received_to": "{today}"}, "A B C D E F G"), ({"received_from": "{tomorrow}"}, ""),
    ({"received_to": "{yesterday}"}, ""), ({"received_from": "2020-01-01", "received_to": "2020-12-31"}, ""),
    ({"received_from": "2020-01-01T00:00:00Z", "received_to": "2099-01-01T00:00:00+08:00"}, "A B C D E F G"),
    ({"starts_from": "{today}"}, ""), ({"unanswered_hours": "0"}, "A B C D E"), ({"unanswered_hours": "1"}, ""),
    ({"due": "overdue"}, ""),
    ({"q": "Filterling", "concern": "excess-oil", "branch": "west", "language": "zh-Hans"}, "B"),
    ({"q": "eve@filter.example"}, "E"), ({"q": "EVE@Filter"}, "E"), ({"q": "0042"}, "F"), ({"q": "91230042"}, "F"),
    ({"q": "+65 9123 0042"}, "F"), ({"q": "9123-0042"}, "F"), ({"q": "30042"}, "F"), ({"q": "042"}, ""),
    ({"q": "filterl"}, "A B C D E F G"), ({"q": "ÀFILTERLING"}, ""), ({"q": "fílterling"}, "A B C D E F G"),
    ({"q": "ｆｉｌｔｅｒｌｉｎｇ"}, "A B C D E F G"), ({"q": "{C}"}, "C"), ({"q": "nobody-at-all"}, ""),
]


@test
def every_filter_finds_what_it_should():
    stored_for_filters()
    rows = []
    for query, expected in FILTERS:
        filled = {k: v.format(**{**known, "C": known["C"]["reference"]}) for k, v in query.items()}
        rows.append((str(query), names(**filled), expected))
    all_equal(rows)


@test
def a_reference_is_found_however_it_is_typed():
    reference = d.book(full_name="Referenced Person")["reference"]
    # Without a digit and a hyphen it may as well be a name.
    loose = [reference.replace("-", ""), reference.replace("-", " ")] if re.search(r"\d", reference) else []
    for q in (reference, reference.lower(), f" {reference} ", *loose):
        equal([i["reference"] for i in d.list(q=q)["items"]], [reference], q)
    # The check character tells a slip: one wrong sign finds nobody.
    slip = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    equal((d.list(q=slip)["items"], d.get(f"{LIST}/{slip}", d.staff()).status), ([], 404))


@test
def names_are_found_in_any_script_by_any_part():
    for name, queries in {
        "陈大文": ["陈大文", "大文", "陈", "陈 大文"],
        "Nurul Huda binti Aziz": ["nurul", "HUDA", "aziz nurul", "binti hud"],
        "Zoë O’Neill-Łukasz": ["zoe", "oneill", "O'Neill", "lukasz", "oneilllukasz"],
        "Нина Петрова": ["нина", "ПЕТР"],
        "தமிழரசி": ["தமிழரசி"],
        "Đặng Thị": ["dang", "thi dang"],
        "김민지": ["김민지", "민지"],
    }.items():
        reference = d.book(full_name=name)["reference"]
        for q in queries:
            assert reference in [i["reference"] for i in d.list(q=q)["items"]], f"{q} does not find {name}"


@test
def wrong_parameters_are_refused_all_at_once():
    wrong = {
        "status": "asleep",
        "concern": "no-such",
        "match": "some",
        "tag_source": "dog",
        "received_from": "yesterday",
        "received_to": "2026-13-01",
        "unanswered_hours": "-1",
        "due": "never",
        "sort": "name",
        "limit": "0",
        "branch": "moon",
        "service": "magic",
        "doctor": "dr-no",
        "language": "xx",
        "flag": "x",
        "option": "excess-oil",
        "reason": "x",
        "cursor": "AAAA",
        "starts_from": "x",
        "starts_to": "x",
    }
    a = d.get(LIST, d.staff(), **wrong)
    equal((a.status, set(a.fields())), (422, set(wrong)))
    a = d.get(LIST, d.staff(), status="new", colour="red", **{"status[]": "new"})
    equal(
        (a.status, a.code(), a.fields()),
        (422, "unknown_field", {"colour": "unknown_field", "status[]": "unknown_field"}),
    )
    for query in (
        "limit=201",
        "limit=1e2",
        "limit=",
        "limit=5&limit=6",
        "q=a&q=b",
        "q=",
        "limit=0x10",
        "q=%ff",
        "unanswered_hours=1001",
        "concern=",
        "limit=99999999999999999999",
        "sort=received&sort=-received",
    ):
        equal(d.get(f"{LIST}?{query}", d.staff()).status, 422, query)
    for path in (
        CHANGES + "?since=-1",
        CHANGES + "?since=x",
        CHANGES + "?wait=61",
        CHANGES + "?limit=1001",
        CHANGES + "?x=1",
        CSV + "?limit=5",
        CSV + "?cursor=x",
        CSV + "?notes=maybe",
    ):
        equal(d.get(path, d.staff()).status, 422, path)


ITEM = [
    "reference", "status", "version", "received_at", "respond_by", "full_name", "phone", "email", "contact_method",
    "language", "branch", "service", "doctor", "room", "starts_at", "ends_at", "concerns", "reasons", "options",
    "flags", "visited_before", "channel",
]


@test
def an_item_has_exactly_the_promised_keys_and_absent_values_are_null():
    reference = d.book(full_name="Keys Of Item")["reference"]
    item = d.list(q="Keys Of Item")["items"][0]
    equal(list(item), ITEM)
    equal(
        (item["email"], item["doctor"], item["starts_at"], item["visited_before"], item["version"]),
        (None, None, None, None, 1),
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["received_at"]) and item["respond_by"].endswith(
        "+08:00"
    ), item
    a = d.get(f"{LIST}/{reference}", d.staff())
    equal((a.header("etag"), {k: a.json()[k] for k in ITEM}), ('"1"', item))


def pages(sort, limit):
    """Walks through all pages by the Link header; new requests arrive meanwhile."""
    found, path, n = [], f"{LIST}?q=Pageling&sort={sort}&limit={limit}", 0
    while path:
        a = d.get(path, d.staff())
        equal(a.status, 200, a.text())
        page = a.json()
        assert len(page["items"]) <= limit
        found += [i["full_name"] for i in page["items"]]
        link = a.header("link")
        equal(link is None, page["next"] is None)
        path = re.fullmatch(r'<([^>]+)>; rel="next"', link).group(1) if link else None
        n += 1
        if n == 2 and sort.startswith("-"):
            d.book(full_name="Late Pageling")
    return found


@test
def paging_shows_each_request_once_in_both_directions_while_others_arrive():
    for i in range(25):
        d.book(full_name=f"{i:02} Pageling")
    expected = [f"{i:02} Pageling" for i in range(25)]
    equal(pages("received", 7), expected)
    equal(pages("-received", 7), expected[::-1])
    equal(pages("starts", 10)[:25], expected)
    equal(pages("-starts", 25)[-25:], expected[::-1])
    equal(pages("received", 1)[:25], expected)
    cursor = d.list(sort="received", limit=5)["next"]
    for wrong in ({"sort": "-received"}, {}):
        equal(d.get(LIST, d.staff(), cursor=cursor, **wrong).status, 422, "a cursor of another order")


# ---- acts ----

@test
def checks_come_in_the_promised_order():
    reference = d.book(full_name="Ordered")["reference"]
    url, j = f"{LIST}/{reference}/", {"Content-Type": "application/json"}

    def code(key, path, body, match=None):
        a = d.ask("POST", path, json.dumps(body).encode(), key, {**j, **({"If-Match": match} if match else {})})
        return a.status
    bad, good = {"reason": "no-such"}, {"reason": "price"}
    nowhere = f"{LIST}/EX-2222222/"
    all_equal([
        ("401 before 403, 404, 422", code("garbage", nowhere + "close", bad), 401),
        ("401 before an unknown action", code(None, url + "fly", bad), 401),
        ("403 before 404", code(keys["viewer"], nowhere + "close", bad), 403),
        ("403 before an unknown action", code(keys["viewer"], url + "fly", bad), 403),
        ("404 before 422", code(d.staff(), nowhere + "close", bad), 404),
        ("404 before 428", code(d.staff(), nowhere + "close", good), 404),
        ("422 before 428", code(d.staff(), url + "close", bad), 422),
        ("422 before 412", code(d.staff(), url + "close", bad, '"99"'), 422),
        ("422 before 409", code(d.staff(), url + "reopen", {"nonsense": 1}, '"1"'), 422),
        ("428 before 409", code(d.staff(), url + "reopen", {}), 428),
        ("412 before 409", code(d.staff(), url + "reopen", {}, '"99"'), 412),
        ("409 at last", code(d.staff(), url + "reopen", {}, '"1"'), 409),
        ("200", code(d.staff(), url + "close", good, '"1"'), 200)])


@test
def if_match_names_one_version_in_quotes():
    reference = d.book(full_name="Matched")["reference"]
    for wrong in ("1", 'W/"1"', '"1", "2"', "*", '""', '"x"', '"-1"', '"1', '"99999999999999999999"', '"0"'):
        a = d.ask(
            "POST",
            f"{LIST}/{reference}/spam",
            b"{}",
            d.staff(),
            {"Content-Type": "application/json", "If-Match": wrong},
        )
        equal((a.status, list(a.fields())), (422, ["If-Match"]), wrong)
    a = d.act(reference, "spam", {}, 1)
    equal((a.status, a.header("etag"), a.json()["version"], a.json()["status"]), (200, '"2"', 2, "spam"))
    a = d.act(reference, "not-spam", {}, 1)
    equal((a.status, a.code()), (412, "version_mismatch"))


def one_in(status):
    """A new request brought into a status; its reference and version."""
    reference = d.book(full_name=f"In {status}")["reference"]
    steps = {
        "new": [],
        "contacted": [("contact", {"channel": "phone", "outcome": "reached"})],
        "closed": [("close", {"reason": "price"})],
        "cancelled": [("cancel", {"reason": "clinic"})],
        "spam": [("spam", {})],
    }
    for action, body in steps[status]:
        equal(d.act(reference, action, body, d.detail(reference)["version"]).status, 200, f"{action} of {status}")
    b = d.detail(reference)
    equal(b["status"], status)
    return reference, b["version"]


BODIES = {
    "contact": {"channel": "phone", "outcome": "reached"},
    "note": {"text": "x"},
    "tag": {"add": ["sun-damage"]},
    "amend": {"language": "ms"},
    "close": {"reason": "other"},
    "cancel": {"reason": "other"},
    "reopen": {},
    "spam": {},
    "not-spam": {},
}
ACTS = ["contact", "note", "tag", "amend", "close", "cancel", "reopen", "spam", "not-spam"]
STATUS_TABLE = {  # from, and the status after each of ACTS; None: 409
    "new": ["contacted", "new", "new", "new", "closed", "cancelled", None, "spam", None],
    "contacted": ["contacted", "contacted", "contacted", "contacted", "closed", "cancelled", None, "spam", None],
    "closed": ["closed", "closed", "closed", "closed", None, None, "contacted", None, None],
    "cancelled": ["cancelled", "cancelled", "cancelled", "cancelled", "closed", None, None, None, None],
    "spam": [None, "spam", "spam", None, None, None, None, None, "new"],
}


@test
def each_act_leads_from_each_status_where_the_table_says():
    rows = []
    for status, row in STATUS_TABLE.items():
        for action, after in zip(ACTS, row):
            reference, version = one_in(status)
            history = len(d.detail(reference)["history"])
            a = d.act(reference, action, BODIES[action], version)
            now = d.detail(reference)
            what = f"{action} in {status}"
            rows.append((what, (a.status, now["status"]), (200, after) if after else (409, status)))
            rows.append((what + ": events", len(now["history"]) - history, 1 if after else 0))
            append_only = action in ("contact", "note", "tag")
            rows.append((what + ": version", now["version"] - version, 0 if append_only or not after else 1))
            if not after:
                rows.append((what + ": names the status", (a.code(), status in a.json()["detail"]), ("conflict", True)))
    all_equal(rows)


@test
def append_only_acts_need_no_version_and_leave_it_to_others():
    reference = d.book(full_name="Appended")["reference"]
    for action in ("contact", "note", "tag"):
        equal(d.act(reference, action, BODIES[action]).status, 200, action)
    b = d.detail(reference)
    equal((b["version"], b["status"]), (1, "contacted"))
    equal(d.act(reference, "amend", {"language": "ms"}, 1).status, 200, "whoever read version 1 is not disturbed")
    equal(
        [(x["channel"], x["outcome"], x["actor"].startswith("manager")) for x in b["attempts"]],
        [("phone", "reached", True)],
    )
    for action, body, field in [
        ("contact", {"channel": "phone"}, "outcome"),
        ("contact", {"outcome": "reached"}, "channel"),
        ("note", {}, "text"),
        ("tag", {}, "add"),
        ("contact", {"channel": "pigeon", "outcome": "reached"}, "channel"),
        ("tag", {"add": ["no-such"]}, "add[0]"),
        ("contact", {"channel": "phone", "outcome": "reached", "next_due": "soon"}, "next_due"),
        ("note", {"text": "x" * 2001}, "text"),
        ("note", {"text": "x", "status": "closed"}, "status"),
        ("close", {}, "reason"),
        ("cancel", {}, "reason"),
        ("amend", {"phone": "12"}, "phone"),
        ("amend", {"email": "x"}, "email"),
        ("amend", {"status": "new"}, "status"),
    ]:
        a = d.act(reference, action, body, 2)
        equal((a.status, list(a.fields())), (422, [field]), f"{action} {body!r:.60}")


@test
def an_amendment_keeps_the_old_values_and_is_found_under_the_new():
    old = phone()
    reference = d.book(full_name="Oldname Person", phone=old, email="old@a.example")["reference"]
    new = phone()
    a = d.act(
        reference,
        "amend",
        {
            "full_name": "Newname Person",
            "phone": new,
            "email": "new@a.example",
            "preferred_days": ["sat"],
            "language": "zh-Hans",
        },
        1,
    )
    equal(
        (a.status, a.json()["full_name"], a.json()["phone"], a.json()["language"]),
        (200, "Newname Person", new, "zh-Hans"),
    )
    event = d.detail(reference)["history"][-1]
    equal(
        (
            event["kind"],
            event["actor_kind"],
            event["detail"]["old"]["full_name"],
            event["detail"]["old"]["phone"],
            event["detail"]["old"]["email"],
        ),
        ("amended", "staff", "Oldname Person", old, "old@a.example"),
    )
    for q, found in (("Newname", 1), ("Oldname", 0), (new, 1), (old, 0), ("new@a.example", 1), ("old@a.example", 0)):
        equal(len(d.list(q=q)["items"]), found, q)


@test
def staff_tags_can_be_taken_back_and_patients_own_cannot():
    reference = d.book(full_name="Tagged", concerns=["excess-oil"])["reference"]
    d.act(reference, "tag", {"add": ["excess-oil", "sun-damage", "chemical-peels"]})
    equal(
        d.detail(reference)["concerns"],
        [
            {"slug": "excess-oil", "source": "patient"},
            {"slug": "excess-oil", "source": "staff"},
            {"slug": "sun-damage", "source": "staff"},
        ],
    )
    d.act(reference, "tag", {"remove": ["excess-oil", "sun-damage"]})
    b = d.detail(reference)
    equal((b["concerns"], b["options"]), ([{"slug": "excess-oil", "source": "patient"}], ["chemical-peels"]))


@test
def of_two_who_change_the_same_version_one_is_told():
    reference = d.book(full_name="Raced")["reference"]
    statuses = in_parallel(8, lambda i: d.act(reference, "amend", {"full_name": f"Raced {i}"}, 1).status)
    equal(sorted(statuses), [200] + [412] * 7)


@test
def not_spam_starts_the_clock_anew_and_keeps_the_time_of_arrival():
    reference, version = one_in("spam")
    before = d.detail(reference)
    until(
        lambda: datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") > before["received_at"], 3, "a second later"
    )
    equal(d.act(reference, "not-spam", {}, version).status, 200)
    after = d.detail(reference)
    equal(
        (after["received_at"], after["clock_at"] > before["clock_at"], after["respond_by"] >= before["respond_by"]),
        (before["received_at"], True, True),
    )


@test
def staff_enter_who_called_or_walked_in():
    for channel in ("phone", "whatsapp", "walk-in", "email", "other"):
        a = d.post_json(
            LIST, entered(full_name="Entered", concerns=["excess-oil"]) | {"channel": channel}, keys["frontdesk"]
        )
        equal(a.status, 201, a.text())
        b = d.detail(a.json()["reference"])
        equal((b["channel"], b["consent"][0]["basis"], b["history"][0]["actor_kind"]), (channel, "verbal", "staff"))
        equal(a.header("location"), f"{LIST}/{a.json()['reference']}")
    a = d.post_json(LIST, entered() | {"concerns": ["not-asked"]}, keys["frontdesk"])
    equal(a.status, 201, "concerns that were not asked: " + a.text())
    for change, field in (
        ({"channel": "web"}, "channel"),
        ({"channel": None}, "channel"),
        ({"consent": None}, "consent"),
        ({"consent": {"basis": "guess"}}, "consent.basis"),
        ({"phone": "1"}, "phone"),
    ):
        body = {k: v for k, v in (entered() | change).items() if v is not None}
        a = d.post_json(LIST, body, keys["frontdesk"])
        assert a.status == 422 and field in a.fields(), (change, a)
    a = d.post_json(LIST, entered() | {"branch": "west"}, keys["west"])
    equal((a.status, d.detail(a.json()["reference"])["branch"]), (201, "west"))


# ---- for spreadsheets ----

def table(a):
    equal((a.status, a.header("content-type")), (200, "text/csv; charset=utf-8; header=present"))
    assert a.body.startswith(b"\xef\xbb\xbf") and a.body.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(a.body.decode("utf-8-sig"), newline=""), strict=True))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '"=1', 'a,b', 'a"b', "a;b", "' =1", "＝1+1", "plain"]


@test
def a_spreadsheet_reads_back_what_was_stored_and_runs_none_of_it():
    stored = {
        d.book(
            full_name=f,
            note=f"{f}\n{f}",
            email="=x@csv.example",
            branch="main",
            concerns=["excess-oil", "sun-damage"],
        )["reference"]: f
        for f in FORMULAS
    }
    rows = {r["reference"]: r for r in table(d.get(CSV, d.staff(), notes="yes", q="=x@csv.example"))}
    equal(set(rows), set(stored))
    for reference, f in stored.items():
        r = rows[reference]
        dangerous = f[0] in "=+-@"
        equal(
            (r["full_name"], r["note"].replace("\r\n", "\n")),
            (("'" + f, "'" + f"{f}\n{f}") if dangerous else (f, f"{f}\n{f}")),
        )
        assert re.fullmatch(r"65 \d{4} \d{4}", r["phone"]), r["phone"]
        for cell in r.values():
            assert not re.match(r"\s*[=+\-@\t\r]", cell), cell
        equal(
            (r["email"], r["concerns"], r["status"], r["branch"]),
            ("'=x@csv.example", "excess-oil sun-damage", "new", "main"),
        )
    without = table(d.get(CSV, d.staff(), q="=x@csv.example"))
    equal(("note" in without[0], len(without)), (False, len(FORMULAS)))
    assert b"plain\nplain" not in d.get(CSV, d.staff(), notes="no").body


@test
def the_export_takes_the_same_filters_as_the_list():
    for query in (
        {"status": "closed"},
        {"concern": "acne-scarring,excess-oil", "match": "all"},
        {"q": "Filterling", "sort": "received"},
        {"branch": "west"},
        {"status": "spam"},
        {"language": "zh-Hans,ms"},
    ):
        listed = [i["reference"] for i in d.list(limit=200, **query)["items"]]
        equal([r["reference"] for r in table(d.get(CSV, d.staff(), **query))], listed, str(query))
    equal(table(d.get(CSV, d.staff(), q="nobody-at-all")), [])


@test
def a_thousand_requests_leave_as_a_stream_and_every_one_is_in_it():
    def book(_):
        with Client(d) as c:
            for _ in range(250):
                a = c.ask(
                    "POST",
                    "/api/v1/bookings",
                    json.dumps(of_main(full_name="Bulk Person", note="n")).encode(),
                    {"Content-Type": "application/json"},
                )
                equal(a.status, 201)

    in_parallel(4, book)
    a = d.get(CSV, d.staff(), q="Bulk", sort="received")
    rows = table(a)
    equal((len(rows), len({r["reference"] for r in rows}), a.header("transfer-encoding")), (1000, 1000, "chunked"))
    assert a.chunks >= 5, f"{a.chunks} chunks"
    whole = table(d.get(CSV, d.staff(), status="new,contacted,booked,cancelled,closed,spam"))
    equal(len(whole), d.bookings())
    with Client(d) as c:
        c.send(request("GET", CSV + "?q=Bulk", headers={"Authorization": f"Bearer {d.staff()}"}, version="1.0"))
        old = c.answer()
    equal((len(table(old)), old.header("transfer-encoding"), old.header("connection")), (1000, None, "close"))


# ---- what changed ----

@test
def the_feed_numbers_every_event_without_a_gap_and_names_nobody():
    items, since = [], 0
    while True:
        a = d.get(CHANGES, d.staff(), since=since, limit=250)
        page = a.json()
        for word in ("Person", "Filterling", "+65", "example"):
            assert word not in a.text(), f"{word} in the feed"
        items += page["items"]
        if not page["items"]:
            break
        equal(page["next"], page["items"][-1]["seq"])
        since = page["next"]
    equal([i["seq"] for i in items], list(range(1, d.counts()["events"] + 1)))
    equal(sorted(items[0])[:8], ["actor", "actor_kind", "at", "from", "kind", "reference", "seq", "to"])
    a = d.get(CHANGES, d.staff(), since=since + 1000)
    equal((a.status, a.json()), (200, {"items": [], "next": since + 1000}))
    equal(len(d.get(CHANGES, d.staff(), since=0).json()["items"]), 500, "the default")
    begun = time.monotonic()
    equal(d.get(CHANGES, d.staff(), since=since).json()["items"], [])
    assert time.monotonic() - begun < 1, "at once without wait"


@test
def a_long_poll_wakes_up_on_the_booking_it_waits_for():
    since = d.counts()["events"]
    polls = []

    def poll(i):
        with Client(d) as c:
            a = c.ask("GET", f"{CHANGES}?since={since}&wait=20", headers={"Authorization": f"Bearer {d.staff()}"})
            polls.append(time.monotonic())
            return a.json()

    pollers = [threading.Thread(target=lambda i=i: results.append(poll(i))) for i in range(5)]
    results = []
    for t in pollers:
        t.start()
    until(lambda: d.metric("changes_waiting") == 5, 10, "five polls wait")
    stored = time.monotonic()
    reference = d.book(full_name="Awaited")["reference"]
    for t in pollers:
        t.join(10)
    assert len(results) == 5 and max(polls) - stored < 5, (len(results), [p - stored for p in polls])
    for r in results:
        equal(
            [(i["seq"], i["reference"], i["kind"], i["from"], i["to"]) for i in r["items"]],
            [(since + 1, reference, "received", None, "new")],
        )
    equal(d.metric("changes_waiting"), 0)


@test
def a_long_poll_ends_empty_after_its_time_and_sleeps_through_reads():
    since, began = d.counts()["events"], time.monotonic()
    done = []
    t = threading.Thread(target=lambda: done.append(d.get(CHANGES, d.staff(), since=since, wait=1)))
    t.start()
    for _ in range(5):
        d.list()
    t.join(10)
    took = time.monotonic() - began
    equal((done[0].status, done[0].json()), (200, {"items": [], "next": since}))
    assert 0.9 <= took < 5, took


@test
def a_poll_that_leaves_is_forgotten_and_a_revoked_key_ends_its_polls():
    since = d.counts()["events"]
    clients = [Client(d) for _ in range(5)]
    for c in clients:
        c.send(request("GET", f"{CHANGES}?since={since}&wait=30", headers={"Authorization": f"Bearer {d.staff()}"}))
    until(lambda: d.metric("changes_waiting") == 5, 10, "five polls wait")
    for c in clients:
        c.close()
    until(lambda: d.metric("changes_waiting") == 0, 10, "nobody waits")
    key = d.key("viewer", "poller")
    with Client(d) as c:
        c.send(request("GET", f"{CHANGES}?since={since}&wait=30", headers={"Authorization": f"Bearer {key}"}))
        until(lambda: d.metric("changes_waiting") == 1, 10, "it waits")
        d.ctl("key", "revoke", "poller")
        d.book(full_name="Wakes the poll")
        equal(c.answer().status, 401)


# ---- who looked ----

@test
def every_reading_and_export_is_in_the_audit_whose_chain_holds():
    reference = d.book(full_name="Audited")["reference"]
    reader, exporter = d.key("doctor", "audited-reader"), d.key("manager", "audited-exporter")
    d.get(f"{LIST}/{reference}", reader)
    d.get(CSV, exporter, q="Bulk")
    d.get(LIST, reader)
    d.ctl("booking", reference)
    equal(d.stop(), 0)
    db = d.database()
    d.start()
    rows = db.execute("SELECT * FROM audit ORDER BY seq").fetchall()
    n = db.execute("SELECT n FROM booking WHERE reference = ?", (reference,)).fetchone()["n"]
    equal(
        [(r["actor_kind"], r["actor"], r["action"], r["n"]) for r in rows if r["actor"].startswith("audited")],
        [("staff", "audited-reader", "read", n), ("staff", "audited-exporter", "export", None)],
    )
    last = rows[-1]
    equal(
        (last["actor_kind"], last["actor"], last["action"], last["n"]),
        ("admin", "root" if os.getuid() == 0 else "local", "read", n),
    )
    chain = bytes(32)
    for i, r in enumerate(rows):
        text = f"{r['seq']}|{r['at']}|{r['n'] or 0}"
        for word in (r["actor_kind"], r["actor"], r["action"]):
            text += f"|{len(word.encode())}:{word}"
        chain = hashlib.sha256(chain + text.encode()).digest()
        equal((r["seq"], r["chain"]), (i + 1, chain), f"audit row {i + 1}")


ARTICLE = json.loads((ROOT / "etc/taxonomy.json").read_text())["article"]["slug"]
d = Daemon({"limits.rate_limits": "off"}, clinic=two_branches())
keys = {role: d.key(role) for role in ("site", "viewer", "frontdesk", "doctor", "manager", "admin")}
keys |= {
    "none": None,
    "garbage": "x" * 43,
    "expired": d.key("manager", "expired", expires="2020-01-01"),
    "revoked": d.key("manager", "revoked"),
    "west": d.key("frontdesk", "west", branch="west"),
}
d.ctl("key", "revoke", "revoked")
# Requests here name their branch, or go to the first.
d.book = lambda headers=None, key=None, **other: Daemon.book(d, headers, key, **{"branch": "main", **other})
finish()
