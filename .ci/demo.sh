#!/bin/bash
# A demonstration in half a minute: two invented files are handed over, one of them is listed. Called by `make demo`.
#
# The daemon runs as user 61001 and the application as user 61002, which need no accounts; so root is needed to begin
# with. Everything lies in one scratch directory, which is removed at the end unless KEEP=1.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
    echo "demo: needs root, to run the daemon and the application as users of their own; type" >&2
    echo "    sudo .ci/demo.sh" >&2
    exit 1
fi

built=${BREAKWATER_BIN:-.build/debug}
scratch=$(mktemp -d /var/tmp/breakwater-demo.XXXXXX)
house=$scratch/house spool=$scratch/house/spool config=$scratch/house/breakwater.toml
daemon=

clean_up() {
    if [ -n "$daemon" ]; then kill "$daemon" 2> /dev/null && wait "$daemon" || true; fi
    if [ -n "${KEEP:-}" ]; then echo "kept $scratch"; else rm -rf "$scratch"; fi
}
trap clean_up EXIT

# Arrays and not functions: in the background $! is then the program's own number.
as_daemon=(setpriv --reuid 61001 --regid 61001 --groups 61002 --inh-caps -all,+lease --ambient-caps -all,+lease
    --bounding-set -all,+lease --no-new-privs)
as_application=(setpriv --reuid 61002 --regid 61002 --clear-groups)
breakwater() { "$scratch/bin/breakwater" "$@" --config "$config"; }

await() {
    for _ in $(seq 300); do
        if "$@" > /dev/null 2>&1; then return; fi
        if [ -n "$daemon" ] && ! kill -0 "$daemon" 2> /dev/null; then break; fi
        sleep 0.1
    done
    echo "demo: error: waited in vain for: $*" >&2
    cat "$scratch/log" >&2
    exit 1
}

say() { printf '\n%s\n' "$1"; }
indent() { sed "s|$house/||g; s|^|    |"; }

# What an operator does once.
chmod 0711 "$scratch"
install -d -m 0755 "$scratch/bin"
install -m 0755 "$built/breakwater" "$built/breakwaterd" "$scratch/bin"
install -d -m 0755 -o 61001 -g 61001 "$house"
"${as_daemon[@]}" "$scratch/bin/breakwater" init --root "$house" > /dev/null
chgrp 61002 "$spool" "$spool"/{tmp,incoming,released}
chmod 2770 "$spool"/{tmp,incoming,released}

install -d -m 0700 -o 61002 -g 61002 "$scratch/application"
echo "An invented text that is on no list." > "$scratch/application/holiday.txt"
echo "An invented text whose SHA-256 is in the demonstration's list." > "$scratch/application/parcel.txt"
uploaded=$(date --utc +%Y-%m-%dT%H:%M:%SZ)
cat > "$scratch/application/parcel.txt.meta.json" << JSON
{"uploader_ref": "account-4711", "email": "somebody@mail.example", "ip": "192.0.2.17", "port": 50123,
 "uploaded_at": "$uploaded", "original_filename": "parcel.txt", "service": "Example Photos"}
JSON
chown 61002:61002 "$scratch"/application/*

sha256sum "$scratch/application/parcel.txt" | cut -d ' ' -f 1 >> "$house/lists/demo.txt"
breakwater list build > /dev/null

"${as_daemon[@]}" "$scratch/bin/breakwaterd" --config "$config" 2> "$scratch/log" &
daemon=$!
await curl --silent --fail --unix-socket "$house/metrics.sock" http://localhost/-/ready

# What the application does for each upload: build it in tmp/, rename it into incoming/, the context first.
"${as_application[@]}" bash -c '
    umask 007
    for name in holiday.txt parcel.txt.meta.json parcel.txt; do
        cp "$1/$name" "$2/tmp/$name"
        mv "$2/tmp/$name" "$2/incoming/$name"
    done' - "$scratch/application" "$spool"

is_quarantined() { breakwater case list | grep awaiting-review; }
await test -e "$spool/released/holiday.txt"
await is_quarantined

bundle=$(find "$house/state/vault/exhibits" -maxdepth 3 -name 'ex-*')
draft=$house/state/drafts/${bundle##*/ex-}

say "Breakwater, a demonstration. All of it is synthetic, and nothing is sent to anybody."
say "The application (user 61002) handed over, by renaming into incoming/:"
indent << 'TEXT'
holiday.txt            on no list
parcel.txt             its SHA-256 is in lists/demo.txt; parcel.txt.meta.json says who uploaded it
TEXT
say "The application can read now, in released/:"
find "$spool/released" -type f -printf '%P\n' | indent
say "What matched left the spool for an evidence bundle that the application cannot reach:"
(cd "$house" && find "${bundle#"$house/"}" -type f | sort) | indent
say "It is sealed. The demonstration's key opens it, with any age program:"
name=${bundle##*/}
cat "$house/state/vault/keys/$name/content.custodians.age.hdr" "$bundle/data/content.age.body" |
    age -d -i "$house/keys/demonstration.key" | indent
say "A report was drafted for a person to decide on, and sealed; its first lines:"
cat "$draft"/draft.custodians.age.hdr "$draft"/draft.age.body | age -d -i "$house/keys/demonstration.key" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["files"]["draft.xml"])' | sed -n 1,12p | indent
say "The case, with what the draft still lacks:"
breakwater case show "${bundle##*/}" | indent
say "breakwater case list:"
breakwater case list | indent
say "Uploads by verdict:"
curl --silent --unix-socket "$house/metrics.sock" http://localhost/metrics | grep '^breakwater_uploads_total' | indent
say "The draft was not submitted: Breakwater prepares reports and sends none."
