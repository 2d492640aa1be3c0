# SPDX-License-Identifier: MIT
"""test_service.py - the daemon as a service: starts, refusals, signals, sockets handed over,
a full disk; and its tool, every command."""
from harness import *

ROOT_RUN = os.getuid() == 0
JSON = {"Content-Type": "application/json"}
# Becomes what is to be started, with descriptors from 3 on and LISTEN_PID its own.
HAND_OVER = """i=0; for fd in $FROM; do eval "exec $((100 + i))<&$fd"; i=$((i + 1)); done
n=$i; for ((i = 0; i < n; i++)); do eval "exec $((3 + i))<&$((100 + i)) $((100 + i))<&-"; done
export LISTEN_PID=$(($$ + ${PID_OFF:-0})); exec "$@\""""


def said(outcome, status, *sentences):
    """An outcome of Daemon.run: its status, and that it said each sentence."""
    equal(outcome[0], status, outcome[1])
    for s in sentences:
        assert s in outcome[1], f"{s!r} is not in:\n{outcome[1]}"


# ---- starting ----

@test
def a_second_daemon_on_the_same_records_leaves_with_a_sentence():
    said(d.run(), 1, "another bookingd is running on", "bookingd.db")
    other = d.dir / "second.conf"
    other.write_text(d.conf.read_text().replace("[server]", f"[server]\ncontrol_socket = {d.dir}/second.sock"))
    d.chown()
    said(d.run("--config", str(other)), 1, "another bookingd is running")
    assert not (d.dir / "second.sock").exists()
    said(d.run("--migrate", "--config", str(d.conf)), 1, "in use by a running bookingd")
    equal((d.get("/healthz").status, d.status()["pid"]), (200, d.pid), "the first is not disturbed")


@test
def it_does_not_run_as_root():
    if not ROOT_RUN:
        return
    fresh = Daemon(start=False)
    said(fresh.run(user=0, group=0), 78, "does not run as root")
    assert not list(fresh.dir.glob("bookingd.db*")) and not (fresh.dir / "master.key").exists()
    fresh.close()


WRONG_CONF = """listen = 127.0.0.1:0
[server]
listen = 127.0.0.1:0
colour = red
workers = many
workers = 2
log_level
[limits]
head = 10
body_bytes = 12
rate_limits = maybe
request = 1h
[nosuch]
anything = here
[store
"""


@test
def every_mistake_of_the_configuration_is_told_with_file_and_line():
    fresh = Daemon(start=False)
    fresh.conf.write_text(WRONG_CONF)
    (fresh.dir / "conf.d").mkdir()
    more = fresh.dir / "conf.d" / "10-more.conf"
    more.write_text("[public]\nfavourite = x\n")
    (fresh.dir / "conf.d" / "ignored.txt").write_text("nonsense\n")
    fresh.chown()
    for arguments in ((), ("--check-config",), ("--print-config",)):
        status, text = fresh.run(*arguments, "--config", str(fresh.conf))
        equal(status, 78, text)
        lines = text.splitlines()
        told = [(l.split(":")[0], int(l.split(":")[1])) for l in lines if re.match(r"[^:]+:\d+: .*\.$", l)]
        equal(len(told), len(lines), text)
        equal({n for f, n in told if f == str(fresh.conf)}, {1, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15}, text)
        equal([n for f, n in told if f == str(more)], [2], text)
    assert not list(fresh.dir.glob("bookingd.db*"))
    said(fresh.run("--config", str(fresh.dir / "none.conf")), 78, "none.conf:0: cannot be read")
    fresh.close()


@test
def a_right_configuration_is_checked_in_silence_and_printed_as_one():
    equal(d.run("--check-config", "--config", str(d.conf)), (0, ""))
    status, text = d.run("--print-config", "--config", str(d.conf))
    equal(status, 0)
    assert "\nhosts = localhost 127.0.0.1\n" in text and "\nhead = 10s\n" in text
    again = d.dir / "again.conf"
    again.write_text(text)
    d.chown()
    equal(d.run("--print-config", "--config", str(again)), (0, text), "printed, read, printed")
    status, text = d.run("--print-defaults")
    assert status == 0 and "#listen = 127.0.0.1:8443" in text
    for arguments, status in (
        (("--version",), 0),
        (("--help",), 0),
        (("--nonsense",), 2),
        (("extra",), 2),
        (("--dry-run",), 2),
    ):
        equal(d.run(*arguments)[0], status, arguments)


@test
def a_later_file_of_conf_d_overrides_and_its_lists_replace():
    (d.dir / "conf.d").mkdir()
    for name, text in (
        ("10.conf", "[server]\nhosts = a.example b.example\n"),
        ("20.conf", "[server]\nhosts = c.example\nhosts = d.example\n"),
    ):
        (d.dir / "conf.d" / name).write_text(text)
    d.chown()
    assert "\nhosts = c.example d.example\n" in d.run("--print-config", "--config", str(d.conf))[1]
    shutil.rmtree(d.dir / "conf.d")


