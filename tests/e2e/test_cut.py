# SPDX-License-Identifier: MIT
"""test_cut.py - the network breaks in the middle of a request or of its answer; the same
key or form sent again finds one request and the same answer."""
import random
from harness import *

API = "/api/v1/bookings"
SEED = int.from_bytes(os.urandom(4), "big")
rng = random.Random(SEED)
keys = (f"cut-key-{i:05}" for i in itertools.count())


class Proxy:
    """Passes bytes on; once armed, cuts both sides after so many more of one direction."""

    def __init__(self, d):
        self.d, self.left = d, {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, **left):
        """up=N or down=N bytes still pass."""
        with self.lock:
            self.left = dict(left)

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.create_connection(self.d.address)
            for s in (client, server):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = [client, server]
            threading.Thread(target=self.pump, args=("up", client, server, pair), daemon=True).start()
            threading.Thread(target=self.pump, args=("down", server, client, pair), daemon=True).start()

    def pump(self, direction, source, target, pair):
        try:
            while data := source.recv(65536):
                with self.lock:
                    left = self.left.get(direction)
                    part = data if left is None else data[:left]
                    if left is not None:
                        self.left[direction] = left - len(part)
                target.sendall(part)
                if len(part) < len(data) or left == len(part):
                    break
            else:
                target.shutdown(socket.SHUT_WR)
                return
        except OSError:
            pass
        for s in pair:
            try:  # as a broken line does it: no goodbye
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                s.shutdown(socket.SHUT_RDWR)
                s.close()
            except OSError:
                pass

    def close(self):
        self.listener.close()


def through(data, **cut):
    """Sends data by the proxy, which cuts; the answer, if it came whole."""
    proxy.arm()
    with Client(d, address=proxy.address) as c:
        proxy.arm(**cut)
        try:
            c.send(data)
            return c.answer()
        except OSError:
            return None
        finally:
            proxy.arm()


def booking(key, **other):
    body = json.dumps(person(**other), ensure_ascii=False).encode()
    return request("POST", API, body, {"Content-Type": "application/json", "Idempotency-Key": key})


def same_answer(data, cuts, what):
    """All tries cut short, then two whole: one answer. How many of the tries came whole."""
    tries = [a for cut in cuts if (a := through(data, **cut))]
    with Client(d) as c:
        c.send(data + data)
        whole = [c.answer(), c.answer()]
    seen = {(a.status, a.body, a.header("location")) for a in tries + whole}
    equal(len(seen), 1, f"seed {SEED}: answers to {what}")
    assert whole[0].status in (201, 303), whole[0]
    equal(whole[1].header("idempotency-replayed"), "true" if whole[0].status == 201 else None)
    return len(tries)


def one_each(rows):
    """rows of (data, cuts, what): each stores one request."""
    before, arrived = d.bookings(), 0
    for data, cuts, what in rows:
        arrived += same_answer(data, cuts, what)
    equal(d.bookings() - before, len(rows), f"seed {SEED}: requests stored")
    return arrived


@test
def an_answer_cut_after_any_number_of_bytes_is_found_again():
    rows = [(booking(next(keys)), [{"down": k}], f"down {k}") for k in (*range(0, 60, 7), *range(60, 1500, 37), 5000)]
    arrived = one_each(rows)
    assert 1 <= arrived < len(rows), f"{arrived} of {len(rows)} came whole: the cuts are not where they should be"


@test
def a_request_cut_after_any_number_of_bytes_is_stored_once():
    size = len(booking(next(keys)))
    rows = [
        (booking(next(keys)), [{"up": k}], f"up {k}")
        for k in (*range(1, size + 40, 13), size + 20, size + 21, size + 22, size + 23)
    ]
    one_each(rows)


@test
def a_line_that_breaks_again_and_again_changes_nothing():
    one_each(
        [
            (
                booking(next(keys), note="again"),
                [{rng.choice(["up", "down"]): rng.randrange(0, 1200)} for _ in range(5)],
                f"random {i}",
            )
            for i in range(15)
        ]
    )


@test
def a_form_cut_off_is_found_again_by_its_token():
    rows = []
    for k in (*range(0, 200, 23), *range(200, 1200, 61)):
        body = urllib.parse.urlencode(form() + [("form_token", d.get("/").page().value("form_token"))]).encode()
        data = request("POST", "/book", body, {"Content-Type": "application/x-www-form-urlencoded"})
        rows.append((data, [{"down": k}, {"up": len(data) - k % 50}], f"form {k}"))
    one_each(rows)


@test
def several_tries_at_once_with_cut_lines_store_one_request():
    before = d.bookings()
    for _ in range(6):
        data = booking(next(keys))
        broken = [threading.Thread(target=lambda: Client(d).send(data)) for _ in range(2)]
        whole = []

        def post():
            with Client(d) as c:
                c.send(data)
                whole.append(c.answer())
        fine = [threading.Thread(target=post) for _ in range(4)]
        for t in broken + fine:
            t.start()
        through(data, down=rng.randrange(0, 900))
        for t in broken + fine:
            t.join()
        equal(len({a.body for a in whole}), 1, f"seed {SEED}")
    equal(d.bookings() - before, 6)


@test
def in_the_end_every_event_has_its_number_and_its_message():
    equal(d.stop(), 0)
    db = d.database()
    n = db.execute("SELECT count(*) FROM booking").fetchone()[0]
    equal([r[0] for r in db.execute("PRAGMA integrity_check")], ["ok"])
    equal(tuple(db.execute("SELECT count(*), max(seq) FROM event").fetchone()), (n, n))
    equal(tuple(db.execute("SELECT count(*), count(DISTINCT n) FROM outbox").fetchone()), (n, n))
    db.close()
    d.start()


d = Daemon({"limits.rate_limits": "off"})
proxy = Proxy(d)
finish()
