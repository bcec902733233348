import UploadModel

// Each state is what one crash leaves, between the effect and the row that were due next. The path is always `a` or
// `x/a`; its upload is `UploadID.first`.

// MARK: - Nothing but interruptions

extension SpoolState {
    static let unwritten = [
        SpoolState(name: "file in incoming") {
            try $0.put("spool/incoming/x/a", "bytes")
        } missing: {
            try $0.isReleasedWithoutTrace("x/a")
        },
        SpoolState(name: "listed file in incoming, with its context") {
            try $0.put("spool/incoming/a.meta.json", "{}")
            try $0.put("spool/incoming/a", ScratchHouse.listed)
        } missing: {
            try $0.isQuarantined(try $0.uploads().first ?? .first, context: "{}")
        },
        SpoolState(name: "file in work without rows") {
            try $0.put("spool/work/x/a", "bytes")
        } missing: {
            try $0.isReleasedWithoutTrace("x/a")
        },
        SpoolState(name: "context in work, its listed file still in incoming") {
            try $0.put("spool/incoming/a", ScratchHouse.listed)
            try $0.put("spool/work/a.meta.json", "{}")
        } missing: {
            try $0.isQuarantined(try $0.uploads().first ?? .first, context: "{}")
        },
        SpoolState(name: "context in work without its file, a newer one beside the file in incoming") {
            try $0.put("spool/work/a.meta.json", "{\"older\": 1}")
            try $0.put("spool/incoming/a.meta.json", "{}")
            try $0.put("spool/incoming/a", ScratchHouse.listed)
        } missing: {
            try $0.isReleased("a.meta.json", "{\"older\": 1}") ?? $0.isQuarantined($0.newest, context: "{}")
                ?? $0.areAll(1)
        },
        SpoolState(name: "context in work, its listed file still in incoming, a file below its place in work")
        {
            try $0.put("spool/incoming/a", ScratchHouse.listed)
            try $0.put("spool/work/a.meta.json", "{}")
            try $0.put("spool/work/a/x", "bytes")
        } missing: {
            try $0.isReleased("a/x", "bytes") ?? $0.isQuarantined($0.newest, context: "{}") ?? $0.areAll(1)
        },
        SpoolState(name: "file in work without rows, the context of the next one in incoming") {
            try $0.put("spool/work/a", "bytes")
            try $0.put("spool/incoming/a.meta.json", "{}")
            try $0.put("spool/incoming/a", ScratchHouse.listed)
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isQuarantined($0.newest, context: "{}") ?? $0.areAll(1)
        },
        SpoolState(name: "file in work without rows, its context released already") {
            try $0.put("spool/released/a.meta.json", "{}")
            try $0.put("spool/work/a", "bytes")
        } missing: {
            try $0.isReleasedWithoutTrace("a", "a.meta.json")
        },
        SpoolState(name: "file in work with an interruption") {
            try $0.put("spool/work/a", "bytes")
            try $0.write(.first, "a", [.interrupted])
        } missing: {
            try $0.isReleasedWithoutTrace("a")
        },
        SpoolState(name: "listed file in work with interruptions") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", [.interrupted])
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "file in work at the crash limit") {
            try $0.put("spool/work/a", "bytes")
            try $0.put("spool/work/a.meta.json", "{}")
            try $0.write(.first, "a", [.interrupted, .interrupted], context: "{}")
        } missing: {
            try $0.isHeld(.first, "bytes", context: "{}")
        },
        SpoolState(name: "interruption without a file") {
            try $0.write(.first, "a", [.interrupted])
        } missing: {
            try $0.uploads().isEmpty ? nil : "its rows forgotten"
        },
        SpoolState(name: "interruption of a released upload, another of its path in incoming") {
            try $0.put("spool/released/a", "before")
            try $0.put("spool/incoming/a", "bytes")
            try $0.write(.first, "a", [.interrupted])
        } missing: {
            try $0.uploads().isEmpty && $0.released().count == 2 ? nil : "both released, no row"
        },
    ]
}

// MARK: - Could not be compared

extension SpoolState {
    static let stopped = [
        SpoolState(name: "unreadable, file in work") {
            try $0.put("spool/work/x/a", "bytes")
            try $0.write(.first, "x/a", [.unreadable(.keepsChanging)])
        } missing: {
            try $0.isHeld(.first, "bytes")
        },
        SpoolState(name: "unreadable, file in work, its context in held already") {
            try $0.put("spool/work/a", "bytes")
            try $0.put("spool/held/\(UploadID.first).meta.json", "{}")
            try $0.write(.first, "a", [.unreadable(.keepsChanging)], context: "{}")
        } missing: {
            try $0.isHeld(.first, "bytes", context: "{}")
        },
        SpoolState(name: "unreadable, file in held already") {
            try $0.put("spool/held/\(UploadID.first)", "bytes")
            try $0.write(.first, "a", [.unreadable(.keepsChanging)])
        } missing: {
            try $0.isHeld(.first, "bytes")
        },
        SpoolState(name: "unreadable, file in held already, another of its path in work") {
            try $0.put("spool/held/\(UploadID.first)", "bytes")
            try $0.put("spool/work/a", "another")
            try $0.write(.first, "a", [.unreadable(.keepsChanging)])
        } missing: {
            try $0.isHeld(.first, "bytes") ?? $0.isReleased("a", "another") ?? $0.areAll(1)
        },
        SpoolState(name: "unreadable, file in held already, a listed one of its path in work") {
            try $0.put("spool/held/\(UploadID.first)", "bytes")
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", [.unreadable(.keepsChanging)])
        } missing: {
            try $0.isHeld(.first, "bytes") ?? $0.isQuarantined($0.newest) ?? $0.areAll(2)
        },
        SpoolState(name: "held, another of its path in work") {
            try $0.put("spool/held/\(UploadID.first)", "bytes")
            try $0.put("spool/work/a", "another")
            try $0.write(.first, "a", [.unreadable(.keepsChanging), .held])
        } missing: {
            try $0.isHeld(.first, "bytes") ?? $0.isReleased("a", "another") ?? $0.areAll(1)
        },
    ]
}