@test
def what_cannot_be_opened_is_told_in_a_sentence():
    fresh = Daemon(start=False)
    for key, value, status, sentence in [
        ("server.tls_certificate", "none.pem", 1, "none.pem cannot be used: No such file"),
        ("server.tls_key", "cert.pem", 1, "private key"),
        ("store.taxonomy", "none.json", 78, "none.json"),
        ("store.database", "no/such/place.db", 78, "place.db"),
        ("server.listen", "nonsense", 1, "is no address to listen on"),
        ("server.listen", "127.0.0.1:%d" % d.address[1], 1, "Address already in use"),
        ("server.control_socket", "x" * 120, 1, "longer than"),
        ("server.control_socket", "cert.pem", 1, "it is no socket"),
    ]:
        old = fresh.options.get(key)
        fresh.configure(**{key.replace(".", "__"): value})
        fresh.chown()
        said(fresh.run(), status, sentence)
        fresh.configure(**{key.replace(".", "__"): old})
    assert b"BEGIN CERTIFICATE" in (fresh.dir / "cert.pem").read_bytes()
    fresh.close()


@test
def the_master_key_is_made_once_and_never_anew():
    fresh = Daemon()
    reference = fresh.book(note="sealed words")["reference"]
    equal(fresh.stop(), 0)
    key = fresh.dir / "master.key"
    right = key.read_bytes()
    equal((len(right), oct(key.stat().st_mode & 0o777)), (65, "0o400"))
    key.unlink()
    said(fresh.run(), 78, "master.key cannot be read")
    assert not key.exists(), "a new one was made for old records"
    for wrong, sentence in (
        (os.urandom(32).hex().encode() + b"\n", "is not this database's"),
        (b"short\n", "64 lower-case hex digits"),
        (b"", "64 lower-case hex digits"),
    ):
        key.write_bytes(wrong)
        fresh.chown()
        said(fresh.run(), 78, sentence)
    key.write_bytes(right)
    fresh.chown()
    fresh.start()
    equal(fresh.detail(reference)["note"], "sealed words")
    fresh.close()


@test
def a_stale_control_socket_is_replaced_and_one_in_use_is_not():
    fresh = Daemon()
    fresh.kill9()
    assert fresh.socket.exists()
    equal(fresh.ctl("status", check=False).returncode, 1)
    fresh.start()
    equal(oct(fresh.socket.stat().st_mode & 0o777), "0o660")
    other = fresh.dir / "other.conf"
    other.write_text(
        fresh.conf.read_text().replace("[server]", f"[server]\ncontrol_socket = {fresh.socket}")
        + "[store]\ndatabase = other.db\nmaster_key = other.key\n"
    )
    fresh.chown()
    said(fresh.run("--config", str(other)), 1, "Another bookingd answers on the control socket")
    equal(fresh.status()["pid"], fresh.pid)
    equal((fresh.stop(), fresh.socket.exists()), (0, False), "it is taken away at the end")
    fresh.close()


@test
def it_answers_whatever_is_asked_while_it_is_still_starting():
    fresh = Daemon(start=False)
    for round in range(6):
        stop = threading.Event()

        def hammer(_):
            while not stop.is_set():
                s = socket.socket(socket.AF_UNIX)
                s.settimeout(5)
                try:
                    s.connect(str(fresh.socket))
                    s.sendall(b"GET /control/status HTTP/1.1\r\nHost: x\r\n\r\n")
                    s.recv(10)
                except OSError:
                    pass
                finally:
                    s.close()
        threads = [threading.Thread(target=hammer, args=(i,)) for i in range(2)]
        for t in threads:
            t.start()
        try:
            fresh.start()
        finally:
            stop.set()
            for t in threads:
                t.join()
        fresh.kill9()
    fresh.destroy()


@test
def a_new_database_is_migrated_by_hand_or_by_itself():
    fresh = Daemon(start=False)
    status, text = fresh.run("--migrate", "--dry-run", "--config", str(fresh.conf))
    equal(status, 0, text)
    status, text = fresh.run("--migrate", "--config", str(fresh.conf))
    equal(status, 0, text)
    said(fresh.run("--migrate", "--config", str(fresh.conf)), 0, "nothing to do")
    fresh.close()


# ---- ending ----

@test
def a_stop_answers_what_is_under_way_and_takes_nothing_new():
    s = Daemon()
    body = json.dumps(person(full_name="Under Way")).encode()
    c, silent, late, poll = Client(s), Client(s), Client(s), Client(s)
    equal(c.ask("GET", "/healthz").status, 200)
    c.send(request("POST", "/api/v1/bookings", body, JSON)[:-20])
    poll.send(
        request("GET", "/api/v1/staff/changes?wait=60&since=1000", headers={"Authorization": f"Bearer {s.staff()}"})
    )
    until(lambda: s.metric("changes_waiting") == 1, 5)
    began = time.monotonic()
    s.process.terminate()
    a = poll.answer()
    equal((a.status, a.json()["items"]), (200, []), "the long poll")

    def refused():
        try:
            socket.create_connection(s.address, 2).close()
        except ConnectionRefusedError:
            return True

    until(refused, 5, "new connections are refused")
    late.send(request("GET", "/healthz"))
    a = late.answer()
    equal((a.status, a.header("connection")), (200, "close"), "accepted, and now it speaks")
    c.send(body[-20:])
    a = c.answer()
    equal((a.status, a.header("connection"), c.is_closed()), (201, "close", True), "the request under way")
    equal(silent.is_closed(5), True, "who says nothing is given two seconds")
    equal(s.process.wait(10), 0)
    assert time.monotonic() - began < 10
    s.start()
    equal(s.bookings(), 1)
    assert "stopping" in s.log(1) and "stopped" in s.log(1)
    s.close()


