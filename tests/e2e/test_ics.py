# SPDX-License-Identifier: MIT
"""
test_ics.py BUILD - three other programs read our calendar files, and all read the same.

The samples are written by tests/book/ics.c, most of them with hostile texts. Debian's
modules are with Debian's python, whatever python3 is first on the PATH.
"""
import os
import sys

DEBIANS = "/usr/bin/python3"
try:
    import icalendar
    import vobject
except ImportError:
    if sys.executable == DEBIANS:
        raise
    os.execv(DEBIANS, [DEBIANS, *sys.argv])
import ctypes
import datetime
from harness import *

TEXTS = ("UID", "SUMMARY", "LOCATION")
TIMES = ("DTSTAMP", "DTSTART", "DTEND")
CALENDAR = ["VERSION", "PRODID", "CALSCALE", "METHOD"]
EVENT = ["UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "TRANSP", "CLASS", "SUMMARY", "ORGANIZER",
         "CN", "LOCATION", "URL"]


# ---- each reader: [(component, {property: value})], the organizer's CN among them ----

def stamp(t):
    assert t.tzinfo is not None and t.utcoffset() == datetime.timedelta(0), f"{t} is not UTC"
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def by_icalendar(data):
    def value(name, v):
        return stamp(v.dt) if name in TIMES else v if isinstance(v, int) else str(v)

    calendar = icalendar.Calendar.from_ical(data)
    rows = []
    for c in calendar.walk():
        rows.append((c.name, {k.upper(): value(k.upper(), v) for k, v in c.items()}))
        if "ORGANIZER" in c:
            rows[-1][1]["CN"] = c["ORGANIZER"].params["CN"]
    return rows


def by_vobject(data):
    def value(name, v):
        return stamp(v) if name in TIMES else int(v) if name == "SEQUENCE" else v

    def component(c):
        lines = list(c.lines())
        names = [line.name for line in lines]
        equal(len(set(names)), len(names), f"vobject: twice in {names}")
        rows = {line.name: value(line.name, line.value) for line in lines}
        rows.update(("CN", line.params["CN"][0]) for line in lines if line.name == "ORGANIZER")
        return [(c.name, rows)] + [row for child in c.components() for row in component(child)]

    return component(vobject.readOne(data.decode()))


class Libical:
    ANY_COMPONENT, ANY_PROPERTY = 1, 0

    def __init__(self):
        self.lib = ctypes.CDLL("libical.so.3")
        for name in ("parser_parse_string", "component_get_first_component", "component_get_next_component",
                     "component_get_first_property", "component_get_next_property"):
            getattr(self.lib, "ical" + name).restype = ctypes.c_void_p
        for name in ("component_kind_to_string", "property_get_property_name", "property_get_value_as_string",
                     "property_get_parameter_as_string", *(f"property_get_{t.lower()}" for t in TEXTS)):
            getattr(self.lib, "ical" + name).restype = ctypes.c_char_p

    def call(self, name, handle, *more):
        r = getattr(self.lib, "ical" + name)(ctypes.c_void_p(handle), *more)
        return r.decode() if isinstance(r, bytes) else r

    def value(self, p, name):
        if name in TEXTS:
            return self.call(f"property_get_{name.lower()}", p)
        text = self.call("property_get_value_as_string", p)
        if name in TIMES:
            return stamp(datetime.datetime.strptime(text, "%Y%m%dT%H%M%S%z"))
        return int(text) if name == "SEQUENCE" else text

    def component(self, c):
        kind = self.lib.icalcomponent_isa(ctypes.c_void_p(c))
        rows = {}
        p = self.call("component_get_first_property", c, self.ANY_PROPERTY)
        while p:
            name = self.call("property_get_property_name", p)
            assert name not in rows, f"libical: {name} twice"
            rows[name] = self.value(p, name)
            if name == "ORGANIZER":
                rows["CN"] = self.call("property_get_parameter_as_string", p, b"CN")
            p = self.call("component_get_next_property", c, self.ANY_PROPERTY)
        out = [(self.lib.icalcomponent_kind_to_string(kind).decode(), rows)]
        child = self.call("component_get_first_component", c, self.ANY_COMPONENT)
        while child:
            out += self.component(child)
            child = self.call("component_get_next_component", c, self.ANY_COMPONENT)
        return out

    def __call__(self, data):
        c = self.lib.icalparser_parse_string(ctypes.c_char_p(data))
        assert c, "libical reads nothing"
        rows = self.component(c)
        self.lib.icalcomponent_free(ctypes.c_void_p(c))
        return rows


