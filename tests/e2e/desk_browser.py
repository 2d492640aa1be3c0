# SPDX-License-Identifier: MIT
"""desk_browser.py - a browser without script at the staff's console, and people to sit at it."""
from harness import *

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEW = "correct horse battery staple"


class Browser:
    """Keeps the session cookie; follows nothing by itself."""

    d = None  # whose desk it is

    def __init__(self, login=None, password=None):
        self.cookie = None
        if login:
            a = self.post("/staff/sign-in", login=login, password=password)
            equal((a.status, a.header("location")), (303, "/staff/"))

    def ask(self, method, path, body=b"", **headers):
        rows = {k.replace("_", "-"): v for k, v in headers.items()} | (FORM if method == "POST" else {})
        if self.cookie:
            rows["Cookie"] = f"theme=x; __Host-session={self.cookie}"
        a = self.d.ask(method, path, body, headers=rows)
        if set_cookie := a.header("set-cookie"):
            found = re.fullmatch(
                r"__Host-session=([A-Za-z0-9_-]{43}|); Path=/; Secure; HttpOnly; SameSite=Strict(; Max-Age=0)?",
                set_cookie,
            )
            assert found, set_cookie
            self.cookie = found.group(1) or None
        return a

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, sec_fetch_site=None, **fields):
        return self.ask(
            "POST",
            path,
            urllib.parse.urlencode(fields).encode(),
            **({"Sec_Fetch_Site": sec_fetch_site} if sec_fetch_site else {})
        )

    def token(self):
        return self.get("/staff/").page().value("csrf")


def person_of(role, login):
    """Somebody who has a password of their own already."""
    once = Browser.d.ctl("staff", "add", login, "--role", role, "--name", f"{role.title()} Person").stdout.strip()
    b = Browser(login, once)
    equal(b.post("/staff/password", csrf=b.get("/staff/password").page().value("csrf"), new_password=NEW).status, 303)
    return b
