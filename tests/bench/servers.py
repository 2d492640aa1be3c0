# SPDX-License-Identifier: MIT
"""What the bench runs: bookingd, nginx, the load generator, and their CPU time."""
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

failures = []
started = []  # processes that may still be there at the end


def fail(text):
    failures.append(text)
    print(f"  FAILED: {text}")


def user_args():
    """Who everything runs as: root becomes nobody."""
    if os.getuid() != 0:
        return {}
    who = pwd.getpwnam("nobody")
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def hand_over(path):
    who = user_args()
    if who:
        os.chown(path, who["user"], who["group"])


def popen(args, **more):
    started.append(subprocess.Popen(args, **user_args(), **more))
    return started[-1]


def end_all():
    for process in started:
        if process.poll() is None:
            process.terminate()  # nginx tells its workers, unless it is killed
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def output(*args):
    done = subprocess.run(args, **user_args(), text=True, capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pairs(line):
    """"a=1 b=2" as a dictionary of numbers."""
    return {k: int(v) for k, v in (p.split("=") for p in line.split() if "=" in p)}


def cpu_us(pids):
    """CPU that all threads of these processes have used."""
    total = 0
    for pid in pids:
        for name in glob.glob(f"/proc/{pid}/task/*/schedstat"):
            with open(name) as f:
                total += int(f.read().split()[0])
    return total / 1000


def pss_kib(pids):
    """Memory, shared pages by their share; resident memory where that may not be read."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except PermissionError:
            with open(f"/proc/{pid}/status") as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))
    return total


class Server:
    """Something that listens on self.port."""

    def run(self, args):
        self.process = popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(3000):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise SystemExit(f"bench: {' '.join(args)} does not start")

    def pids(self):
        return [self.process.pid]

    def stop(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        self.process.wait(60)


class Bookingd(Server):
    def __init__(self, place):
        self.place, self.level, self.port = place, "info", free_port()
        self.write_conf()

    def write_conf(self):
        with open(f"{self.place}/bookingd.conf", "w") as f:
            f.write(f"[server]\nlisten = 127.0.0.1:{self.port}\nlog_level = {self.level}\n"
                    f"[store]\ntaxonomy = {self.place}/taxonomy.json\n"
                    "[limits]\nrate_limits = off\nidle = 600s\nhead = 60s\n")

    def args(self):
        return [f"{self.place}/bookingd", "--config", f"{self.place}/bookingd.conf"]

    def start(self, *prefix):
        self.run([*prefix, *self.args()])

    def control(self, *args):
        return output(f"{self.place}/bookingctl", "--socket", f"{self.place}/control.sock", *args)

    def set_level(self, level):
        if level != self.level:
            self.level = level
            self.write_conf()
            self.process.send_signal(signal.SIGHUP)
            time.sleep(0.1)


class Nginx(Server):
    def __init__(self, place, binary, workers):
        self.port, self.binary, self.workers = free_port(), binary, workers
        self.home = f"{place}/nginx{workers}"
        os.makedirs(self.home, exist_ok=True)
        temps = "".join(f"{t}_temp_path {self.home}/{t};"
                        for t in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(f"{self.home}/conf", "w") as f:
            f.write(f"""daemon off; pid {self.home}/pid; error_log /dev/null;
worker_processes {workers}; events {{ worker_connections 8192; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600; {temps}
 server {{ listen 127.0.0.1:{self.port} ssl; ssl_protocols TLSv1.3;
  ssl_certificate {place}/cert.pem; ssl_certificate_key {place}/key.pem;
  default_type text/plain; location / {{ return 200 "ok\\n"; }} }} }}
""")
        hand_over(self.home)

    def start(self):
        self.run([self.binary, "-c", f"{self.home}/conf", "-e", "/dev/null"])
        for _ in range(1000):
            self.children = children_of(self.process.pid)
            if len(self.children) == self.workers:
                return
            time.sleep(0.01)
        raise SystemExit("bench: nginx has not its workers")

    def pids(self):
        return self.children


def children_of(pid):
    found = []
    for name in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(name) as f:
                if int(f.read().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(name.split("/")[2]))
        except OSError:
            pass  # it has ended
    return found


def find_nginx(build):
    """The installed one, or one unpacked from Debian's package: nothing gets installed."""
    found = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    where = f"{os.path.abspath(build)}/bench/nginx"
    unpacked = f"{where}/usr/sbin/nginx"
    if found or os.path.exists(unpacked):
        return found or unpacked
    os.makedirs(where, exist_ok=True)
    for package in ("nginx", "nginx-light"):
        subprocess.run(["apt-get", "download", "-qq", package], cwd=where, capture_output=True)
        for deb in glob.glob(f"{where}/{package}_*.deb"):
            subprocess.run(["dpkg-deb", "-x", deb, where], check=True)
    return unpacked if os.path.exists(unpacked) else None


class Load:
    """The load generator: connected, waiting for the word."""

    def __init__(self, place, server, *args):
        self.server, self.args = server, args
        self.process = popen([f"{place}/load", "--port", str(server.port), *map(str, args)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = pairs(self.process.stdout.readline())

    def begin(self):
        self.before = cpu_us(self.server.pids())
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self):
        return pairs(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


def load(place, server, expect, *args):
    """One run; every answer must be of the class expected (s2xx)."""
    run = Load(place, server, *args)
    run.begin()
    r = run.result()
    r["cpu"] = (cpu_us(server.pids()) - run.before) / max(r["answered"], 1)
    run.end()
    if r["lost"] or not r["answered"] or r[expect] != r["answered"]:
        fail(f"load {' '.join(map(str, args))}: {r}")
    r["rate"] = r["answered"] * 1e6 / max(r["wall_us"], 1)
    return r