READERS = (("icalendar", by_icalendar), ("vobject", by_vobject), ("libical", Libical()))


# ---- tests ----

def written(place):
    """Has the test binary write its samples; [(name, bytes, what must be found)]."""
    r = subprocess.run([BUILD / "tests" / "book" / "run", "--filter", "ics/samples"], cwd=ROOT, timeout=120,
                       env={**os.environ, "ICS_SAMPLES": place}, capture_output=True, text=True)
    assert r.returncode == 0 and "Tested: 1" in r.stderr, r.stderr
    return [(p.name, p.read_bytes(), json.loads(p.with_suffix(".json").read_text()))
            for p in sorted(Path(place).glob("*.ics"))]


def bare(rows):
    """Without blanks around texts: libical drops those in front."""
    return [(name, {k: v.strip() if isinstance(v, str) else v for k, v in properties.items()})
            for name, properties in rows]


def must_be(sample):
    """The names of its properties, and those values that are given."""
    _, given = bare([(None, {k: v for k, v in sample.items() if v is not None})])[0]
    return [n for n in EVENT if n in given or n not in ("LOCATION", "URL")], given


def is_beyond_icalendar(given):
    """It takes escapes away twice and percent signs for its own: those texts come out
    of it otherwise, though in their place."""
    return any(c in given.get(k, "") for k in (*TEXTS, "CN") for c in "\\%")


@test
def three_readers_find_the_same_properties_and_values_and_nothing_more():
    with tempfile.TemporaryDirectory() as place:
        samples = written(place)
    equal(len(samples), 200)
    beyond = 0
    for name, data, sample in samples:
        names, given = must_be(sample)
        read = {reader: bare(fn(data)) for reader, fn in READERS}
        for reader, rows in read.items():
            what = f"{name} by {reader}"
            equal([r[0] for r in rows], ["VCALENDAR", "VEVENT"], what)
            equal((sorted(rows[0][1]), sorted(rows[1][1])), (sorted(CALENDAR), sorted(names)), what)
            if reader == "icalendar" and is_beyond_icalendar(given):
                beyond += 1
                continue
            all_equal([(f"{what}: {k}", rows[1][1][k], v) for k, v in given.items()])
            equal(rows, read["libical"], what)
    assert beyond < 190, "icalendar was compared too seldom"


@test
def the_first_sample_is_an_ordinary_appointment():
    with tempfile.TemporaryDirectory() as place:
        _, data, _ = written(place)[0]
    for reader, fn in READERS:
        (_, calendar), (_, event) = fn(data)
        all_equal([
            (f"{reader}: METHOD", calendar["METHOD"], "PUBLISH"),
            (f"{reader}: SUMMARY", event["SUMMARY"], "Appointment"),
            (f"{reader}: LOCATION", event["LOCATION"], "1 Main Street #02-01, Singapore 000001"),
            (f"{reader}: STATUS", event["STATUS"], "CONFIRMED"),
            (f"{reader}: URL", event["URL"], "https://localhost:8443/b/abc-DEF_123"),
            (f"{reader}: CN", event["CN"], "Example Skin Clinic"),
        ])


@test
def a_bare_line_break_would_have_been_found():
    """The control: the readers do see a property that a text smuggled in."""
    data = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261124T131200Z\r\n"
            b"SUMMARY:A\r\nCOMMENT:smuggled\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    for reader, fn in READERS:
        assert "COMMENT" in fn(data)[1][1], reader


finish()