// MARK: - Met an entry, no row of the bundle yet

extension SpoolState {
    static let matched = [
        SpoolState(name: "listed, file in work") {
            try $0.put("spool/work/x/a", ScratchHouse.listed)
            try $0.write(.first, "x/a", $0.matched())
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "listed after an interruption, file and context in work") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.put("spool/work/a.meta.json", "{}")
            try $0.write(.first, "a", [.interrupted] + $0.matched(), context: "{}")
        } missing: {
            try $0.isQuarantined(.first, context: "{}")
        },
        SpoolState(name: "listed, a bundle half-written under its hidden name") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", $0.matched())
            try $0.put("\(ScratchHouse.month)/.\(BundleID(.first))/data/content", "inv")
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "listed, bundle complete, no row of it") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", $0.matched())
            try $0.preserve(.first, from: "spool/work/a")
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "listed, bundle complete, no row of it, file gone") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", $0.matched())
            try $0.preserve(.first, from: "spool/work/a")
            try $0.remove("spool/work/a")
        } missing: {
            try $0.isQuarantined(.first)
        },
    ]
}

// MARK: - In the vault

extension SpoolState {
    static let preserved = [
        SpoolState(name: "bundled, source still there") {
            try $0.bundled(at: "spool/work/x/a", "x/a")
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "bundled, source and context still there") {
            try $0.put("spool/work/a.meta.json", "{}")
            try $0.bundled(at: "spool/work/a", "a", context: "{}")
        } missing: {
            try $0.isQuarantined(.first, context: "{}")
        },
        SpoolState(name: "bundled, source still there, its context gone") {
            try $0.bundled(at: "spool/work/a", "a", context: "{}")
        } missing: {
            try $0.isQuarantined(.first, context: "{}")
        },
        SpoolState(name: "bundled, source gone") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.remove("spool/work/a")
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "bundled, source gone, another upload of its path in work") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.remove("spool/work/a")
            try $0.put("spool/work/a", "another")
        } missing: {
            try $0.isQuarantined(.first) ?? $0.isReleased("a", "another") ?? $0.areAll(1)
        },
        SpoolState(name: "bundled, source gone, the same bytes uploaded again to its path in work") {
            try $0.bundled(at: "spool/work/a", "a", context: "{}")
            try $0.remove("spool/work/a")
            try $0.put("spool/work/a.meta.json", "{}")
            try $0.put("spool/work/a", ScratchHouse.listed)
        } missing: {
            let second = try $0.newest
            if second == .first { return "a second upload" }
            return try $0.isQuarantined(.first, context: "{}") ?? $0.isQuarantined(second, context: "{}")
                ?? $0.areAll(2)
        },
        SpoolState(name: "source removed, no draft") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.remove("spool/work/a")
            try $0.write(.first, "a", [.sourceRemoved])
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "source removed, no draft, another upload of its path in work") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.write(.first, "a", [.sourceRemoved])
            try $0.put("spool/work/a", "another")
        } missing: {
            try $0.isQuarantined(.first) ?? $0.isReleased("a", "another") ?? $0.areAll(1)
        },
        SpoolState(name: "source removed, a draft half-written under its hidden name") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.remove("spool/work/a")
            try $0.write(.first, "a", [.sourceRemoved])
            try $0.put("state/drafts/.\(UploadID.first)/draft.xml", "<rep")
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "drafted, another upload of its path in work") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.write(.first, "a", [.sourceRemoved])
            try await $0.placeDraft(of: .first)
            try $0.write(.first, "a", [.drafted(DraftID(.first))])
            try $0.put("spool/work/a", "another")
        } missing: {
            try $0.isQuarantined(.first) ?? $0.isReleased("a", "another") ?? $0.areAll(1)
        },
        SpoolState(name: "draft written, no row of it") {
            try $0.bundled(at: "spool/work/a", "a", context: "{\"uploader_ref\": \"user-7\"}")
            try $0.remove("spool/work/a")
            try $0.write(.first, "a", [.sourceRemoved])
            try await $0.placeDraft(of: .first)
        } missing: {
            try $0.isQuarantined(.first, context: "{\"uploader_ref\": \"user-7\"}")
        },
    ]
}
