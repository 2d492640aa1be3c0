# SPDX-License-Identifier: MIT
"""
test_kill.py BUILD [--kills N] [--seed S] - what was acknowledged is there after kill -9.

Four clients post with Idempotency-Keys and note each key and the hash of its answer
in a ledger that is on the disk (fsync) only after a whole 201. The daemon is killed at
random moments, now and then in the middle of its recovery too. After each restart every
key of the ledger must replay byte for byte; in the end each key ever sent has one row.
"""
import hashlib
import random
from collections import Counter
from harness import *


def argument(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


KILLS = argument("--kills", 20)
SEED = argument("--seed", int.from_bytes(os.urandom(4), "big"))
CLIENTS = 4
CHECKED = 600  # of the ledger's newest after each restart; the end checks all
API = "/api/v1/bookings"
rng = random.Random(SEED)
sent = {}      # key -> body, before it is sent
answers = {}   # key -> hash, what the ledger says
lock = threading.Lock()
up, over = threading.Event(), threading.Event()


class Ledger:
    def __init__(self, path):
        self.file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def note(self, key, answer):
        digest = hashlib.sha256(answer).hexdigest()
        with lock:
            os.write(self.file, f"{key} {digest} {time.time()}\n".encode())
            os.fsync(self.file)
            answers[key] = digest


def post(key):
    return request(
        "POST",
        API,
        json.dumps(sent[key], ensure_ascii=False).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": key},
    )


def body_of(client, i):
    email = f"k{client}-{i}@kill.example" if i % 3 == 0 else None
    return person(full_name=f"Kill {client} {i}", note=f"note of {client} {i} 备注" if i % 2 else None, email=email)


def patient(client):
    """Posts new requests whenever the daemon is there; every other time the last one again."""
    i, unanswered = 0, None
    while not over.is_set():
        if not up.wait(0.05):
            continue
        try:
            with Client(d, timeout=10) as c:
                while not over.is_set():
                    key = unanswered if unanswered and i % 2 else f"kill-{client}-{i:06}"
                    if key not in sent:
                        sent[key] = body_of(client, i)
                        i += 1
                    unanswered = key
                    c.send(post(key))
                    a = c.answer()
                    if a is None:
                        break
                    assert a.status == 201, a
                    ledger.note(key, a.body)
                    unanswered = None
        except (OSError, ssl.SSLError):
            pass
        except AssertionError as e:
            wrong.append(e)
            return


def replay(keys):
    """key -> answer, in batches on one connection."""
    out, keys = {}, list(keys)
    with Client(d, timeout=60) as c:
        for at in range(0, len(keys), 40):
            batch = keys[at:at + 40]
            c.send(b"".join(post(k) for k in batch))
            for k in batch:
                out[k] = c.answer()
    return out


def ledger_holds(keys):
    for key, a in replay(keys).items():
        assert (
            a.status == 201 and a.header("idempotency-replayed") == "true"
        ), f"seed {SEED}: {key} was acknowledged, and now {a}"
        equal(hashlib.sha256(a.body).hexdigest(), answers[key], f"seed {SEED}: the answer to {key}")


def kill_and_restart():
    until_then = time.monotonic() + rng.uniform(0.005, 0.5)
    while (left := until_then - time.monotonic()) > 0:
        over.wait(left)
    up.clear()
    d.kill9()
    if rng.random() < 0.25:  # and once more in the middle of its recovery
        d.process = d.spawn()
        over.wait(rng.uniform(0, 0.06))
        d.kill9()
    d.start()


@test
def whatever_was_acknowledged_replays_byte_for_byte_after_every_kill():
    clients = [threading.Thread(target=patient, args=(i,)) for i in range(CLIENTS)]
    for t in clients:
        t.start()
    try:
        for n in range(KILLS):
            up.set()
            kill_and_restart()
            with lock:
                known = list(answers)
            ledger_holds(known[-CHECKED:])
            assert not wrong, wrong
    finally:
        over.set()
        for t in clients:
            t.join()
    assert len(answers) >= KILLS, f"only {len(answers)} were acknowledged: the test tested little"


@test
def keys_without_an_answer_replay_to_exactly_one_request():
    ledger_holds(answers)
    open_keys = [k for k in sent if k not in answers]
    first, second = replay(open_keys), replay(open_keys)
    for k in open_keys:
        equal(
            (first[k].status, second[k].status, first[k].body == second[k].body),
            (201, 201, True),
            f"seed {SEED}: {k}",
        )
    late = sum(a.header("idempotency-replayed") == "true" for a in first.values())
    print(
        f"        seed {SEED}: {KILLS} kills, {len(sent)} keys sent, {len(answers)} acknowledged, "
        f"{len(open_keys)} not, of which {late} had been stored"
    )


@test
def each_key_has_one_row_in_the_list():
    found, cursor = Counter(), {}
    while True:
        page = d.list(q="Kill", limit=200, sort="received", **cursor)
        found.update(i["full_name"] for i in page["items"])
        if not page["next"]:
            break
        cursor = {"cursor": page["next"]}
    expected = Counter(b["full_name"] for b in sent.values())
    equal(found == expected, True, f"seed {SEED}: {(found - expected) or (expected - found)} rows differ")
    equal(d.bookings(), len(sent))


@test
def the_records_are_whole_with_every_event_and_message_in_its_place():
    equal(d.stop(), 0)
    db = d.database()
    equal([r[0] for r in db.execute("PRAGMA integrity_check")], ["ok"], f"seed {SEED}")
    equal([tuple(r) for r in db.execute("PRAGMA foreign_key_check")], [], f"seed {SEED}")
    n = len(sent)
    mails = sum("email" in b for b in sent.values())

    def count(sql):
        return db.execute(sql).fetchone()[0]

    all_equal(
        [
            ("bookings", count("SELECT count(*) FROM booking"), n),
            ("numbers without a gap", count("SELECT max(n) FROM booking"), n),
            ("keys", count("SELECT count(*) FROM idempotency"), n),
            ("links", count("SELECT count(*) FROM token"), n),
            ("consents", count("SELECT count(*) FROM consent"), n),
            ("events", count("SELECT count(*) FROM event"), n),
            ("events without a gap", count("SELECT max(seq) - min(seq) + 1 FROM event"), n),
            ("one event of receipt each", count("SELECT count(DISTINCT n) FROM event WHERE kind = 'received'"), n),
            (
                "a message to the clinic each",
                count("SELECT count(DISTINCT n) FROM outbox WHERE kind = 'request-new' AND recipient = 'clinic'"),
                n,
            ),
            (
                "a message to who gave an address",
                count("SELECT count(*) FROM outbox WHERE kind = 'request-received'"),
                mails,
            ),
            ("no message more", count("SELECT count(*) FROM outbox"), n + mails),
            (
                "no request without its tag",
                count("SELECT count(*) FROM booking WHERE n NOT IN (SELECT n FROM booking_tag)"),
                0,
            ),
            (
                "no request that cannot be found",
                count("SELECT count(*) FROM booking WHERE n NOT IN (SELECT n FROM search_token)"),
                0,
            ),
            ("no link to an earlier one", count("SELECT count(*) FROM booking WHERE linked IS NOT NULL"), 0),
        ]
    )
    db.close()
    d.start()


wrong = []
d = Daemon({"limits.rate_limits": "off"})
ledger = Ledger(d.dir / "ledger")
finish()
