# SPDX-License-Identifier: MIT
"""
harness.py - what every script here leans on: a daemon of the test's own in a
directory of its own, a small HTTP client that hides nothing, and a runner that
prints one sentence a test.

A script is: from harness import *, functions marked @test whose names are
sentences, a Daemon, and finish(). No fixed sleeps: until() polls with a deadline.
Every process started here is reaped, whatever happens.
"""
import atexit
import html.parser
import itertools
import json
import os
import pwd
import re
import resource
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv[1] if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ROOT / "build")
EXAMPLE = ROOT / "etc" / "clinic.example.json"
REFERENCE = re.compile(r"EX-[2-9A-HJKMNP-Z]{7}")
START_S = 30  # a sanitizer's build on a busy machine starts slowly


# ---- running ----

tests = []
complaints = []  # of sanitizers


def test(fn):
    tests.append(fn)
    return fn


def until(condition, seconds=10, what=None):
    """The first true value of condition(); an AssertionError after the deadline."""
    end = time.monotonic() + seconds
    pause = 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what or condition.__name__}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError(f"{what}{': ' if what else ''}got {got!r}, expected {expected!r}")


def all_equal(rows):
    """rows of (what, got, expected): all that differ at once."""
    wrong = [f"  {what}: got {got!r}, expected {expected!r}" for what, got, expected in rows if got != expected]
    if wrong:
        raise AssertionError("\n" + "\n".join(wrong))


def the_daemon_leaves_with_status_0_and_no_sanitizer_complained():
    for d in list(Daemon.all):
        d.close()
    assert not complaints, "\n".join(complaints)


