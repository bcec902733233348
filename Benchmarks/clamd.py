"""ClamAV's daemon as a peer: the same list as hash signatures, nothing else switched on, CPU seconds of the daemon."""

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")

# Every parser and heuristic off: what is left is reading, digesting and looking up.
OFF = ("ScanPE ScanELF ScanOLE2 ScanPDF ScanSWF ScanXMLDOCS ScanHWP3 ScanMail ScanHTML ScanArchive ScanOneNote ScanImage "
       "ScanImageFuzzyHash PhishingSignatures PhishingScanURLs HeuristicAlerts Bytecode").split()


def is_installed():
    return all(shutil.which(program, path="/usr/sbin:/usr/bin") for program in ("clamd", "clamdscan"))


def cpu(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(process):
    """MiB that are a process's own."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(file.read().partition("RssAnon:")[2].split()[0]) / 1024


def write_signatures(place, list_path):
    """The list's digests, whatever the size of the file: MD5 in .hdb, the longer ones in .hsb."""
    with open(list_path, encoding="utf-8") as file:
        digests = re.findall(r"\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b", file.read().lower())
    for suffix, chosen in (("hdb", lambda digest: len(digest) == 32), ("hsb", lambda digest: len(digest) > 32)):
        lines = [f"{digest}:*:Listed:73\n" for digest in digests if chosen(digest)]
        if lines:
            with open(os.path.join(place, "db", f"list.{suffix}"), "w", encoding="ascii") as file:
                file.writelines(lines)


def write_settings(place, more=()):
    lines = ["Foreground yes", f"LocalSocket {place}/socket", f"DatabaseDirectory {place}/db", f"LogFile {place}/log",
             "OfficialDatabaseOnly no", "User root", "MaxThreads 2", "SelfCheck 0", "MaxScanTime 0", "MaxScanSize 0",
             "MaxFileSize 0", "MaxFiles 0", *(f"{name} no" for name in OFF), *more]
    path = os.path.join(place, "clamd.conf")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


@contextlib.contextmanager
def running(list_path, *more):
    """A fresh daemon, whose cache of clean files is empty, and its settings, `more` lines of them."""
    place = tempfile.mkdtemp(prefix="bw-clamd-")
    os.mkdir(os.path.join(place, "db"))
    write_signatures(place, list_path)
    settings = write_settings(place, more)
    process = subprocess.Popen(["/usr/sbin/clamd", "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while subprocess.run(["clamdscan", "-c", settings, "--ping", "1"], capture_output=True, check=False).returncode:
            if process.poll() is not None:
                raise SystemExit(f"clamd ended with {process.returncode}; see {place}/log")
            time.sleep(0.1)
        yield process, settings
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(place)


def seconds_a_file(list_path, files):
    """CPU seconds of clamd for each of these files, passed as open descriptors."""
    with running(list_path) as (process, settings), tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.writelines(f"{name}\n" for name in files)
        names.flush()
        before = cpu(process)
        done = subprocess.run(
            ["clamdscan", "-c", settings, "--fdpass", "--multiscan", "--no-summary", f"--file-list={names.name}"],
            stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise SystemExit(f"clamdscan ended with {done.returncode}")
        return (cpu(process) - before) / len(files)


def ask(settings, command, descriptor=None):
    """One command on a connection of its own, and the answer."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(os.path.join(os.path.dirname(settings), "socket"))
        door.sendall(b"z" + command + b"\0")
        if descriptor is not None:
            socket.send_fds(door, [b"\0"], [descriptor])
        answer = b""
        while not answer.endswith(b"\0"):
            part = door.recv(4096)
            if not part:
                break
            answer += part
        return answer.rstrip(b"\0")


class Stream(threading.Thread):
    """Scans of files of 30 KiB, one after the other, each of other bytes, since clamd remembers what it found clean."""

    def __init__(self, settings):
        super().__init__()
        self.settings, self.took, self.is_over = settings, [], threading.Event()

    def run(self):
        with tempfile.TemporaryFile() as file:
            while not self.is_over.is_set():
                file.seek(0)
                file.write(os.urandom(30 << 10))
                file.flush()
                file.seek(0)
                began = time.monotonic()
                answer = ask(self.settings, b"FILDES", file.fileno())
                if not answer.endswith(b"OK"):
                    raise SystemExit(f"clamd answers {answer!r}")
                self.took.append((began, time.monotonic() - began))


def reloading(list_path, concurrent, limit=180):
    """What a reload of the same list does to scans, and to memory."""
    with running(list_path, f"ConcurrentDatabaseReload {'yes' if concurrent else 'no'}") as (process, settings):
        stream = Stream(settings)
        stream.start()
        try:
            time.sleep(3)
            before = most = resident(process)
            began = time.monotonic()
            ask(settings, b"RELOAD")
            took = None
            while time.monotonic() - began < (took + 3 if took else limit):
                most = max(most, resident(process))
                if took is None and is_reloaded(settings):
                    took = time.monotonic() - began
                time.sleep(0.02)
        finally:
            stream.is_over.set()
            stream.join()
        quiet = [seconds for start, seconds in stream.took if start + seconds < began]
        after = [seconds for start, seconds in stream.took if start + seconds >= began]
        if took is None or not after:
            raise SystemExit(f"clamd has not loaded its list again within {limit} s")
        return {"reload_seconds": took, "scan_p50_ms_before": statistics.median(quiet) * 1e3,
                "longest_scan_ms_before": max(quiet) * 1e3, "longest_scan_ms_from_reload_on": max(after) * 1e3,
                "own_mib_before": before, "own_mib_most": most, "own_mib_after": resident(process)}


def is_reloaded(settings):
    with open(os.path.join(os.path.dirname(settings), "log"), encoding="utf-8") as file:
        return "Database correctly reloaded" in file.read()
