"""ClamAV's daemon as a peer: the same list as hash signatures, nothing else switched on, CPU seconds of the daemon."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
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


def write_signatures(place, list_path):
    """The list's digests, whatever the size of the file: MD5 in .hdb, the longer ones in .hsb."""
    with open(list_path, encoding="utf-8") as file:
        digests = re.findall(r"\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b", file.read().lower())
    for suffix, chosen in (("hdb", lambda digest: len(digest) == 32), ("hsb", lambda digest: len(digest) > 32)):
        lines = [f"{digest}:*:Listed:73\n" for digest in digests if chosen(digest)]
        if lines:
            with open(os.path.join(place, "db", f"list.{suffix}"), "w", encoding="ascii") as file:
                file.writelines(lines)


def write_settings(place):
    lines = ["Foreground yes", f"LocalSocket {place}/socket", f"DatabaseDirectory {place}/db", f"LogFile {place}/log",
             "OfficialDatabaseOnly no", "User root", "MaxThreads 2", "SelfCheck 0", "MaxScanTime 0", "MaxScanSize 0",
             "MaxFileSize 0", "MaxFiles 0", *(f"{name} no" for name in OFF)]
    path = os.path.join(place, "clamd.conf")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


@contextlib.contextmanager
def running(list_path):
    """A fresh daemon, whose cache of clean files is empty, and its settings."""
    place = tempfile.mkdtemp(prefix="bw-clamd-")
    os.mkdir(os.path.join(place, "db"))
    write_signatures(place, list_path)
    settings = write_settings(place)
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