@test
def a_stop_does_not_wait_longer_than_it_may():
    s = Daemon({"limits.drain": "1s"})
    with Client(s) as c:
        c.send(b"GET / HTTP/1.1\r\nHo")
        began = time.monotonic()
        s.process.send_signal(signal.SIGINT)
        equal(s.process.wait(10), 0)
        took = time.monotonic() - began
    assert took < 4, took
    s.close()


@test
def the_default_leaves_enough_of_the_ten_seconds_to_close_the_records():
    seconds = int(re.search(r"^#drain = (\d+)s$", d.run("--print-defaults")[1], re.M).group(1))
    assert seconds < 10, f"waiting takes {seconds} s, and then there is still work to do"


@test
def asked_to_stop_again_and_again_it_still_stops_in_order():
    s = Daemon()
    for ask in (signal.SIGTERM, signal.SIGINT):

        def stopped():
            s.process.send_signal(ask)
            return s.process.poll() is not None

        s.process.send_signal(ask)
        until(stopped, 12)
        equal((s.process.returncode, "stopped" in s.log()), (0, True))
        s.start()
    s.close()


# ---- SIGHUP ----

def reloads(s, what="reloaded"):
    return len(re.findall(rf"\b{what}\b", s.log()))


def reload(s, what="reloaded"):
    n = reloads(s, what)
    s.process.send_signal(signal.SIGHUP)
    until(lambda: reloads(s, what) > n, 10, what)


def every_worker(s, fn, n=8):
    """Whether fn(client) holds on n fresh connections: all workers have taken part."""
    for _ in range(n):
        with Client(s) as c:
            if not fn(c):
                return False
    return True


@test
def a_reload_takes_the_new_options_each_time():
    s = Daemon()
    open_before = Client(s)
    equal(open_before.ask("GET", "/").status, 200)
    for i in range(16):
        host, other = (f"h{i}.example", "localhost")
        s.configure(server__hosts=f"{host} {'localhost' if i % 2 else ''}")
        reload(s)
        until(
            lambda: every_worker(s, lambda c: c.ask("GET", "/", headers={"Host": host}).status == 200),
            3,
            f"reload {i} is in force",
        )
        equal(
            every_worker(
                s, lambda c: c.ask("GET", "/", headers={"Host": other}).status == (200 if i % 2 else 421), 4
            ),
            True,
        )
    equal(open_before.ask("GET", "/", headers={"Host": host}).status, 200, "a connection from before")
    open_before.close()
    s.close()


@test
def a_reload_takes_a_new_certificate_without_dropping_anybody():
    s = Daemon()
    with Client(s) as before:
        equal(before.ask("GET", "/healthz").status, 200)
        old = before.sock.getpeercert(True)
        certificate(s.dir, "renewed")
        s.chown()
        reload(s)
        s.context = ssl.create_default_context(cafile=s.dir / "cert.pem")

        def renewed():
            try:
                return every_worker(s, lambda c: c.sock.getpeercert(True) != old)
            except ssl.SSLError:  # the old one is not trusted any more
                return False
        until(renewed, 3, "the new certificate is shown")
        equal(before.ask("GET", "/healthz").status, 200)
    s.close()


@test
def a_wrong_file_leaves_the_old_in_force_and_says_so():
    s = Daemon()
    good = s.conf.read_text()
    s.conf.write_text(good.replace("[server]", "[server]\ncolour = red\nhosts = evil.example"))
    reload(s, "reload_refused")
    assert f'{s.conf}:2: there is no option "colour"' in s.log(), s.log()
    equal(every_worker(s, lambda c: c.ask("GET", "/").status == 200), True)
    s.conf.write_text(good.replace("[server]", "[server]\nhosts = evil.example"))
    (s.dir / "cert.pem").rename(s.dir / "cert.old")
    (s.dir / "cert.pem").write_text("nonsense")
    s.chown()
    reload(s, "reload_refused")
    equal(every_worker(s, lambda c: c.ask("GET", "/").status == 200), True, "certificate and options go together")
    (s.dir / "cert.old").rename(s.dir / "cert.pem")
    s.conf.write_text(
        good.replace("[server]", "[server]\nreaders = 1").replace("readers = 1", "workers = 1", 1)
        if "workers" not in good
        else good.replace("workers = 2", "workers = 1")
    )
    reload(s)
    assert "needs_restart option=workers" in s.log(), s.log()
    equal(d.get("/healthz").status, 200)
    s.close()


# ---- sockets handed over, and a manager that is told ----

def handed_over(sockets, names, **env):
    s = Daemon(
        start=False,
        prefix=["bash", "-c", HAND_OVER, "hand-over"],
        pass_fds=[x.fileno() for x in sockets],
        env={
            "LISTEN_FDS": str(len(sockets)),
            "LISTEN_FDNAMES": names,
            "FROM": " ".join(str(x.fileno()) for x in sockets),
            **env,
        },
    )
    return s


