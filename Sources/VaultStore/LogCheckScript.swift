/// What goes with an export so that its recipient can check the custody log's proofs without us: Python's standard library
/// and openssl, short enough to be read first. C2SP tlog-proof, tlog-checkpoint and signed-note; RFC 9162, 2.1.3.2.
enum LogCheckScript {
    static let name = "check-log.py"

    static let bytes = Array(
        #"""
        """check-log.py FOLDER VKEY: that each entry of FOLDER is in the log whose key VKEY is, by its signed checkpoint."""
        from base64 import b64decode
        from glob import glob
        from hashlib import new
        from os.path import basename, join
        from subprocess import run
        from sys import argv, exit
        from tempfile import TemporaryDirectory

        def sha256(data):
            return new("sha256", data).digest()

        def root_of(entry, index, size, path):
            if not 0 <= index < size:
                return None
            node, last = sha256(b"\0" + entry), size - 1
            for other in path:
                if last == 0:
                    return None
                if index & 1 or index == last:
                    node = sha256(b"\1" + other + node)
                    while not index & 1 and index:
                        index, last = index >> 1, last >> 1
                else:
                    node = sha256(b"\1" + node + other)
                index, last = index >> 1, last >> 1
            return node if last == 0 else None

        def is_signed(text, signatures, name, key):
            known = sha256(name.encode() + b"\n" + key)[:4]
            for line in signatures.splitlines():
                _, signer, value = line.split(" ")
                signature = b64decode(value)
                if signer != name or signature[:4] != known:
                    continue
                with TemporaryDirectory() as place:
                    parts = {"text": text.encode(), "signature": signature[4:],
                             "key": bytes.fromhex("302a300506032b6570032100") + key[1:]}
                    for part, data in parts.items():
                        open(join(place, part), "wb").write(data)
                    command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
                    return run(command.split(), cwd=place, capture_output=True).returncode == 0
            return False

        folder, vkey = argv[1:]
        name, _, key = open(vkey).read().strip().split("+", 2)
        key = b64decode(key)
        proofs = sorted(glob(join(folder, "*.tlog-proof")))
        for proof in proofs:
            head, note = open(proof, encoding="utf-8").read().split("\n\n", 1)
            lines = head.split("\n")
            text, signatures = note.split("\n\n", 1)
            origin, size, root = (text + "\n").split("\n")[:3]
            entry = open(proof.removesuffix("tlog-proof") + "json", "rb").read()
            path = [b64decode(line) for line in lines[2:]]
            index = int(lines[1].removeprefix("index "))
            if basename(proof) != f"{index}.tlog-proof":
                exit(f"{proof}: it is about entry {index}")
            found = root_of(entry, index, int(size), path)
            if origin != name or found != b64decode(root) or not is_signed(text + "\n", signatures, name, key):
                exit(f"{proof}: the log has no such entry, or another key has signed it")
        if not proofs or len(proofs) != len(glob(join(folder, "*.json"))):
            exit(f"{folder}: no proofs, or entries without one")
        print(f"{len(proofs)} entries are in the log of {name}, {size} entries long when it was signed")

        """#.utf8
    )
}
