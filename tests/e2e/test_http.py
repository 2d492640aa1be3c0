# SPDX-License-Identifier: MIT
"""test_http.py BUILD [--slow N] - the daemon against peers that are wrong, slow, many, or gone."""
import warnings
from harness import *

SLOW = int(sys.argv[sys.argv.index("--slow") + 1]) if "--slow" in sys.argv else 400
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /book HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def get(path, **headers):
    return request("GET", path, headers=headers)


# ---- what is wrong on the wire ----

def chunked(body):
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + body


WRONG = [
    ("a line ended by LF alone", b"GET / HTTP/1.1\nHost: localhost\n\n", 400),
    ("one field line ended by LF alone", b"GET / HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n", 400),
    ("a bare CR in a value", GET + b"A: b\rc\r\n\r\n", 400),
    ("a bare CR behind the request line", b"GET / HTTP/1.1\rHost: localhost\r\n\r\n", 400),
    ("a folded line", GET + b"A: b\r\n c\r\n\r\n", 400),
    ("a folded first line", b"GET / HTTP/1.1\r\n A: b\r\nHost: localhost\r\n\r\n", 400),
    ("a blank before the colon", GET + b"A : b\r\n\r\n", 400), ("a field without a name", GET + b": b\r\n\r\n", 400),
    ("a field without a colon", GET + b"Abc\r\n\r\n", 400),
    ("a name that is no token", GET + b"A(b): c\r\n\r\n", 400), ("a NUL in a value", GET + b"A: b\0c\r\n\r\n", 400),
    ("a NUL at the start of a line", GET + b"\0A: b\r\n\r\n", 400),
    ("a control character", GET + b"A: b\x1bc\r\n\r\n", 400), ("a DEL", GET + b"A: b\x7f\r\n\r\n", 400),
    ("an empty line first", b"\r\n" + GET + b"\r\n", 400),
    ("two blanks in the request line", b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a TAB in the request line", b"GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a blank behind the version", b"GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n", 400),
    ("no version", b"GET /\r\n\r\n", 400),
    ("small letters in the version", b"GET / http/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("HTTP/1.2", b"GET / HTTP/1.2\r\nHost: localhost\r\n\r\n", 505),
    ("HTTP/2.0", b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ("HTTP/11.1", b"GET / HTTP/11.1\r\nHost: localhost\r\n\r\n", 400), ("no Host", b"GET / HTTP/1.1\r\n\r\n", 400),
    ("two Hosts", GET + b"Host: localhost\r\n\r\n", 400), ("an empty Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
    ("a Host with a user", b"GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 400),
    ("a Host with a path", b"GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n", 400),
    ("a Host with a broken port", b"GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n", 400),
    ("two names in Host", b"GET / HTTP/1.1\r\nHost: localhost, evil\r\n\r\n", 400),
    ("an absolute target", b"GET https://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("an asterisk", b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("CONNECT", b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a fragment", b"GET /#x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("bytes beyond ASCII in the target", b"GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a broken escape", b"GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a broken escape in the query", b"GET /?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("an escaped NUL", b"GET /b/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("an escaped slash", b"GET /b%2Fx HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a dot segment", b"GET /static/../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("an escaped dot segment", b"GET /static/%2e%2E/x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("an escape that is no UTF-8", b"GET /b/%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a method that is no token", b"GE(T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("a method without end", b"A" * 40 + b" / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("no method", b" / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    *[(f"Content-Length {v!r}", POST + f"Content-Length: {v}\r\n\r\n".encode() + b"a=b&c=", 400)
      for v in ("+5", "-1", "5,5", "5, 5", "0x5", "5 5", "", "5a", "5.0", "\u0665")],
    ("a length that is too large", POST + b"Content-Length: 99999999999999999999\r\n\r\n", 413),
    ("one byte too many", POST + b"Content-Length: 65537\r\n\r\n", 413),
    ("the same length twice", POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b", 400),
    ("two lengths", POST + b"Content-Length: 3\r\nContent-Length: 0\r\n\r\na=b", 400),
    ("length and chunked", POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("chunked and length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
    *[(f"Transfer-Encoding {v!r}", POST + f"Transfer-Encoding: {v}\r\n\r\n".encode() + b"0\r\n\r\n", s)
      for v, s in (("gzip", 501), ("gzip, chunked", 501), ("chunked, gzip", 501), ("identity", 501),
                   ("chunked, chunked", 400), ("", 400), ("chunked;q=1", 400), ("\"chunked\"", 400),
                   ("x chunked", 400))],
    ("chunked twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("chunked in HTTP/1.0", POST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("a chunk size that is none", chunked(b"x\r\n\r\n"), 400), ("an empty chunk size", chunked(b"\r\n"), 400),
    ("a chunk size with a sign", chunked(b"+3\r\na=b\r\n0\r\n\r\n"), 400),
    ("a chunk size as 0x3", chunked(b"0x3\r\na=b\r\n0\r\n\r\n"), 400),
    ("a chunk size of 17 digits", chunked(b"0" * 16 + b"3\r\na=b\r\n0\r\n\r\n"), 400),
    ("a chunk line ended by LF alone", chunked(b"3\na=b\r\n0\r\n\r\n"), 400),
    ("a chunk longer than its size", chunked(b"3\r\na=bc\r\n0\r\n\r\n"), 400),
    ("a blank behind the chunk size", chunked(b"3 \r\na=b\r\n0\r\n\r\n"), 400),
    ("a chunk extension without end", chunked(b"3;" + b"x" * 65 + b"\r\na=b\r\n0\r\n\r\n"), 400),
    ("a broken trailer", chunked(b"0\r\nA b\r\n\r\n"), 400), ("chunks beyond the limit", chunked(b"20000\r\n"), 413),
    ("a chunk beyond all limits", chunked(b"ffffffffffffffff\r\n"), 413),
    ("an expectation that nobody meets", POST + b"Expect: 200-ok\r\nContent-Length: 3\r\n\r\na=b", 417),
    ("two Authorizations", GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400),
    ("two Idempotency-Keys", GET + b"Idempotency-Key: a\r\nIdempotency-Key: a\r\n\r\n", 400),
    ("two Content-Types", GET + b"Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n", 400),
    ("two If-Matches", GET + b"If-Match: \"1\"\r\nIf-Match: \"1\"\r\n\r\n", 400),
    ("65 fields", GET + b"".join(b"A%d: b\r\n" % i for i in range(64)) + b"\r\n", 431),
    ("a head of more than 8 KiB", GET + b"A: " + b"b" * 8192 + b"\r\n\r\n", 431),
    ("a target of more than 2 KiB", b"GET /" + b"a" * 2048 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    ("a target without end", b"GET /" + b"a" * 20000, 414),
    ("a body where none is taken", b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=b", 413),
]


@test
def what_is_wrong_on_the_wire_is_answered_once_and_nothing_after_it_is_read():
    before = d.counts()
    hidden = request("POST", "/book", urllib.parse.urlencode(form(full_name="Smuggled")).encode(), FORM)
    rows = []
    for what, data, status in WRONG:
        with Client(d) as c:
            c.send(data + hidden)
            a = c.answer()
            rows.append((what, a and a.status, status))
            rows.append((what + ": the connection's header", a and a.header("connection"), "close"))
            rows.append((what + ": then the end", c.is_closed(), True))
    all_equal(rows)
    equal(d.counts(), before, "counts")


@test
def what_is_unusual_but_right_is_served():
    booking = urllib.parse.urlencode(form()).encode()
    for what, data, status in [
        ("values with TAB and bytes beyond ASCII", GET + b"A: \tb\t\xe9\xff \r\nB:\r\n\r\n", 200),
        ("64 fields", GET + b"".join(b"A%d: b\r\n" % i for i in range(63)) + b"\r\n", 200),
        ("a Host in capitals with a port", b"GET / HTTP/1.1\r\nHost: LOCALHOST:8443\r\n\r\n", 200),
        ("an escaped NUL in a query", b"GET /?a=%00%2F.. HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
        ("any Host for a probe", b"GET /healthz HTTP/1.1\r\nHost: whatever.example\r\n\r\n", 200),
        (
            "chunks, extensions, trailers",
            chunked(
                b"".join(b"%X;a=b\r\n%s\r\n" % (len(p), p) for p in (booking[:1], booking[1:9], booking[9:]))
                + b"000;z\r\nTrailer: dropped\r\nHost: evil\r\n\r\n"
            ),
            303,
        ),
        ("no body at all", POST + b"\r\n", 422),
        ("a length with zeros before it", POST + b"Content-Length: 000\r\n\r\n", 422),
        ("a method nobody knows", b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        ("TRACE", b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    ]:
        with Client(d) as c:
            c.send(data + get("/healthz"))
            equal(c.answer().status, status, what)
            equal(c.answer().body, b"ok\n", what + ", and the next request")
        with Client(d) as c:  # byte by byte it is the same
            for i in range(len(data)):
                c.send(data[i : i + 1])
            equal(c.answer().status, status, what + ", byte by byte")


@test
def only_our_own_names_are_answered():
    for host, status in (
        ("localhost", 200),
        ("127.0.0.1:1", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("[::1]", 421),
        ("localhost.", 421),
        ("xlocalhost", 421),
    ):
        equal(d.get("/", headers={"Host": host}).status, status, host)
        equal(d.get("/no/such", headers={"Host": host}).status, 404 if status == 200 else 421, host)
    a = d.post_form(form(), {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert "evil" not in str(a.headers), a.headers
    b = d.post_json("/api/v1/bookings", person(), headers={"X-Forwarded-Host": "evil.example"}).json()
    assert b["manage_url"].startswith("https://localhost:8443/b/"), b
    equal(d.post_form(form(), {"Host": "evil.example"}).status, 421)


@test
def http_1_0_may_leave_host_out_and_is_closed_after_one_answer():
    with Client(d) as c:
        c.send(b"GET / HTTP/1.0\r\n\r\n" + get("/healthz"))
        a = c.answer()
        equal((a.status, a.header("connection"), a.header("transfer-encoding")), (200, "close", None))
        equal(c.is_closed(), True)
    with Client(d) as c:
        for _ in range(3):
            c.send(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            a = c.answer()
            equal((a.status, a.header("connection")), (200, "keep-alive"))
    with Client(d) as c:
        c.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n" + get("/healthz"))
        equal((c.answer().header("connection"), c.is_closed()), ("close", True))


@test
def twenty_requests_sent_together_are_answered_in_their_order():
    bodies = [person(full_name=f"Piped {i}") for i in range(6)]
    sent = b""
    for i, b in enumerate(bodies):
        sent += (
            get(f"/healthz?{i}")
            + request(
                "POST", "/api/v1/bookings", json.dumps(b).encode(), {**JSON, "Idempotency-Key": f"piped-key-{i}"}
            )
            + get(f"/no/{i}")
        )
    sent += get("/readyz") + request("HEAD", "/")
    with Client(d) as c:
        c.send(sent)
        answers = [c.answer() for _ in range(19)] + [c.answer(head=True)]
        equal([a.status for a in answers], [200, 201, 404] * 6 + [200, 200])
        equal(c.ask("GET", "/healthz").body, b"ok\n")
    found = [i["full_name"] for i in d.list(q="Piped", sort="received")["items"]]
    equal(found, [b["full_name"] for b in bodies])


@test
def expect_100_continue_is_met_unless_the_body_is_refused():
    body = json.dumps(person()).encode()
    head = request("POST", "/api/v1/bookings", b"", {**JSON, "Content-Length": len(body), "Expect": "100-continue"})
    with Client(d) as c:
        c.send(head)
        until(lambda: c.more() and b"\r\n\r\n" in c.rest, 5, "100 Continue")
        equal(c.rest, b"HTTP/1.1 100 Continue\r\n\r\n")
        c.send(body)
        a = c.answer()
        equal((a.status, a.interim), (201, 1))
    with Client(d) as c:
        c.send(request("POST", "/api/v1/bookings", b"", {**JSON, "Content-Length": 10 ** 6, "Expect": "100-continue"}))
        a = c.answer()
        equal((a.status, a.interim, c.is_closed()), (413, 0, True))


@test
def a_body_that_is_refused_is_read_away_so_that_the_answer_arrives():
    with Client(d) as c:
        c.send(request("POST", "/book", b"", {**FORM, "Content-Length": 3_000_000}))
        for _ in range(46):
            c.send(b"x" * 65536)
        equal(c.answer().status, 413)


@test
def head_has_the_headers_of_get_and_no_body():
    token = d.book()["manage_url"].rsplit("/", 1)[1]
    key = {"Authorization": f"Bearer {d.staff()}"}
    reference = d.list(limit=1)["items"][0]["reference"]
    for path, headers in [
        ("/", {}),
        ("/b/" + token, {}),
        ("/api/v1/bookings/" + token, {}),
        ("/api/v1/concerns?lang=ms", {}),
        ("/openapi.json", {}),
        ("/healthz", {}),
        ("/no", {}),
        ("/static/site.css", {}),
        ("/b/nobody", {}),
        ("/api/v1/staff/bookings", key),
        ("/api/v1/staff/bookings", {}),
        ("/api/v1/staff/bookings/" + reference, key),
        ("/api/v1/staff/bookings.csv", key),
        ("/api/v1/staff/changes", key),
        ("/api/v1/staff/bookings?x=1", key),
        ("/book", {}),
    ]:
        g, h = d.ask("GET", path, headers=headers), d.ask("HEAD", path, headers=headers)

        def fixed(a):
            return sorted((k, v) for k, v in a.headers if k != "date" and not (path == "/" and k == "content-length"))

        equal((h.status, fixed(h), h.body), (g.status, fixed(g), b""), path)
    etag = {"If-None-Match": d.get("/api/v1/concerns").header("etag")}
    equal([d.ask(m, "/api/v1/concerns", headers=etag).status for m in ("GET", "HEAD")], [304, 304])


SAFE = {
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
CSP_API = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
CSP_PAGE = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def raw(daemon, data):
    with Client(daemon) as c:
        c.send(data)
        return c.answer()


@test
def every_kind_of_answer_carries_the_headers_that_keep_browsers_safe():
    staff = {"Authorization": f"Bearer {d.staff()}", **JSON}
    act = f"/api/v1/staff/bookings/{d.book()['reference']}/"
    etag = d.get("/api/v1/concerns").header("etag")
    bare = Daemon({"limits.head": "300ms", "limits.reads_per_minute": "10"}, clinic=None)
    page, cached = {"content-security-policy": CSP_PAGE}, {"cache-control": "public, max-age=300"}
    kinds = [
        (200, d.get("/"), {**page, "cache-control": "private, no-cache"}),  # the same token on the way back
        (200, d.get("/healthz"), {}),
        (200, d.get("/api/v1/concerns"), cached),
        (200, d.get("/static/site.css"), {"cache-control": "public, max-age=86400"}),
        (201, d.post_json("/api/v1/bookings", person()), {}),
        (204, d.ask("OPTIONS", "/api/v1/bookings"), {}),
        (303, d.post_form(form()), {}),
        (304, d.get("/api/v1/concerns", headers={"If-None-Match": etag}), cached),
        (400, raw(d, b"nonsense\r\n\r\n"), {}),
        (400, d.post_json("/api/v1/bookings", b"{"), {}),
        (401, d.get("/api/v1/staff/bookings"), {}),
        (403, d.get("/api/v1/staff/bookings", d.key("site")), {}),
        (404, d.get("/no"), {}),
        (404, d.get("/b/nobody"), page),
        (405, d.get("/book"), {}),
        (408, raw(bare, b"G"), {}),
        (409, d.ask("POST", act + "reopen", b"{}", headers={**staff, "If-Match": '"1"'}), {}),
        (412, d.ask("POST", act + "spam", b"{}", headers={**staff, "If-Match": '"9"'}), {}),
        (413, raw(d, POST + b"Content-Length: 99999999\r\n\r\n"), page),
        (414, raw(d, b"GET /" + b"a" * 3000), {}),
        (415, d.ask("POST", "/api/v1/bookings", b"x"), {}),
        (417, raw(d, GET + b"Expect: x\r\n\r\n"), {}),
        (421, d.get("/", headers={"Host": "evil"}), {}),
        (422, d.post_json("/api/v1/bookings", {}), {}),
        (422, d.post_form([]), page),
        (428, d.ask("POST", act + "spam", b"{}", headers=staff), {}),
        (429, limited(bare), page),
        (431, raw(d, GET + b"A: " + b"b" * 9000 + b"\r\n\r\n"), {}),
        (501, raw(d, POST + b"Transfer-Encoding: gzip\r\n\r\n"), {}),
        (505, raw(d, b"GET / HTTP/3.0\r\n\r\n"), {}),
        (503, bare.get("/"), page),
        (503, bare.get("/readyz"), {}),
        (503, bare.post_json("/api/v1/bookings", person()), {}),
    ]
    rows = []
    for status, a, other in kinds:
        rows.append((f"{status} {a!r:.60}", a.status, status))
        expected = {**SAFE, "content-security-policy": CSP_API, **other}
        rows += [
            (f"{status} {a!r:.60} {name}", a.header(name), value)
            for name, value in expected.items()
            if not (status in (405, 421) and name == "content-security-policy")
        ]
        rows.append((f"{status} date", bool(a.header("date")), True))
        rows.append((f"{status} Server", a.header("server"), None))
        if status >= 400 and a.status != 503:
            kind = a.header("content-type")
            rows.append((f"{status} type", kind in ("application/problem+json", "text/html; charset=utf-8"), True))
    equal(d.get("/book").header("allow"), "POST")
    all_equal(rows)
    bare.close()


def limited(daemon):
    """A 429: the minute may turn once on the way there."""
    for _ in range(25):
        a = daemon.get("/b/nobody")
        if a.status == 429:
            equal(a.header("retry-after"), "60")
            return a
    return a


# ---- TLS ----

def context(low, high, alpn=None):
    c = ssl.create_default_context(cafile=d.dir / "cert.pem")
    c.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the old versions are old
        c.minimum_version, c.maximum_version = low, high
    if alpn:
        c.set_alpn_protocols(alpn)
    return c


@test
def tls_1_2_and_1_3_are_spoken_and_nothing_older():
    for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
        with Client(d, context=context(version, version)) as c:
            equal((c.sock.version(), c.ask("GET", "/healthz").status), (name, 200))
            cipher = c.sock.cipher()[0]
            assert "GCM" in cipher or "CHACHA20" in cipher, cipher
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        try:
            Client(d, context=context(version, version)).close()
            raise AssertionError(f"{version} was accepted")
        except ssl.SSLError as e:
            assert "ALERT_PROTOCOL_VERSION" in str(e), e


@test
def alpn_offers_http_1_1_alone():
    for offered, chosen in ((["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), (None, None)):
        with Client(d, context=context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3, offered)) as c:
            equal((c.sock.selected_alpn_protocol(), c.ask("GET", "/healthz").status), (chosen, 200))
    try:
        Client(d, context=context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3, ["h2"])).close()
        raise AssertionError("h2 alone was accepted")
    except ssl.SSLError as e:
        assert "APPLICATION_PROTOCOL" in str(e).upper().replace(" ", "_"), e


@test
def a_session_is_resumed_by_its_ticket():
    ctx = context(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    with Client(d, context=ctx) as c:
        c.ask("GET", "/healthz")
        session = c.sock.session
    s = ctx.wrap_socket(socket.create_connection(d.address, 10), server_hostname="localhost", session=session)
    s.sendall(get("/healthz"))
    equal((s.recv(12), s.session_reused), (b"HTTP/1.1 200", True))
    s.close()


@test
def plain_http_and_noise_on_the_port_end_that_connection_alone():
    for noise in (get("/"), os.urandom(300), b"\x16\x03\x01\xff\xff" + b"\0" * 500, b"\x80\x2e\x01\x00\x02", b""):
        with Client(d, plain=True) as c:
            c.send(noise)
            c.sock.shutdown(socket.SHUT_WR)
            while c.more():
                pass
            assert not c.rest.startswith(b"HTTP"), c.rest
    equal(d.get("/healthz").status, 200)


# ---- slow, many, gone ----

LIMITS = {"handshake": 1.0, "head": 1.2, "body": 1.5}


class Drip:
    """A client that sends a byte now and then and never comes to an end."""

    def __init__(self, daemon, kind, i):
        self.kind, self.gone, self.got = kind, None, b""
        self.c = Client(daemon, source=f"127.0.{1 + i // 200}.{1 + i % 200}", plain=kind == "handshake")
        self.text = itertools.chain(
            {"handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "head": b"GET / HTTP/1.1\r\nA: ", "body": b""}[
                kind
            ],
            itertools.repeat(0x61),
        )
        if kind == "body":
            self.c.send(request("POST", "/book", b"", {**FORM, "Content-Length": 5000}))
        self.started = time.monotonic()
        self.c.sock.setblocking(False)
        self.drip()

    def drip(self):
        try:
            self.c.sock.send(bytes([next(self.text)]))
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        except OSError:
            self.end()
            return
        try:
            data = self.c.sock.recv(4096)
            self.got += data
            if not data:
                self.end()
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except OSError:
            self.end()

    def end(self):
        self.gone = time.monotonic()
        self.c.close()


@test
def dripping_clients_are_gone_by_their_deadlines_while_an_honest_one_is_served():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    slow = Daemon(
        {f"limits.{k}": f"{int(v * 1000)}ms" for k, v in LIMITS.items()}
        | {"limits.linger": "200ms", "limits.rate_limits": "off"}
    )
    waits, stop = [], threading.Event()

    def honest():
        while not stop.is_set():
            began = time.monotonic()
            with Client(slow) as c:
                equal(
                    c.ask("POST", "/api/v1/bookings", json.dumps(person(full_name="Honest")).encode(), JSON).status,
                    201,
                )
            waits.append(time.monotonic() - began)
            stop.wait(0.05)

    t = threading.Thread(target=honest)
    t.start()
    try:
        drips, pending = [], iter(range(SLOW))
        end = time.monotonic() + 25
        while time.monotonic() < end:
            for i in itertools.islice(pending, 40):
                drips.append(Drip(slow, list(LIMITS)[i % 3], i))
            open_ones = [x for x in drips if x.gone is None]
            if not open_ones and len(drips) == SLOW:
                break
            for x in open_ones:
                x.drip()
            stop.wait(0.05)
    finally:
        stop.set()
        t.join()
    assert all(x.gone for x in drips) and len(drips) == SLOW, f"{sum(not x.gone for x in drips)} are still there"
    for kind, limit in LIMITS.items():
        took = [x.gone - x.started for x in drips if x.kind == kind]
        assert (
            limit - 0.3 <= min(took) and max(took) <= limit + 4
        ), f"{kind}: {min(took):.2f} to {max(took):.2f} s for {limit} s"
    told = [x for x in drips if x.kind != "handshake"]
    assert all(x.got.startswith(b"HTTP/1.1 408 ") for x in told), [
        x.got[:20] for x in told if not x.got.startswith(b"HTTP/1.1 408 ")
    ][:3]
    assert len(waits) >= 10 and max(waits) < 2, (len(waits), max(waits))
    until(lambda: slow.metric("connections") <= 1, 10, "no connection is left but the tool's own")
    slow.close()


@test
def silent_and_idle_connections_end_without_a_word():
    s = Daemon({"limits.handshake": "300ms", "limits.head": "300ms", "limits.idle": "300ms"})
    for what, prepare in (
        ("before the handshake", None),
        ("behind the handshake", b""),
        ("between requests", get("/healthz")),
    ):
        with Client(s, plain=prepare is None) as c:
            if prepare:
                equal(c.ask("GET", "/healthz").status, 200)
            equal(c.is_closed(5), True, what)
    s.close()


def served(s):
    try:
        with Client(s) as c:
            return c.ask("GET", "/healthz").status == 200
    except (OSError, AttributeError):  # cut off before or behind the handshake
        return False


@test
def without_descriptors_the_daemon_rests_and_recovers():
    s = Daemon(prefix=["prlimit", "--nofile=64"])
    held = []
    for _ in range(100):
        held.append(socket.create_connection(s.address, 5))
    began, cpu = time.monotonic(), cpu_seconds(s.pid)
    until(lambda: time.monotonic() - began > 1.5, 5)
    burnt = cpu_seconds(s.pid) - cpu
    assert burnt < 0.3, f"{burnt:.2f} s of CPU in 1.5 s"
    for c in held:
        c.close()
    until(lambda: served(s), 10, "it is served again")
    assert s.metric("accept_pauses_total") > 0, "it never ran out"
    equal(s.post_form(form()).status, 303)
    s.close()


@test
def one_address_has_so_many_connections_and_others_have_theirs():
    s = Daemon({"limits.connections_per_address": "5"})
    held = [Client(s) for _ in range(5)]
    for c in held:
        equal(c.ask("GET", "/healthz").status, 200)
    for _ in range(3):
        with Client(s, plain=True) as c:
            equal(c.is_closed(), True, "the sixth")
    with Client(s, source="127.0.0.2") as c:
        equal(c.ask("GET", "/healthz").status, 200)
    held.pop().close()
    until(lambda: served(s), 10, "there is room again")
    equal(s.metric("connections_refused_total") >= 3, True)
    for c in held:
        c.close()
    s.close()


@test
def forwarded_for_is_believed_from_a_proxy_alone():
    s = Daemon({"limits.reads_per_minute": "10", "server.trusted_proxies": "127.0.0.1 10.0.0.1"})

    def reads(xff, source=None, n=21):
        """Whether n reads in a row end in 429; xff is called for each."""
        with Client(s, source=source) as c:
            return 429 in [c.ask("GET", "/b/nobody", headers={"X-Forwarded-For": xff(i)}).status for i in range(n)]
    all_equal([
        ("one client behind the proxy", reads(lambda i: "192.0.2.1"), True),
        ("another behind it is not punished", reads(lambda i: "192.0.2.2", n=5), False),
        ("whoever writes names before its own", reads(lambda i: f"198.51.100.{i}, 192.0.2.3"), True),
        ("a second trusted hop is looked through", reads(lambda i: f"192.0.2.{100 + i}, 10.0.0.1"), False),
        ("each client is counted for itself", reads(lambda i: f"192.0.2.{30 + i}"), False),
        ("a stranger who claims to be a proxy", reads(lambda i: f"192.0.2.{60 + i}", source="127.0.0.2"), True),
        ("IPv6 behind the proxy", reads(lambda i: "2001:db8::1"), True),
        ("nonsense counts for the proxy", reads(lambda i: f"nonsense-{i}"), True)])
    equal(s.post_form(form()).status, 303, "a booking is never refused for its address")
    with Client(s, source="127.0.0.2") as c:
        equal(c.ask("POST", "/api/v1/bookings", json.dumps(person()).encode(), JSON).status, 201)
    s.close()


@test
def reads_of_lists_are_limited_too():
    s = Daemon({"limits.reads_per_minute": "10"})
    for path in ("/api/v1/staff/bookings", "/api/v1/staff/bookings.csv"):
        assert 429 in [s.get(path, "guessed-key").status for _ in range(21)], path
    equal(s.ctl("bookings").returncode, 0, "the tool is not limited")
    s.close()


@test
def clients_that_leave_in_the_middle_leave_nothing_behind():
    connections = until(lambda: d.metric("connections"), 5)
    whole = request("POST", "/api/v1/bookings", json.dumps(person(full_name="Gone")).encode(), JSON)
    csv = get("/api/v1/staff/bookings.csv", Authorization=f"Bearer {d.staff()}")
    poll = get(f"/api/v1/staff/changes?wait=30&since={10 ** 6}", Authorization=f"Bearer {d.staff()}")
    for leave in (Client.reset, Client.close):
        for data in (whole[:10], whole[:-1], whole, whole * 20, csv, csv * 5, poll, get("/openapi.json") * 30):
            for _ in range(3):
                c = Client(d, rcvbuf=4096)
                c.send(data)
                leave(c)
        with Client(d, plain=True) as c:
            c.send(b"\x16\x03\x01")
    until(lambda: d.metric("connections") <= connections, 20, "all of them are gone")
    until(lambda: d.metric("changes_waiting") == 0, 5, "no poll waits")
    equal(d.get("/healthz").status, 200)


@test
def who_reads_nothing_is_cut_off_and_holds_nobody_up():
    s = Daemon({"limits.request": "1500ms", "limits.rate_limits": "off"})
    readers = []
    for _ in range(10):
        c = Client(s, rcvbuf=4096)
        c.sock.settimeout(1)
        readers.append(c)
        try:
            c.send(get("/openapi.json") * 200)
        except (TimeoutError, socket.timeout, OSError):
            pass
    began = time.monotonic()
    while time.monotonic() - began < 1:
        t = time.monotonic()
        with Client(s) as c:
            equal(c.ask("POST", "/api/v1/bookings", json.dumps(person()).encode(), JSON).status, 201)
        assert time.monotonic() - t < 2
    until(lambda: s.metric("connections") <= 1, 10, "the readers that do not read are cut off")
    for c in readers:
        c.close()
    s.close()


@test
def listeners_of_the_staffs_own_take_the_staffs_addresses_with_them():
    s = Daemon({"staff.listen": "127.0.0.1:0", "staff.hosts": "staff.example"})
    public, staff = s.addresses
    key, reference = s.staff(), s.book()["reference"]

    def ask(address, host, path, method="GET"):
        with Client(s, address=address) as c:
            return c.ask(method, path, headers={"Host": host, "Authorization": f"Bearer {key}"}).status

    all_equal(
        [
            (f"{path} at {host}", ask(address, host, path, method), status)
            for address, host, path, method, status in [
                (staff, "staff.example", "/api/v1/staff/bookings", "GET", 200),
                (staff, "staff.example", f"/api/v1/staff/bookings/{reference}", "GET", 200),
                (staff, "localhost", "/api/v1/staff/bookings", "GET", 421),
                (staff, "staff.example", "/", "GET", 404),
                (staff, "staff.example", "/book", "POST", 404),
                (staff, "staff.example", "/api/v1/bookings", "POST", 404),
                (staff, "whoever", "/healthz", "GET", 200),
                (public, "localhost", "/api/v1/staff/bookings", "GET", 404),
                (public, "localhost", f"/api/v1/staff/bookings/{reference}/note", "POST", 404),
                (public, "localhost", "/", "GET", 200),
                (public, "staff.example", "/", "GET", 421),
                (staff, "staff.example", "/control/status", "GET", 404),
            ]
        ]
    )
    s.close()


d = Daemon({"limits.rate_limits": "off"})
finish()