@test
def handed_over_sockets_are_served_and_outlive_a_restart_without_a_refusal():
    tcp = socket.create_server(("127.0.0.1", 0))
    s = handed_over([tcp], "https")
    waiting = socket.create_connection(tcp.getsockname(), 5)  # before anybody listens to it
    s.start()
    equal(s.address, tcp.getsockname())
    s.load(EXAMPLE)
    waiting.settimeout(20)
    with s.context.wrap_socket(waiting, server_hostname="localhost") as w:
        w.sendall(request("GET", "/healthz"))
        equal(w.recv(12), b"HTTP/1.1 200")
    stop, served = threading.Event(), []

    def knock():
        while not stop.is_set():
            with Client(s) as c:  # a refusal raises here
                a = c.ask("GET", "/healthz")
                served.append(a.status if a else 0)
    t = threading.Thread(target=knock)
    t.start()
    for _ in range(3):
        equal(s.stop(), 0)
        s.start()
    stop.set()
    t.join()
    equal((set(served), len(served) > 3), ({200}, True))
    s.close()
    tcp.close()


@test
def a_handed_over_control_socket_is_known_by_its_name():
    s = Daemon(start=False)
    tcp, unix = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    unix.bind(str(s.dir / "control.sock"))
    unix.listen()
    h = handed_over([unix, tcp], "control:https")
    h.socket = s.socket
    h.start()
    equal(h.address, tcp.getsockname())
    equal(h.stop(), 0)
    assert s.socket.exists(), "it is not the daemon's to take away"
    h.start()
    h.close()
    s.close()
    for x in (tcp, unix):
        x.close()


@test
def sockets_for_another_process_are_left_alone_and_wrong_ones_refused():
    tcp = socket.create_server(("127.0.0.1", 0))
    s = handed_over([tcp], "https", PID_OFF="1")
    s.start()
    assert s.address != tcp.getsockname(), "LISTEN_PID named another process"
    s.close()
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s = handed_over([udp], "https")
    said(s.run(), 1, "is no listening stream socket")
    s.close()
    s = handed_over([tcp], "control")
    said(s.run(), 1, "Unix socket is to be named control")
    s.close()
    tcp.close()
    udp.close()


@test
def the_service_manager_is_told_ready_alive_and_stopping():
    for abstract in (False, True):
        s = Daemon(start=False)
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"@bookingd-e2e-{os.getpid()}" if abstract else str(s.dir / "notify.sock")
        manager.bind("\0" + name[1:] if abstract else name)
        if not abstract:
            os.chmod(name, 0o777)
        manager.settimeout(START_S)
        s.env |= {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"}
        s.process = s.spawn()
        equal(manager.recv(100), b"READY=1")
        equal(s.ctl("status").returncode, 0, "ready is ready")
        equal([manager.recv(100) for _ in range(3)], [b"WATCHDOG=1"] * 3)
        s.process.terminate()
        last = next(m for m in iter(lambda: manager.recv(100), None) if m != b"WATCHDOG=1")
        equal((last, s.process.wait(10)), (b"STOPPING=1", 0))
        s.close()
        manager.close()


# ---- a full disk ----

class SmallDisk:
    """A tmpfs of 4 MB where that can be had, else a limit on the size of files."""

    def __enter__(self):
        self.s = Daemon(start=False)
        self.place = self.s.dir / "small"
        self.place.mkdir()
        self.mounted = (
            ROOT_RUN
            and subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0777", "none", self.place], stderr=subprocess.DEVNULL
            ).returncode
            == 0
        )
        if not self.mounted:
            self.s.prefix = ["env", "--ignore-signal=XFSZ", "prlimit", f"--fsize={2 << 20}:unlimited"]
        self.s.configure(store__database=str(self.place / "bookingd.db"), limits__rate_limits="off")
        self.s.chown()
        self.s.start()
        self.s.load(EXAMPLE)
        self.s.staff()  # a key, while there is room for it
        return self

    def more(self):
        if self.mounted:
            subprocess.run(["mount", "-o", "remount,size=64m", self.place], check=True)
        else:
            subprocess.run(["prlimit", "--pid", str(self.s.pid), "--fsize=unlimited"], check=True, **self.s.account)

    def __exit__(self, *_):
        try:
            if self.s.process.poll() is None:
                equal(self.s.stop(), 0)
        finally:
            self.s.process.kill()
            self.s.process.wait()
            if self.mounted:
                subprocess.run(["umount", "-l", self.place], check=True)
            self.s.close()


def post_until_full(s):
    """Until five in a row are refused: what was stored, what was not."""
    stored, refused = [], []
    with Client(s) as c:
        for i in range(4000):
            key, body = f"full-{i:05}", person(full_name=f"Full {i}", note="n" * 400)
            a = c.ask("POST", "/api/v1/bookings", json.dumps(body).encode(), {**JSON, "Idempotency-Key": key})
            if a.status == 201:
                stored.append((key, body, a.body))
                continue
            equal((a.status, a.code() in ("unavailable", "unknown_outcome")), (503, True), a.text())
            refused.append((key, body))
            if len(refused) >= 5 and [k for k, _ in refused[-5:]] == [f"full-{i - n:05}" for n in (4, 3, 2, 1, 0)]:
                return stored, refused
    raise AssertionError("it never became full")


