# SPDX-License-Identifier: MIT
"""
test_race.py BUILD [--slots N] [--kills N] [--seed S] - a time is given to one.

First sixty-four connections hold back the last byte of their posts for the same or
overlapping times, and all last bytes are let go in one loop. Then clients book, move,
cancel and read while the daemon is killed and answers are lost, and what all of them
saw is held against what a calendar that serves one at a time can have answered
(wgl.py). Last, what is offered is tried: it is what can be booked.
"""
import datetime
import random
from collections import Counter
from harness import *
from wgl import NEVER, Calendar, Op, Undecided, explain


def argument(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


WINDOWS = argument("--slots", 100)
KILLS = argument("--kills", 6)
SEED = argument("--seed", int.from_bytes(os.urandom(4), "big"))
STATES = 200_000  # that are looked at for one story: seconds
API = "/api/v1/bookings"
rng = random.Random(SEED)

SINGAPORE = datetime.timezone(datetime.timedelta(hours=8))
TODAY = datetime.datetime.now(SINGAPORE).date()
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
BEFORE, MINUTES, AFTER, STEP = 5, 30, 10, 15  # of a visit and of the grid
LENGTH = BEFORE + MINUTES + AFTER
ALWAYS = [{"days": EVERY_DAY, "from": "00:00", "to": "24:00"}]
DOCTORS = ["dr-a", "dr-b", "dr-c"]                 # bookable day and night
BUSY = ["busy-a", "busy-b", "busy-c", "busy-d"]    # three hours a day
HOURS = range(10 * 60, 13 * 60 - MINUTES + 1, STEP)  # the starts these have
ROOMS = 2
CLINIC = {
    "clinic": {"name": "Race", "prefix": "EX", "country": "SG", "time_zone": "Asia/Singapore", "booking_mode": "instant",
               "min_notice_minutes": 0, "horizon_days": 600, "slot_step_minutes": STEP, "change_cutoff_hours": 0},
    "branches": [{"slug": "main", "hours": ALWAYS}],
    "services": [{"slug": slug, "name": {"en": slug}, "minutes": MINUTES, "buffer_before": BEFORE, "buffer_after": AFTER,
                  "rooms": rooms} for slug, rooms in (("visit", []), ("laser", ["room"]))],
    "doctors": [{"slug": slug, "name": slug, "services": ["visit", "laser"],
                 "hours": [{"branch": "main", **row} for row in ALWAYS]} for slug in DOCTORS] +
               [{"slug": slug, "name": slug, "services": ["visit"],
                 "hours": [{"branch": "main", "days": EVERY_DAY, "from": "10:00", "to": "13:00"}]} for slug in BUSY],
    "rooms": [{"slug": f"room-{i}", "kind": "room", "branch": "main", "capacity": 1} for i in range(ROOMS)],
}


def day(n):
    """The date n days from now."""
    return (TODAY + datetime.timedelta(days=n)).isoformat()


def at(date, minute):
    return f"{date}T{minute // 60:02}:{minute % 60:02}:00+08:00"


def minute_of(slot, date):
    """Minutes from that date's midnight."""
    midnight = datetime.datetime.fromisoformat(at(date, 0))
    return int((datetime.datetime.fromisoformat(slot) - midnight).total_seconds()) // 60


def wish(slot, service="visit", doctor=None):
    return person(branch="main", service=service, doctor=doctor, slot=slot)


def post(body):
    return request("POST", API, json.dumps(body).encode(), {"Content-Type": "application/json"})


def offered(date, service="visit", doctor=None, ask=None):
    """start -> doctors, of one day."""
    query = {"service": service, "branch": "main", "from": date, "to": date, **({"doctor": doctor} if doctor else {})}
    path = "/api/v1/slots?" + urllib.parse.urlencode(query)
    a = ask("GET", path) if ask else patiently(lambda: d.ask("GET", path))
    if a is None:
        return None
    equal(a.status, 200, a.text())
    (only,) = a.json()["days"]
    equal((only["date"], a.json()["time_zone"]), (date, "Asia/Singapore"))
    for s in only["slots"]:
        equal(minute_of(s["end"], date) - minute_of(s["start"], date), MINUTES, s)
    return {s["start"]: s["doctors"] for s in only["slots"]}


# ---- the claims, as they stand on the disk ----

OVERLAPS = """
SELECT a.resource, a.unit, a.n, b.n FROM claim a JOIN claim b
    ON b.resource = a.resource AND b.unit = a.unit AND b.starts >= a.starts AND b.starts < a.ends
   AND (b.starts > a.starts OR b.n > a.n)"""
CLAIMS = """
SELECT b.reference, r.class, r.slug, c.starts, c.ends FROM claim c
  JOIN resource r ON r.id = c.resource JOIN booking b ON b.n = c.n"""


def claims_are_sound():
    """Stops the daemon for a look; no two claims overlap. What each reference holds, as
    (class, slug, starts, ends), and how many bookings there are."""
    equal(d.stop(), 0)
    db = d.database()
    d.start()
    equal([r[0] for r in db.execute("PRAGMA integrity_check")], ["ok"], f"seed {SEED}")
    equal([tuple(r) for r in db.execute("PRAGMA foreign_key_check")], [], f"seed {SEED}")
    equal([tuple(r) for r in db.execute(OVERLAPS)], [], f"seed {SEED}: overlapping claims")
    held = {}
    for reference, *claim in db.execute(CLAIMS):
        held.setdefault(reference, []).append(tuple(claim))
    rows = db.execute("SELECT count(*) FROM booking").fetchone()[0]
    db.close()
    return held, rows


def claims_of(slot, doctor, rooms=0):
    """What a booking must hold, but for which room."""
    begins = int(datetime.datetime.fromisoformat(slot).timestamp()) * 1000
    stretch = (begins - BEFORE * 60000, begins + (MINUTES + AFTER) * 60000)
    return [("doctor", doctor, *stretch)] + [("room", *stretch)] * rooms


def without_room_names(claims):
    return sorted((c[0], *c[2:]) if c[0] == "room" else c for c in claims)


# ---- all last bytes at once ----

CROWD = 64
WIDTH = 90  # minutes of a window: what is booked in one does not reach into the next
won = {}    # reference -> what it must hold


def windows():
    """(kind, date, minute), all the kinds in turn."""
    kinds = itertools.cycle(["same", "overlapping", "whoever", "mixed"])
    for i in range(WINDOWS):
        yield next(kinds), day(2 + i // (1440 // WIDTH)), i % (1440 // WIDTH) * WIDTH + STEP


def asked_in(kind, date, minute):
    """64 wishes of which `winners` can come true."""
    late = [at(date, minute + rng.choice([0, STEP, 2 * STEP])) for _ in range(CROWD)]
    if kind == "same":
        return 1, [wish(at(date, minute), doctor="dr-a") for _ in late]
    if kind == "overlapping":  # each of the three starts reaches into the others
        return 1, [wish(slot, doctor="dr-b") for slot in late]
    if kind == "whoever":  # three doctors, two rooms
        return ROOMS, [wish(at(date, minute), "laser") for _ in late]
    return ROOMS, [wish(slot, "laser", rng.choice([None, *DOCTORS])) for slot in late]


def let_go_together(crowd, bodies):
    """All but the last byte of each, then all last bytes; the answers."""
    data = [post(b) for b in bodies]
    for c, bytes_ in zip(crowd, data):
        c.send(bytes_[:-1])
    for c, bytes_ in zip(crowd, data):
        c.send(bytes_[-1:])
    return [c.answer() for c in crowd]


def has_won(body, a):
    b = a.json()
    all_equal([("status", b["status"], "booked"), ("slot", b["slot"], body["slot"]),
               ("doctor", b["doctor"], body.get("doctor", b["doctor"]))])
    won[b["reference"]] = claims_of(b["slot"], b["doctor"], body["service"] == "laser")
    return b["slot"], b["doctor"]


def has_lost(body, a, winners):
    """Refused with the nearest times that are still free."""
    equal(a.code(), "slot_taken")
    others = a.json()["alternatives"]
    assert 1 <= len(others) <= 3, others
    for o in others:
        assert o["start"] != body["slot"] or o["doctor"] != body.get("doctor"), o
        start = datetime.datetime.fromisoformat(o["start"])
        for slot, doctor in winners:
            apart = abs(start - datetime.datetime.fromisoformat(slot)).total_seconds() / 60
            assert doctor != o["doctor"] or apart >= LENGTH or len(winners) > 1, f"{o} is taken by {slot} {doctor}"


@test
def of_64_who_ask_for_the_same_time_at_once_one_gets_it_and_the_others_hear_of_free_times():
    crowd = [Client(d, timeout=60) for _ in range(CROWD)]
    try:
        for kind, date, minute in windows():
            what = f"seed {SEED}: {kind} {at(date, minute)}"
            winners, bodies = asked_in(kind, date, minute)
            answers = let_go_together(crowd, bodies)
            assert None not in answers, what
            counted = Counter(a.status for a in answers)
            equal(counted, Counter({201: winners, 409: CROWD - winners}), what)
            got = [has_won(b, a) for b, a in zip(bodies, answers) if a.status == 201]
            equal(len({doctor for _, doctor in got}), winners, f"{what}: {got}")
            for b, a in zip(bodies, answers):
                if a.status == 409:
                    has_lost(b, a, got)
    finally:
        for c in crowd:
            c.close()


@test
def the_claims_on_the_disk_are_the_winners_and_nobody_elses():
    held, rows = claims_are_sound()
    equal(rows, len(won), "a refusal has written nothing")
    equal(set(held), set(won))
    for reference, claims in held.items():
        equal(without_room_names(claims), sorted(won[reference]), reference)


# ---- histories ----

CLIENTS = 8
LOST = 0.04  # of the answers nobody waits for
KILLS_A_DAY = 3  # then all go on to the next: what nobody can cancel fills a day
CALENDAR = Calendar(HOURS, LENGTH)


class Story:
    """What happened to one doctor's day, and the bookings anybody may touch."""

    def __init__(self, doctor, date):
        self.doctor, self.date, self.ops, self.tokens = doctor, date, [], {}
        self.numbers = itertools.count()

    def note(self, call, ret, kind, who, start, result):
        self.ops.append(Op(call, ret, kind, who, start, result))

    def history(self, deaths):
        """What was not answered has happened by the daemon's next death, or never will."""
        return [op._replace(ret=min((t for t in deaths if t > op.call), default=NEVER)) if op.ret == NEVER else op
                for op in self.ops]


class Person(threading.Thread):
    """Does this and that to the days of all doctors until it is over."""

    def __init__(self, number):
        super().__init__()
        self.rng, self.wrong = random.Random(SEED * 1000 + number), None

    def run(self):
        while not over.is_set() and self.wrong is None:
            if not up.wait(0.05):
                continue
            try:
                self.client = Client(d, timeout=20)
            except (OSError, ssl.SSLError):
                continue
            try:
                while not over.is_set() and not self.client.ended:
                    self.act(self.rng.choice(stories[-len(BUSY):]))
            except Exception as e:
                self.wrong = e
            self.client.close()

    def ask(self, method, path, body=None):
        """(call, ret, answer); without an answer when the connection or our patience ended."""
        data = b"" if body is None else json.dumps(body).encode()
        data = request(method, path, data, {"Content-Type": "application/json"} if data else None)
        a, impatient, call = None, self.rng.random() < LOST, time.monotonic()
        try:
            self.client.send(data)
            if impatient:
                self.client.sock.settimeout(self.rng.uniform(0.0001, 0.01))
            a = self.client.answer()
        except (OSError, ssl.SSLError):
            pass
        ret = time.monotonic()
        if a is None:
            self.client.close()
        return call, ret, a

    def act(self, story):
        """One operation, the kind by chance."""
        token = self.rng.choice(list(story.tokens.items())) if story.tokens else None
        kind = self.rng.choice(["book"] * 8 + ["move"] * 4 + ["cancel"] * 3 + ["look"] * 2 + ["free"] * 3)
        start = self.rng.choice(HOURS)
        if kind == "free":
            self.read_free(story)
        elif kind == "book" or token is None:
            self.book(story, start)
        elif kind == "look":
            self.look(story, *token)
        else:
            self.change(story, kind, start if kind == "move" else None, *token)

    def outcome(self, a, done):
        if a is None or a.status == 503:
            return "unknown"
        if a.status == done:
            return "ok"
        equal(a.status, 409, a.text())
        return {"slot_taken": "taken", "conflict": "gone"}[a.code()]

    def book(self, story, start):
        slot, who = at(story.date, start), f"{story.doctor}-{next(story.numbers)}"
        call, ret, a = self.ask("POST", API, wish(slot, doctor=story.doctor))
        result = self.outcome(a, 201)
        story.note(call, NEVER if result == "unknown" else ret, "book", who, start, result)
        if result == "ok":
            b = a.json()
            equal((b["status"], b["slot"], b["doctor"]), ("booked", slot, story.doctor))
            story.tokens[who] = b["manage_url"].rsplit("/", 1)[1]

    def change(self, story, kind, start, who, token):
        body = {"reason": "other"} if kind == "cancel" else {"slot": at(story.date, start), "doctor": story.doctor}
        call, ret, a = self.ask("POST", f"{API}/{token}/{kind}", body)
        result = self.outcome(a, 200)
        story.note(call, NEVER if result == "unknown" else ret, kind, who, start, result)
        if result == "ok" and kind == "move":
            equal(a.json()["slot"], body["slot"])
        if (result == "gone" or kind == "cancel") and self.rng.random() < 0.7:
            story.tokens.pop(who, None)

    def look(self, story, who, token):
        call, ret, a = self.ask("GET", f"{API}/{token}")
        if a is not None and a.status != 503:
            story.note(call, ret, "look", who, held_by(a, story.date), "ok")

    def read_free(self, story):
        seen = {}

        def ask(method, path):
            seen["call"], seen["ret"], a = self.ask(method, path)
            return a if a is not None and a.status != 503 else None
        slots = offered(story.date, doctor=story.doctor, ask=ask)
        if slots is not None:
            story.note(seen["call"], seen["ret"], "free", None, starts_of(slots, story.date), "ok")


def starts_of(slots, date):
    return frozenset(minute_of(s, date) for s in slots)


def held_by(a, date):
    """The start that the patient's own page tells; None when it is not held."""
    equal(a.status, 200, a.text())
    b = a.json()
    return minute_of(b["slot"], date) if b["slot"] and b["status"] in ("booked", "confirmed") else None


def kill_now_and_then(people):
    """SIGKILL after some hundred operations; when the daemon was surely dead."""
    deaths = []
    for i in range(KILLS):
        if i % KILLS_A_DAY == 0:
            stories.extend(Story(doctor, day(540 + i // KILLS_A_DAY)) for doctor in BUSY)
            up.set()
        enough = sum(len(s.ops) for s in stories) + rng.randrange(100, 400)
        until(lambda: sum(len(s.ops) for s in stories) >= enough or any(p.wrong for p in people), 60,
              "the clients get on")
        up.clear()
        d.kill9()
        deaths.append(time.monotonic())
        d.start()
        up.set()
    return deaths


def last_look(story):
    """When all is quiet: the free starts, and each booking that is known."""
    call = time.monotonic()
    slots = offered(story.date, doctor=story.doctor)
    story.note(call, time.monotonic(), "free", None, starts_of(slots, story.date), "ok")
    for who, token in story.tokens.items():
        call = time.monotonic()
        a = d.get(f"{API}/{token}")
        story.note(call, time.monotonic(), "look", who, held_by(a, story.date), "ok")


@test
def what_clients_saw_under_kills_and_lost_answers_is_what_one_calendar_can_have_answered():
    people = [Person(i) for i in range(CLIENTS)]
    for p in people:
        p.start()
    try:
        deaths = kill_now_and_then(people)
    finally:
        over.set()
        for p in people:
            p.join()
    for p in people:
        if p.wrong:
            raise p.wrong
    for s in stories:
        last_look(s)
        s.ops = s.history(deaths)
    told = Counter((op.kind, op.result) for s in stories for op in s.ops)
    print(f"        seed {SEED}: {KILLS} kills, " + ", ".join(f"{n} {k} {r}" for (k, r), n in sorted(told.items())))
    undecided = 0
    for s in stories:
        try:
            said = explain(s.ops, CALENDAR, STATES)
        except Undecided:
            undecided += 1
            continue
        assert said is None, f"seed {SEED}: {s.doctor} {s.date}: {said}"
    assert undecided <= len(stories) // 4, f"seed {SEED}: {undecided} of {len(stories)} stories are too long to judge"
    for needed in (("book", "ok"), ("book", "taken"), ("book", "unknown"), ("move", "ok"), ("move", "taken"),
                   ("cancel", "ok"), ("free", "ok"), ("look", "ok")):
        assert told[needed] > 0, f"{needed} did not happen: the test tested little"


@test
def the_history_with_one_answer_changed_would_have_been_refused():
    """The control: a refusal made a grant, while its time was held before and after."""
    found = 0
    for s in stories:
        at_rest = [op for op in s.ops if op.kind == "book" and op.result == "taken"]
        for op in rng.sample(at_rest, min(10, len(at_rest))):
            changed = [o._replace(result="ok") if o is op else o for o in s.ops]
            try:
                found += explain(changed, CALENDAR, STATES) is not None
            except Undecided:
                pass
    assert found > 0, f"seed {SEED}"


@test
def the_claims_on_the_disk_overlap_nowhere_after_all_that():
    held, _ = claims_are_sound()
    for s in stories:
        midnight = int(datetime.datetime.fromisoformat(at(s.date, 0)).timestamp()) * 1000
        on_disk = {(starts - midnight) // 60000 + BEFORE
                   for claims in held.values() for _, slug, starts, _ in claims
                   if slug == s.doctor and midnight <= starts < midnight + 86400000}
        free = starts_of(offered(s.date, doctor=s.doctor), s.date)
        equal(free, CALENDAR.offered({(m, m) for m in on_disk}), f"{s.doctor} {s.date}")


# ---- what is offered is what can be booked ----

class Noise(threading.Thread):
    """Books and cancels on another day, so that the writer is never idle."""

    def __init__(self, date):
        super().__init__()
        self.date, self.wrong, self.count, self.quiet = date, None, 0, threading.Event()

    def run(self):
        try:
            with Client(d, timeout=30) as c:
                while not self.quiet.is_set():
                    c.send(post(wish(at(self.date, rng.choice(range(0, 1380, STEP))), "laser")))
                    a = c.answer()
                    assert a.status in (201, 409, 503), a
                    if a.status == 201:
                        token = a.json()["manage_url"].rsplit("/", 1)[1]
                        a = patiently(lambda: c.ask("POST", f"{API}/{token}/cancel", b'{"reason":"other"}',
                                                    {"Content-Type": "application/json"}))
                        equal(a.status, 200, a.text())
                    self.count += 1
        except Exception as e:
            self.wrong = e


CHANGES = 60  # each makes every thread read its calendar anew


class Hours(threading.Thread):
    """Sends a doctor away for another day and takes it back, so that the hours in force
    are always new ones."""

    def __init__(self, date):
        super().__init__()
        self.date, self.wrong, self.count, self.quiet = date, None, 0, threading.Event()
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {d.staff()}"}

    def run(self):
        path = "/api/v1/staff/absences"
        body = json.dumps({"doctor": "dr-b", "from": self.date, "to": self.date}).encode()
        try:
            with Client(d, timeout=30) as c:
                while not self.quiet.is_set() and self.count < CHANGES:
                    a = c.ask("POST", path, body, self.headers)
                    equal(a.status, 201, a.text())
                    equal(c.ask("DELETE", f"{path}/{a.json()['id']}", b"", self.headers).status, 200)
                    self.count += 1
        except Exception as e:
            self.wrong = e


def patiently(ask):
    """The answer; who decided by hours that have just changed is told to ask again."""
    return until(lambda: (a := ask()).status != 503 and a, 20, "an answer that is not 503")


def try_start(date, minute, service, doctor):
    """Asks what is offered, books, and holds the answer against it."""
    slot = at(date, minute)
    slots = offered(date, service, doctor)
    a = patiently(lambda: d.post_json(API, wish(slot, service, doctor)))
    what = f"seed {SEED}: {slot} {service} {doctor}: offered to {slots.get(slot)}, answered {a}"
    if slot in slots:
        equal(a.status, 201, what)
        assert a.json()["doctor"] in slots[slot], what
        return "booked"
    assert (a.status, a.code()) in ((409, "slot_taken"), (422, "slot_not_offered")), what
    return a.code()


@test
def every_time_that_is_offered_can_be_booked_and_no_other():
    noise = [*(Noise(day(500 + i)) for i in range(3)), Hours(day(505))]
    for n in noise:
        n.start()
    try:
        told = Counter()
        sweeps = (("visit", "dr-c"), ("laser", None), ("visit", None), ("visit", BUSY[0]))
        for i, (service, doctor) in enumerate(sweeps):
            date = day(510 + i)
            minutes = [*range(9 * 60, 14 * 60, STEP), 10 * 60 + 5, 11 * 60 + 10] * (1 if doctor else 2)
            for minute in rng.sample(minutes, len(minutes)):
                told[try_start(date, minute, service, doctor)] += 1
    finally:
        for n in noise:
            n.quiet.set()
            n.join()
    for n in noise:
        if n.wrong:
            raise n.wrong
    assert min(n.count for n in noise) > 5 and min(told[k] for k in ("booked", "slot_taken", "slot_not_offered")) > 5, told


up, over = threading.Event(), threading.Event()
stories = []  # the last are those of the day that everybody is at
d = Daemon({"limits.rate_limits": "off"}, clinic=CLINIC)
finish()
