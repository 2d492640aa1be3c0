#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_site_key.py - a website's server passes its visitors' forms on: with a key of the role site it is not one address."""
from harness import *

FORM = "application/x-www-form-urlencoded"
MANY = 3  # posts of one address in ten minutes


def post(key=None, rows=None, accept="application/json", **other):
    """A form as a plugin posts it."""
    headers = {"Content-Type": FORM, "Accept": accept}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    body = urllib.parse.urlencode(rows or form(full_name=f"Person {next(names)}", **other)).encode()
    return d.ask("POST", "/book", body, headers=headers)


def held_back():
    return {x["reference"] for x in d.list(status="spam")["items"]}


@test
def posts_with_a_site_key_are_not_counted_as_one_address():
    key = d.key("site")
    sent = []
    for _ in range(4 * MANY):
        a = post(key)
        equal(a.status, 201, a.text())
        sent.append(a.json()["reference"])
    equal(held_back() & set(sent), set(), "with the key")
    equal({d.detail(r)["status"] for r in sent}, {"new"})
    without = [post().json()["reference"] for _ in range(2 * MANY)]
    assert without[-1] in held_back(), "without it, the address is counted"
    equal(d.detail(post(key).json()["reference"])["status"], "new", "and the key goes on as before")


@test
def a_browser_of_a_plugin_gets_the_patients_page():
    a = post(d.key("site"), accept="text/html")
    equal(a.status, 303)
    equal(d.detail(d.reference_at(a.header("location")))["status"], "new")


@test
def what_was_written_is_judged_with_a_key_too():
    a = post(d.key("site"), note='<a href="https://spam.example/">cheap</a> [url=https://spam.example/]x[/url]')
    assert a.json()["reference"] in held_back()


@test
def a_wrong_key_stores_nothing():
    key = d.key("site", name="gone")
    d.ctl("key", "revoke", "gone")
    before = d.bookings()
    for wrong in (key, "x" * 43, "", "Bearer"):
        a = post(wrong)
        equal((a.status, a.code()), (401, "unauthorized"), wrong)
        a = post(wrong, rows=[("full_name", "")])
        equal((a.status, a.code()), (401, "unauthorized"), "the key comes before the fields")
        equal(post(wrong, accept="text/html").status, 401, "as a page")
    equal(post(d.key("viewer")).status, 403, "a key that may not create")
    equal(d.bookings(), before)


@test
def what_is_missing_is_told_whoever_has_the_key():
    a = post(d.key("site"), rows=form(full_name=None))
    equal((a.status, a.fields()), (422, {"full_name": "required"}))
    a = post(d.key("site"), rows=form(full_name=None), accept="text/html")
    equal((a.status, list(a.page().errors)), (422, ["full_name"]))


@test
def lists_as_php_numbers_them_are_lists():
    """What http_build_query makes of an array."""
    rows = [(f"{n}[0]" if n == "concerns" else n, v) for n, v in form(concerns=["excess-oil"])]
    rows += [("concerns[1]", "acne-scarring"), ("preferred_days[0]", "mon"), ("preferred_days[1]", "sat")]
    b = d.detail(post(d.key("site"), rows=rows).json()["reference"])
    equal(sorted(c["slug"] for c in b["concerns"]), ["acne-scarring", "excess-oil"])
    equal(b["preferred_days"], ["mon", "sat"])
    a = post(rows=[(n, v) for n, v in rows if n != "concerns[0]"] + [("concerns[x]", "excess-oil"), ("concerns[7]", "no-such")])
    equal(a.fields(), {"concerns[1]": "invalid"})


names = itertools.count()
d = Daemon({"spam.address_rate_per_10min": MANY, "spam.weight_address_rate": 100})
finish()