def finish():
    """Runs the tests in their order, ends the daemons, prints the counts, exits."""
    failed = 0
    wanted = sys.argv[2:] if len(sys.argv) > 2 and not sys.argv[2].startswith("-") else None
    chosen = [t for t in tests if wanted is None or t.__name__ in wanted]
    for fn in chosen + [the_daemon_leaves_with_status_0_and_no_sanitizer_complained]:
        sentence = fn.__name__.replace("_", " ")
        began = time.monotonic()
        try:
            fn()
            took = time.monotonic() - began
            print(f"ok      {sentence}" + (f" ({took:.1f} s)" if took >= 1 else ""), flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {sentence}\n{traceback.format_exc()}", flush=True)
    passed = len(chosen) + 1 - failed
    print(f"{Path(sys.argv[0]).name}: {passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not chosen else 0)


def reap_all():
    for d in list(Daemon.all):
        d.destroy()


atexit.register(reap_all)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, lambda *_: sys.exit(1))


# ---- what patients send ----

numbers = itertools.count(90000000 + os.getpid() % 1000 * 1000)
number_lock = threading.Lock()


def phone():
    """Another Singapore number each time."""
    with number_lock:
        return f"+65{next(numbers)}"


def person(**other):
    """The JSON of a booking; None takes a field away."""
    p = {"concerns": ["excess-oil"], "full_name": "Mei Tan", "phone": phone(), "contact_method": "whatsapp",
         "age_18_or_over": True, "consent": True}
    p.update(other)
    return {k: v for k, v in p.items() if v is not None}


def pairs(p):
    """The same as the pairs of a form: lists repeated, booleans yes or no, groups flat."""
    out = []
    for name, v in p.items():
        for one in v if isinstance(v, list) else v.items() if isinstance(v, dict) else [v]:
            key, value = one if isinstance(v, dict) else (name, one)
            out.append((key, {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value))
    return out


def form(**other):
    return pairs(person(**other))


def multipart(rows, boundary="e2e-boundary"):
    """Body and content type of multipart/form-data."""
    b = b"".join(b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
                 % (boundary.encode(), n.encode(), v if isinstance(v, bytes) else v.encode()) for n, v in rows)
    return b + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


# ---- answers ----

class Answer:
    def __init__(self, status, headers, body, interim=0):
        self.status, self.headers, self.body, self.interim = status, headers, body, interim

    def header(self, name):
        found = [v for k, v in self.headers if k == name.lower()]
        assert len(found) < 2 or name.lower() == "vary", f"{name} is there twice"
        return found[0] if found else None

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()

    def page(self):
        return Page(self.text())

    def code(self):
        return self.json()["code"]

    def fields(self):
        """field -> code of a problem's list."""
        return {e["field"]: e["code"] for e in self.json()["errors"]}

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


class Page(html.parser.HTMLParser):
    """A page as a browser would take it: its form, its words."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.controls, self.tags, self.title, self.words = [], [], "", ""
        self.dd, self.errors, self.summary, self.paragraphs = {}, {}, {}, []
        self.at = self.dt = self.anchor = self.error = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.tags.append((tag, tuple(sorted(k for k, _ in attrs))))
        if tag == "input" and "name" in a:
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.controls.append([a["name"], a.get("value") or ""])
        elif tag == "textarea":
            self.controls.append([a["name"], ""])
        elif tag == "dd":
            self.dd[self.dt] = ""
        elif tag == "p":
            self.paragraphs.append("")
            self.error = a["id"].removesuffix("-error") if a.get("class") == "error" else None
        elif tag == "a" and a.get("href", "").startswith("#"):
            self.anchor = a["href"][1:]
        if tag not in ("span", "input"):
            self.at = tag

    def handle_endtag(self, tag):
        if tag == "textarea":  # a line break right behind its tag is not in it
            self.controls[-1][1] = self.controls[-1][1].removeprefix("\n")
        if tag != "span":
            self.at = self.anchor = None
        if tag == "p":
            self.error = None

    def handle_data(self, text):
        self.words += text
        if self.at == "title":
            self.title += text
        elif self.at == "textarea":
            self.controls[-1][1] += text
        elif self.at == "dt":
            self.dt = text
        elif self.at == "dd":
            self.dd[self.dt] += text
        elif self.at == "p":
            self.paragraphs[-1] += text
        if self.error:
            self.errors[self.error] = self.errors.get(self.error, "") + text
        if self.anchor:
            self.summary[self.anchor] = self.summary.get(self.anchor, "") + text

    def answers(self):
        return [(n, v) for n, v in self.controls]

    def value(self, name):
        found = [v for n, v in self.controls if n == name]
        return found[0] if found else None

    def values(self, name):
        return [v for n, v in self.controls if n == name]


# ---- one connection ----

class Client:
    """One TLS connection; reads exactly the bytes of each answer."""

    def __init__(self, d, source=None, context=None, timeout=20, address=None, plain=False, rcvbuf=None):
        unix = isinstance(address, Path)
        self.sock = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        if rcvbuf:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.sock.settimeout(timeout)
        try:
            if source:
                self.sock.bind((source, 0))
            self.sock.connect(str(address) if unix else address or d.address)
            if not unix:
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not plain and not unix:
                self.sock = (context or d.context).wrap_socket(self.sock, server_hostname="localhost")
        except BaseException:
            self.sock.close()
            raise
        self.rest, self.ended, self.used = b"", False, False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.ended = True
        self.sock.close()

    def reset(self):
        """Leaves by RST, as a crashed client."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close()

    def send(self, data):
        self.sock.sendall(data)

    def more(self):
        """Reads on; False at the end of the connection."""
        try:
            data = self.sock.recv(65536)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            data = b""
        except ssl.SSLError as e:
            if "ALERT" not in str(e).upper():
                raise
            data = b""
        self.rest += data
        self.ended = self.ended or not data
        return bool(data)

    def line(self):
        while b"\r\n" not in self.rest:
            if not self.more():
                return None
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line

    def exactly(self, n):
        while len(self.rest) < n:
            if not self.more():
                return None
        data, self.rest = self.rest[:n], self.rest[n:]
        return data

    def answer(self, head=False):
        """The next answer; None when the connection ends before it is whole."""
        interim = 0
        while True:
            line = self.line()
            if line is None:
                return None
            version, status, _ = line.split(b" ", 2)
            assert version == b"HTTP/1.1", line
            headers = []
            while (line := self.line()) not in (b"", None):
                name, value = line.split(b":", 1)
                headers.append((name.decode().lower(), value.decode("latin-1").strip()))
            if line is None:
                return None
            if not status.startswith(b"1"):
                break
            interim += 1
        a = Answer(int(status), headers, b"", interim)
        if head or a.status in (204, 304):
            body = b""
        elif a.header("transfer-encoding") == "chunked":
            body = self.chunks(a)
        elif a.header("content-length") is not None:
            body = self.exactly(int(a.header("content-length")))
        else:
            while self.more():
                pass
            body, self.rest = self.rest, b""
        if body is None:
            return None
        a.body = body
        self.used = True
        if a.header("connection") == "close":
            self.ended = True
        return a

    def chunks(self, a):
        a.chunks, body = 0, []
        while True:
            size = self.line()
            data = self.exactly(int(size, 16) + 2) if size else None
            if data is None or data[-2:] != b"\r\n":
                return None
            if len(data) == 2:
                return b"".join(body)
            a.chunks += 1
            body.append(data[:-2])

    def ask(self, method, path, body=b"", headers=None):
        self.send(request(method, path, body, headers))
        return self.answer(head=method == "HEAD")

    def is_closed(self, seconds=5):
        """Whether the server ends the connection, having sent nothing more."""
        self.sock.settimeout(seconds)
        try:
            return self.rest == b"" and not self.more()
        except (TimeoutError, socket.timeout):
            return False


def request(method, path, body=b"", headers=None, version="1.1"):
    rows = {"Host": "localhost"}
    if body or method in ("POST", "PUT"):
        rows["Content-Length"] = len(body)
    rows.update(headers or {})
    lines = "".join(f"{k}: {v}\r\n" for k, v in rows.items() if v is not None)
    return f"{method} {path} HTTP/{version}\r\n{lines}\r\n".encode("latin-1") + body


# ---- the daemon ----

def certificate(directory, name="localhost"):
    """cert.pem and key.pem, ECDSA P-256, signed by itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", directory / "key.pem", "-out", directory / "cert.pem"],
                   check=True, stderr=subprocess.DEVNULL)


made = {}


def identity():
    """One certificate a script: cert.pem and key.pem."""
    if not made:
        with tempfile.TemporaryDirectory() as place:
            certificate(Path(place))
            made.update((name, (Path(place) / name).read_bytes()) for name in ("cert.pem", "key.pem"))
    return made


class Daemon:
    """A bookingd in a temporary directory. options: {"limits.head": "1s"}; a list
    value repeats the line. clinic: a path, a dict, or None for none."""

    all = []

    def __init__(self, options=None, clinic=EXAMPLE, start=True, prefix=(), env=None, pass_fds=()):
        self.dir = Path(tempfile.mkdtemp(prefix="bookingd-e2e-", dir="/tmp"))
        self.options = {"server.listen": "127.0.0.1:0", "server.workers": "2"}
        self.options.update(options or {})
        self.process, self.prefix, self.env, self.pass_fds = None, list(prefix), dict(env or {}), pass_fds
        self.local = threading.local()
        self.logs = 0
        Daemon.all.append(self)
        self.bin, self.ctl_bin = BUILD.resolve() / "bookingd", BUILD.resolve() / "bookingctl"
        self.account = {}
        for name, data in identity().items():
            (self.dir / name).write_bytes(data)
        taxonomy = ROOT / "etc" / "taxonomy.json"
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            # The checkout may be out of that user's reach.
            self.bin = Path(shutil.copy(self.bin, self.dir / "bookingd"))
            taxonomy = shutil.copy(taxonomy, self.dir / "taxonomy.json")
        self.options.setdefault("store.taxonomy", str(taxonomy))
        self.conf, self.socket = self.dir / "bookingd.conf", self.dir / "control.sock"
        self.configure()
        self.chown()
        if start:
            self.start()
            if clinic is not None:
                self.load(clinic)

    def configure(self, **changes):
        """Writes the configuration; changes as section__name=value, None leaves out."""
        self.options.update({k.replace("__", "."): v for k, v in changes.items()})
        sections = {}
        for key, value in self.options.items():
            section, name = key.split(".")
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    sections.setdefault(section, []).append(f"{name} = {one}\n")
        self.conf.write_text("".join(f"[{s}]\n{''.join(rows)}" for s, rows in sections.items()))

    def chown(self):
        if self.account:
            for path in [self.dir, *self.dir.rglob("*")]:
                os.chown(path, self.account["user"], self.account["group"])

    def environment(self):
        env = {**os.environ, **self.env}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if "log_path=" in env.get(name, ""):  # a place that the daemon's user may write to
                env[name] = re.sub(r"log_path=[^:]*", f"log_path={self.dir}/san-{name[:2].lower()}", env[name])
        return env

    def spawn(self, *args, **more):
        """Starts the program; does not wait for anything."""
        self.logs += 1
        with open(self.dir / f"log.{self.logs}", "wb") as log:
            return subprocess.Popen([*self.prefix, str(self.bin), *(args or ("--config", str(self.conf)))],
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.dir,
                                    env=self.environment(), pass_fds=self.pass_fds,
                                    **{**self.account, **more})

    def log(self, number=None):
        return (self.dir / f"log.{number or self.logs}").read_text(errors="replace")

    def all_logs(self):
        return "".join(self.log(i) for i in range(1, self.logs + 1))

    def run(self, *args, **more):
        """Runs the program to its end: (status, what it said)."""
        p = self.spawn(*args, **more)
        try:
            return p.wait(START_S), self.log()
        finally:
            p.kill()
            p.wait()

    def start(self):
        self.process = self.spawn()
        self.local = threading.local()
        self.until_ready()

    def until_ready(self):
        def ready():
            code = self.process.poll()
            assert code is None, f"bookingd left with status {code}:\n{self.log()}"
            r = self.ctl("status", "--json", check=False)
            return r.returncode == 0 and r.stdout
        status = json.loads(until(ready, START_S, "the daemon answers on its control socket"))
        self.addresses = [(host.strip("[]"), int(port))
                          for host, port in (a.rsplit(":", 1) for a in status["listen"])]
        self.address = self.addresses[0]
        self.context = ssl.create_default_context(cafile=self.dir / "cert.pem")
        return status

    @property
    def pid(self):
        return self.process.pid

    def kill9(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        """SIGTERM; its exit status."""
        if getattr(self.local, "client", None):
            self.local.client.close()  # it would be given 2 s to say something
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not stop; the end of its log:\n{self.log()[-1000:]}") from None

    def restart(self):
        equal(self.stop(), 0, "exit status")
        self.start()

    def close(self):
        """Ends it in peace, looks for sanitizer reports, removes the directory."""
        try:
            if self.process and self.process.poll() is None:
                equal(self.stop(), 0, "exit status")
            for report in self.dir.glob("san-*"):
                complaints.append(report.read_text(errors="replace"))
        finally:
            self.destroy()

    def destroy(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
        if self in Daemon.all:
            Daemon.all.remove(self)

    # -- its tool --

    called = set()  # commands of the tool, by their first two words

    def ctl(self, *args, check=True, stdin=None, timeout=30):
        self.called.update((args[:1], args[:2]))
        r = subprocess.run([self.ctl_bin, "--socket", self.socket, *args], input=stdin, timeout=timeout,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert not check or r.returncode == 0, f"bookingctl {' '.join(args)}: {r.returncode} {r.stderr}"
        return r

    def control(self, path):
        """What the tool would ask; sparing a process where that is not the matter."""
        with Client(self, address=self.socket) as c:
            return c.ask("GET", path).text()

    def status(self):
        return json.loads(self.control("/control/status"))

    def counts(self):
        return self.status()["counts"]

    def bookings(self):
        return self.counts()["bookings"]

    def metric(self, name):
        found = re.search(rf"^bookingd_{name} (\d+)$", self.control("/metrics"), re.M)
        return int(found.group(1))

    def load(self, clinic):
        text = json.dumps(clinic) if isinstance(clinic, dict) else Path(clinic).read_text()
        return self.ctl("clinic", "load", "-", stdin=text)

    def key(self, role, name=None, **more):
        args = [a for k, v in more.items() for a in (f"--{k}", v)]
        return self.ctl(
            "key", "create", "--role", role, "--name", name or f"{role}-{next(numbers)}", *args
        ).stdout.strip()

    # -- its clients --

    def ask(self, method, path, body=b"", key=None, headers=None):
        """One request on this thread's connection, opened anew where it has ended."""
        rows = dict(headers or {})
        if key:
            rows["Authorization"] = f"Bearer {key}"
        for attempt in (0, 1):
            c = getattr(self.local, "client", None)
            if c is None or c.ended:
                c = self.local.client = Client(self)
            reused = c.used
            try:
                a = c.ask(method, path, body, rows)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                a = None
            if a is not None:
                return a
            c.close()
            assert reused and attempt == 0, f"{method} {path}: the connection ended without an answer"

    def get(self, path, key=None, headers=None, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self.ask("GET", path, b"", key, headers)

    def post_json(self, path, body, key=None, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.ask("POST", path, data, key, {"Content-Type": "application/json", **(headers or {})})

    def post_form(self, rows, headers=None, path="/book"):
        body = urllib.parse.urlencode(rows).encode()
        return self.ask("POST", path, body, None,
                        {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def book(self, headers=None, key=None, **other):
        """A booking by JSON that must succeed: its answer."""
        a = self.post_json("/api/v1/bookings", person(**other), key, headers)
        equal(a.status, 201, a.text())
        return a.json()

    def staff(self):
        """A manager's key, made once."""
        if not hasattr(self, "manager"):
            self.manager = self.key("manager")
        return self.manager

    def detail(self, reference, key=None):
        a = self.get(f"/api/v1/staff/bookings/{reference}", key or self.staff())
        equal(a.status, 200, a.text())
        return a.json()

    def detail_of(self, location):
        """The detail behind a patient's link."""
        return self.detail(self.reference_at(location))

    def reference_at(self, location):
        page = self.get("/b/" + location.rsplit("/", 1)[1])
        equal(page.status, 200, page.text())
        return REFERENCE.search(page.text()).group(0)

    def act(self, reference, action, body=None, version=None, key=None):
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self.post_json(f"/api/v1/staff/bookings/{reference}/{action}", body or {}, key or self.staff(), headers)

    def list(self, key=None, **query):
        a = self.get("/api/v1/staff/bookings", key or self.staff(), **query)
        equal(a.status, 200, a.text())
        return a.json()

    # -- its records, while it is not running --

    def database(self):
        """A copy of the database, to be read without touching the original."""
        copy = Path(tempfile.mkdtemp(prefix="copy-", dir=self.dir))
        for suffix in ("", "-wal"):
            if (source := self.dir / f"bookingd.db{suffix}").exists():
                shutil.copy(source, copy / f"bookingd.db{suffix}")
        db = sqlite3.connect(copy / "bookingd.db")
        db.row_factory = sqlite3.Row
        return db


def in_parallel(count, fn):
    """fn(0), ... fn(count - 1), each in its thread; their results, or the first exception."""
    results, errors = [None] * count, []

    def run(i):
        try:
            results[i] = fn(i)
        except BaseException as e:
            errors.append(e)
    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]
    return results


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