@test
def a_full_disk_is_503_nothing_is_half_stored_and_room_heals_it():
    with SmallDisk() as disk:
        s = disk.s
        stored, refused = post_until_full(s)
        assert len(stored) >= 20, len(stored)
        equal(s.get("/healthz").status, 200)
        equal(
            s.list(limit=1)["items"][0]["full_name"],
            stored[-1][1]["full_name"],
            "reading goes on, and nothing refused is there",
        )
        equal(s.bookings(), len(stored))
        disk.more()
        again = [s.post_json("/api/v1/bookings", body, headers={"Idempotency-Key": key}) for key, body in refused]
        equal(
            [(a.status, a.header("idempotency-replayed")) for a in again],
            [(201, None)] * len(refused),
            "sent again with room",
        )
        for key, body, answer in stored[:: max(1, len(stored) // 20)]:
            equal(s.post_json("/api/v1/bookings", body, headers={"Idempotency-Key": key}).body, answer)
        equal(s.bookings(), len(stored) + len(refused))
        counts = s.counts()
        equal((counts["events"], counts["outbox_pending"]), (counts["bookings"], counts["bookings"]))
        equal(s.stop(), 0)
        shutil.copy(disk.place / "bookingd.db", s.dir / "bookingd.db")
        if (disk.place / "bookingd.db-wal").exists():
            shutil.copy(disk.place / "bookingd.db-wal", s.dir / "bookingd.db-wal")
        db = s.database()
        equal([r[0] for r in db.execute("PRAGMA integrity_check")], ["ok"])
        equal(db.execute("PRAGMA foreign_key_check").fetchall(), [])
        db.close()


# ---- the tool ----

@test
def each_command_of_the_tool_does_its_work():
    s = Daemon()
    refs = [
        s.book(full_name=n, note="a note", concerns=["excess-oil", "sun-damage"])["reference"]
        for n in ("Tool Person", "陈大文", "Evil \u202eName")
    ]
    s.act(refs[0], "close", {"reason": "price"}, 1)
    ctl = lambda *a, **k: s.ctl(*a, **k).stdout
    status = json.loads(ctl("status", "--json"))
    equal(
        set(status) >= {"version", "pid", "listen", "schema_version", "counts", "queue", "certificate_expires_at"},
        True,
    )
    equal(
        (status["pid"], status["listen"], status["counts"]["bookings"]), (s.pid, ["127.0.0.1:%d" % s.address[1]], 3)
    )
    assert "version" in ctl("status")
    equal(json.loads(ctl("clinic", "show"))["clinic"]["name"], "Example Skin Clinic")
    equal(ctl("clinic", "load", str(EXAMPLE)), "nothing to change\n")
    key = ctl(
        "key", "create", "--role", "viewer", "--name", "tool-key", "--branch", "main", "--expires", "2099-12-31"
    )
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}\n", key), key
    listed = [json.loads(l) for l in ctl("key", "list", "--json").splitlines()]
    equal(
        [(k["name"], k["role"], k["branch"], k["revoked_at"]) for k in listed if k["name"] == "tool-key"],
        [("tool-key", "viewer", "main", None)],
    )
    assert key.strip() not in ctl("key", "list") + ctl("key", "list", "--json") and "tool-key" in ctl("key", "list")
    ctl("key", "revoke", "tool-key")
    equal(s.get("/api/v1/staff/bookings", key.strip()).status, 401)
    table = ctl("bookings")
    assert all(r in table for r in refs) and "陈大文" in table and "\u202e" not in table, table
    equal([json.loads(l)["reference"] for l in ctl("bookings", "--json", "sort=received").splitlines()], refs)
    equal(
        [
            json.loads(l)["reference"]
            for l in ctl(
                "bookings", "status=closed", "concern=excess-oil,sun-damage", "match=all", "--json"
            ).splitlines()
        ],
        refs[:1],
    )
    r = s.ctl("bookings", "limit=2")
    assert "--all" in r.stderr and len(r.stdout.splitlines()) == 3, r
    equal(len(ctl("bookings", "limit=1", "--all", "--json").splitlines()), 3)
    for text, note in (
        (ctl("bookings", "--csv"), False),
        (ctl("export", "status=new"), False),
        (ctl("export", "--notes", "q=Tool"), True),
    ):
        assert text.startswith("\ufeffreference,status,") and ("a note" in text) == note, text[:80]
    equal(json.loads(ctl("booking", refs[0], "--json"))["note"], "a note")
    assert "Tool Person" in ctl("booking", refs[0]) and "price" in ctl("booking", refs[0])
    events = [json.loads(l) for l in ctl("changes").splitlines()]
    equal([(e["seq"], e["kind"]) for e in events], [(1, "received"), (2, "received"), (3, "received"), (4, "closed")])
    equal(len(ctl("changes", "--since", "3").splitlines()), 1)
    assert ctl("retag").startswith("3 requests were read, 0 tags added")
    assert "# TYPE bookingd_bookings_total counter" in ctl("metrics")
    for command in ("status", "clinic load", "key create", "bookings", "changes"):
        assert ctl("help", *command.split()).startswith(f"usage: bookingctl [--socket PATH] {command}"), command
    assert (
        "clinic load" in ctl("help") and ctl("--version").startswith("bookingctl ") and "clinic load" in ctl("--help")
    )
    s.close()


@test
def people_are_let_in_and_out_by_the_tool():
    once = d.ctl("staff", "add", "tool-person", "--role", "doctor", "--name", "Tool Person").stdout
    assert re.fullmatch(r"\S{12,}\n", once), once
    equal(
        [
            (json.loads(l)["login"], json.loads(l)["role"])
            for l in d.ctl("staff", "list", "--json").stdout.splitlines()
        ],
        [("tool-person", "doctor")],
    )
    assert once.strip() not in d.ctl("staff", "list").stdout
    d.ctl("staff", "disable", "tool-person")
    assert d.ctl("staff", "reset", "tool-person").stdout.strip() not in ("", once.strip())
    for arguments in (
        ("add", "tool-person", "--role", "doctor", "--name", "Again"),
        ("disable", "nobody"),
        ("reset", "nobody"),
        ("add", "x", "--role", "king", "--name", "X"),
    ):
        equal(d.ctl("staff", *arguments, check=False).returncode, 1, arguments)


@test
def what_is_erased_is_gone_from_every_file_and_its_number_remains():
    s = Daemon()
    words = {
        "full_name": "Erasable Humanbeing",
        "phone": "+6593456789",
        "email": "erase@me.example",
        "note": "forget this note",
        "guardian_name": "Guardian Erasable",
    }
    first, other = s.book(**words), s.book(full_name="Stays Here", phone=words["phone"])
    subject = json.loads(s.ctl("subject", first["reference"], "--json").stdout)
    assert all(
        w in json.dumps(subject) for w in ("Erasable Humanbeing", "forget this note", "Stays Here")
    ), "all that is held of this phone"
    receipt = s.ctl("erase", first["reference"]).stdout
    assert first["reference"] in receipt and "Erasable" not in receipt, receipt
    equal(s.ctl("erase", "EX-2222222", check=False).returncode, 1)
    token = first["manage_url"].rsplit("/", 1)[1]
    equal((s.get(f"/b/{token}").status, s.get(f"/api/v1/bookings/{token}").status), (404, 404), "the link")
    equal([(i["reference"], i["status"]) for i in s.list(status="erased")["items"]], [(first["reference"], "erased")])
    equal(
        ([i["reference"] for i in s.list(q="3456789")["items"]], s.list(q="Erasable")["items"]),
        ([other["reference"]], []),
    )
    s.restart()
    for path in [*s.dir.glob("bookingd.db*"), *s.dir.glob("log.*")]:
        data = path.read_bytes()
        for w in ("Erasable", "erase@me", "forget this"):
            assert w.encode() not in data and w.lower().encode() not in data, f"{w} is still in {path.name}"
    assert s.ctl("retention", "--dry-run").stdout.startswith("0 would be erased") and s.ctl(
        "retention"
    ).stdout.startswith("0 ")
    equal((s.bookings(), s.detail(other["reference"])["status"]), (2, "new"))
    s.close()


@test
def the_tool_says_why_with_1_and_how_with_2():
    outcomes = [
        (1, ["key", "revoke", "nobody"]),
        (1, ["key", "create", "--role", "king", "--name", "x"]),
        (1, ["key", "create", "--role", "site", "--name", "Wrong Name"]),
        (1, ["key", "create", "--role", "site", "--name", "x", "--branch", "moon"]),
        (1, ["key", "create", "--role", "site", "--name", "x", "--expires", "soon"]),
        (1, ["bookings", "colour=red"]),
        (1, ["export", "status=asleep"]),
        (1, ["booking", "EX-2222222"]),
        (1, ["clinic", "load", "/nonexistent"]),
        (1, ["clinic", "load", "/etc/hostname"]),
        (2, []),
        (2, ["nothing"]),
        (2, ["status", "--what"]),
        (2, ["status", "extra"]),
        (2, ["booking"]),
        (2, ["booking", "a", "b"]),
        (2, ["key"]),
        (2, ["key", "create"]),
        (2, ["key", "create", "--role", "site"]),
        (2, ["clinic", "load"]),
        (2, ["clinic"]),
        (2, ["changes", "--since", "x"]),
        (2, ["bookings", "--json", "--csv"]),
        (2, ["bookings", "nonsense"]),
        (2, ["help", "nothing"]),
        (2, ["--nonsense"]),
    ]
    for status, arguments in outcomes:
        r = d.ctl(*arguments, check=False)
        assert (
            r.returncode == status
            and r.stdout == ""
            and (r.stderr.startswith("bookingctl: ") or status == 2)
            and len(r.stderr) > 20
        ), (arguments, r)
    d.ctl("key", "create", "--role", "site", "--name", "only-once")
    r = d.ctl("key", "create", "--role", "site", "--name", "only-once", check=False)
    equal((r.returncode, "names are not used twice" in r.stderr), (1, True))
    r = subprocess.run([d.ctl_bin, "--socket", "/nonexistent.sock", "status"], capture_output=True, text=True)
    equal(
        (r.returncode, r.stderr),
        (1, "bookingctl: cannot reach bookingd at /nonexistent.sock: No such file or directory\n"),
    )
    r = subprocess.run(
        [d.ctl_bin, "status"], capture_output=True, text=True, env={**os.environ, "BOOKINGD_SOCKET": str(d.socket)}
    )
    equal(r.returncode, 0, "the socket by the environment")


@test
def a_wrong_clinic_file_is_refused_whole_with_the_path_of_each_mistake():
    before = d.ctl("clinic", "show").stdout
    c = json.loads(EXAMPLE.read_text())
    c["surprise"] = 1
    c["clinic"]["time_zone"] = "Mars/Olympus"
    c["clinic"]["name"] = "Changed"
    c["branches"][0]["hours"][0]["from"] = "25:00"
    c["branches"][0]["hours"][1]["days"] = ["sun", "someday"]
    c["rooms"][0]["branch"] = "moon"
    c["doctors"][0]["services"] = ["magic"]
    c["doctors"][1]["hours"].append(c["doctors"][1]["hours"][0])
    c["closures"][0]["date"] = "2026-02-30"
    c["services"][0]["minutes"] = 7
    for extra in ((), ("--dry-run",)):
        r = d.ctl("clinic", "load", "-", *extra, check=False, stdin=json.dumps(c))
        equal((r.returncode, r.stdout), (1, ""))
        for path in (
            "$.surprise",
            "$.clinic.time_zone",
            "$.branches[0].hours[0].from",
            "$.branches[0].hours[1].days[1]",
            "$.rooms[0].branch",
            "$.doctors[0].services[0]",
            "$.doctors[1].hours",
            "$.closures[0].date",
            "$.services[0].minutes",
        ):
            assert f"bookingctl: {path}" in r.stderr, f"{path} is not in:\n{r.stderr}"
    equal(d.ctl("clinic", "show").stdout, before)
    for text, words in (
        ('{\n "clinic": {,}\n}', "-:2:"),
        ("", "-:1:"),
        ('{"clinic":{},"clinic":{}}', "duplicate"),
        ("[]", "$"),
        ("{}", "$.clinic"),
    ):
        r = d.ctl("clinic", "load", "-", check=False, stdin=text)
        assert r.returncode == 1 and words in r.stderr, (text, r)
    equal(d.ctl("clinic", "show").stdout, before)


@test
def a_dry_run_tells_the_changes_and_makes_none():
    before, version = d.ctl("clinic", "show").stdout, d.status()["clinic_version"]
    c = json.loads(EXAMPLE.read_text())
    c["branches"][0]["name"] = "Moved Clinic"
    c["doctors"].pop()
    told = d.ctl("clinic", "load", "-", "--dry-run", stdin=json.dumps(c)).stdout
    assert "Moved Clinic" in told and "dr-c" in told, told
    equal((d.ctl("clinic", "show").stdout, d.status()["clinic_version"]), (before, version))
    equal(d.ctl("clinic", "load", "-", stdin=json.dumps(c)).stdout, told, "what it tells is what it does")
    equal(json.loads(d.ctl("clinic", "show").stdout)["branches"][0]["name"], "Moved Clinic")
    assert "Moved Clinic" in d.get("/api/v1/branches").text()
    d.restart()
    assert "Moved Clinic" in d.get("/api/v1/branches").text(), "after a restart"
    d.load(EXAMPLE)


HOLIDAYS = ROOT / "etc" / "holidays"


def closures_file(name, *rows):
    """A file of closures, each "DATE [BRANCH]"."""
    path = d.dir / name
    path.write_text(json.dumps({"closures": [
        {"date": row.split()[0], "name": {"en": name}, **({"branch": row.split()[1]} if " " in row else {})}
        for row in rows]}))
    return str(path)


def closed_days():
    return {(c["date"], c.get("branch", "*")): c["name"]["en"] for c in json.loads(
        d.ctl("clinic", "show").stdout).get("closures", [])}


@test
def the_closures_of_other_files_are_added_and_the_clinics_own_entry_is_kept():
    c = json.loads(EXAMPLE.read_text())
    c["closures"] = [{"branch": "*", "date": "2026-12-25", "name": {"en": "own"}},
                     {"date": "2026-12-28", "name": {"en": "own"}}]
    first = closures_file("first", "2026-12-25", "2026-12-26", "2026-12-27 main", "2026-12-28 *")
    second = closures_file("second", "2026-12-26 *", "2026-12-27 *", "2026-12-25 main", "2026-12-31")
    expected = {("2026-12-25", "*"): "own", ("2026-12-28", "*"): "own", ("2026-12-26", "*"): "first",
                ("2026-12-27", "main"): "first", ("2026-12-27", "*"): "second", ("2026-12-25", "main"): "second",
                ("2026-12-31", "*"): "second"}
    d.ctl("clinic", "load", "--closures", first, "-", f"--closures={second}", stdin=json.dumps(c))
    equal(closed_days(), expected)
    del c["closures"]
    d.ctl("clinic", "load", "-", "--closures", first, stdin=json.dumps(c))
    equal(set(closed_days().values()), {"first"})
    told = d.ctl("clinic", "load", "-", "--dry-run", "--closures", second, stdin=json.dumps(c)).stdout
    assert "closure 2026-12-31 (all branches) is added" in told, told
    equal(set(closed_days().values()), {"first"}, "a dry run")
    d.load(EXAMPLE)


@test
def what_is_wrong_with_a_file_of_closures_is_said_and_nothing_is_changed():
    before = d.ctl("clinic", "show").stdout
    wrong = d.dir / "wrong"
    for text, words in (('{"closures":[{]}', "wrong:1:"), ("[]", "closures"), ("{}", "closures"),
                        ('{"closures":{}}', "closures"), ('{"closures":[],"clinic":{"name":"x"}}', "closures"),
                        (EXAMPLE.read_text(), "closures"), ('{"closures":[{"date":"2026-02-30"}]}', "$.closures[26].date"),
                        ('{"closures":[{"date":"2026-12-01","branch":"moon"}]}', "$.closures[26].branch"),
                        ('{"closures":[{"date":"2026-12-01","branch":7}]}', "$.closures[26].branch"),
                        ('{"closures":["2026-12-01"]}', "$.closures[26]")):
        wrong.write_text(text)
        r = d.ctl("clinic", "load", str(EXAMPLE), "--closures", str(wrong), check=False)
        assert (r.returncode, r.stdout) == (1, "") and words in r.stderr, (text, r)
    for arguments in (("--closures", "/nonexistent"), ("--closures", "/etc/hostname")):
        equal(d.ctl("clinic", "load", str(EXAMPLE), *arguments, check=False).returncode, 1, arguments)
    for arguments in (("--closures",), ("--closures=",), ("--closuresx", "x"), ("--closures", "")):
        equal(d.ctl("clinic", "load", str(EXAMPLE), *arguments, check=False).returncode, 2, arguments)
    r = d.ctl("clinic", "load", "-", "--closures", str(HOLIDAYS / "singapore.json"), check=False,
              stdin='{"closures":7}')
    assert r.returncode == 1 and "$.closures" in r.stderr, r
    equal(d.ctl("clinic", "show").stdout, before)


@test
def the_holidays_that_are_installed_can_be_added():
    bare = json.loads(EXAMPLE.read_text())
    del bare["closures"]
    counts = {"singapore": (26, "2027-02-08"), "malaysia-selangor": (23, "2026-06-02")}
    equal({p.stem for p in HOLIDAYS.glob("*.json")}, set(counts))
    for name, (count, one) in counts.items():
        d.ctl("clinic", "load", "-", "--closures", str(HOLIDAYS / f"{name}.json"), stdin=json.dumps(bare))
        days = json.loads(d.ctl("clinic", "show").stdout)["closures"]
        equal((len(days), one in [c["date"] for c in days]), (count, True), name)
        for c in days:
            equal((c["branch"], sorted(c["name"])), ("*", ["en", "ms", "zh-Hans"]), name)
    common = {"02-17", "02-18", "03-21", "03-22", "05-01", "05-27", "05-31", "06-01", "06-17", "08-25", "08-31", "09-16",
              "12-25"}
    assert {f"2026-{day}" for day in common} <= {c["date"] for c in days}, "those that all states share"
    d.load(EXAMPLE)
    told = d.ctl("clinic", "load", str(EXAMPLE), "--closures", str(HOLIDAYS / "singapore.json")).stdout
    equal(told, "nothing to change\n", "the example has them already")


@test
def the_change_feed_can_be_followed_across_a_restart():
    s = Daemon()
    first = s.book()["reference"]
    out = open(s.dir / "feed", "w+")
    p = subprocess.Popen(
        [s.ctl_bin, "--socket", s.socket, "changes", "--follow"], stdout=out, stderr=subprocess.DEVNULL
    )
    try:

        def followed():
            return [
                json.loads(l)["reference"]
                for l in (s.dir / "feed").read_text().splitlines(keepends=True)
                if l.endswith("\n")
            ]

        until(lambda: followed() == [first], 10, "what was there before")
        second = s.book()["reference"]
        until(lambda: followed() == [first, second], 10, "as it happens")
        s.restart()
        third = s.book()["reference"]
        until(lambda: followed() == [first, second, third], 15, "after a restart")
    finally:
        p.kill()
        p.wait()
        out.close()
    s.close()


@test
def the_log_is_one_line_an_event_and_obeys_nobody():
    s = Daemon()
    for path in ("/b/x%0a%1b[31mfake", "/%7f", "/\\\"quoted\\\"=1"):
        s.get(path)
    s.post_form(form(full_name="Name\u2028With=Tricks", note="a\nb"))
    s.get("/", headers={"User-Agent": "x\ty", "Referer": "https://secret.example/"})
    equal(s.stop(), 0)
    text = s.log()
    for line in text.splitlines():
        assert re.fullmatch(r'(debug|info|warn|error|crit) [a-z_]+( [a-z_]+=("(\\.|[^"\\])*"|[^ "]+))*', line), line
    assert "\x1b" not in text and "fake" not in text and "secret.example" not in text and "Tricks" not in text, text
    s.close()


@test
def every_command_of_the_tool_was_called_here():
    table = (ROOT / "daemon" / "bookingctl.c").read_text()
    names = {tuple(name.split()) for name in re.findall(r'^\t\{ "([a-z ]+)", "', table, re.M)}
    assert len(names) > 10
    equal({" ".join(n) for n in names if n not in Daemon.called}, set(), "commands without a test")


d = Daemon()
finish()
