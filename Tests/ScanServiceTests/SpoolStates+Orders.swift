import UploadModel

extension SpoolState {
    private static let held = "spool/held/\(UploadID.first)"

    static let ordered = [
        SpoolState(name: "held, an order to retry in its directory") {
            try $0.put(held, "bytes")
            try $0.write(.first, "x/a", [.unreadable(.keepsChanging), .held])
            try $0.order(.retry, .first)
        } missing: {
            try $0.isAnswered(.second) ?? $0.isReleased("x/a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "ordered to retry, file still in held") {
            try $0.put(held, "bytes")
            try $0.write(.first, "x/a", $0.held(.retry))
        } missing: {
            try $0.isReleased("x/a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "ordered to retry, listed file in work already, its context still in held") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.put("\(held).meta.json", "{}")
            try $0.write(.first, "a", $0.held(.retry), context: "{}")
        } missing: {
            try $0.isQuarantined(.first, context: "{}")
        },
        SpoolState(name: "ordered to retry, file and context still in held, the next one's context in work") {
            try $0.put(held, ScratchHouse.listed)
            try $0.put("\(held).meta.json", "{}")
            try $0.write(.first, "a", $0.held(.retry), context: "{}")
            try $0.put("spool/incoming/a", "bytes")
            try $0.put("spool/work/a.meta.json", "{\"next\": 1}")
        } missing: {
            try $0.isQuarantined(.first, context: "{}") ?? $0.isReleased("a", "bytes")
                ?? $0.isReleased("a.meta.json", "{\"next\": 1}") ?? $0.areAll(1)
        },
        SpoolState(name: "ordered to retry, file and context still in held") {
            try $0.put(held, "bytes")
            try $0.put("\(held).meta.json", "{}")
            try $0.write(.first, "x/a", $0.held(.retry), context: "{}")
        } missing: {
            try $0.isReleased("x/a", "bytes") ?? $0.isReleased("x/a.meta.json", "{}")
                ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "ordered to retry, file in work already") {
            try $0.put("spool/work/a", "bytes")
            try $0.write(.first, "a", $0.held(.retry))
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "ordered to retry, listed file in work already") {
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", $0.held(.retry))
        } missing: {
            try $0.isQuarantined(.first)
        },
        SpoolState(name: "ordered to retry, file still in held, another of its path in work") {
            try $0.put(held, "bytes")
            try $0.put("spool/work/a", "another")
            try $0.write(.first, "a", $0.held(.retry))
        } missing: { house in
            let contents = try house.released().compactMap { try house.text("spool/released/\($0)") }
            return try contents.sorted() == ["another", "bytes"]
                ? house.isAt(.first, "released") : "both released"
        },
        SpoolState(name: "ordered to release, file still in held") {
            try $0.put(held, "bytes")
            try $0.put("\(held).meta.json", "{}")
            try $0.write(.first, "x/a", $0.held(.release), context: "{}")
        } missing: {
            try $0.isReleased("x/a", "bytes") ?? $0.isReleased("x/a.meta.json", "{}")
                ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "ordered to release, file in released already") {
            try $0.put("spool/released/a", "bytes")
            try $0.write(.first, "a", $0.held(.release))
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "ordered to release, file in released already, a listed one of its path in work") {
            try $0.put("spool/released/a", "bytes")
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", $0.held(.release))
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isAt(.first, "released") ?? $0.isQuarantined($0.newest)
                ?? $0.areAll(2)
        },
        SpoolState(name: "restored, ordered to destroy: what was given back stays, and the evidence goes") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.move("spool/work/a", to: "spool/released/a")
            try $0.write(.first, "a", [.sourceRemoved, .drafted(DraftID(.first))])
            try $0.write(.first, "a", [.ordered($0.agreed(.restore)), .restored])
            try $0.write(.first, "a", [.ordered($0.agreed(.destroy))])
        } missing: {
            try $0.isAt(.first, "destroyed") ?? $0.isReleased("a", ScratchHouse.listed)
                ?? ($0.exists("state/vault/certificates/\(BundleID(.first)).json") ? nil : "a certificate")
                ?? ($0.exists("\(ScratchHouse.month)/\(BundleID(.first))") ? "the bundle gone" : nil)
        },
        SpoolState(name: "ordered to preserve, file still in held") {
            try $0.put(held, "bytes")
            try $0.put("\(held).meta.json", "{}")
            try $0.write(.first, "a", $0.held(.preserve), context: "{}")
        } missing: {
            try $0.isPreserved(.first, "bytes", context: "{}")
        },
        SpoolState(name: "ordered to preserve, bundled, file still in held") {
            try $0.put(held, "bytes")
            try $0.write(.first, "a", $0.held(.preserve))
            try $0.preserve(.first, from: held)
            try $0.write(.first, "a", [.bundled(BundleID(.first))])
        } missing: {
            try $0.isPreserved(.first, "bytes")
        },
        SpoolState(name: "ordered to preserve, bundled, file gone, a listed one of its path in work") {
            try $0.put(held, "bytes")
            try $0.write(.first, "a", $0.held(.preserve))
            try $0.preserve(.first, from: held)
            try $0.write(.first, "a", [.bundled(BundleID(.first))])
            try $0.remove(held)
            try $0.put("spool/work/a", ScratchHouse.listed)
        } missing: {
            try $0.isPreserved(.first, "bytes") ?? $0.isQuarantined($0.newest)
                ?? $0.areAll(2)
        },
    ]

    // MARK: - Let go, with rows

    static let cleared = [
        SpoolState(name: "suppressed, file in work") {
            try $0.put("spool/work/x/a", "bytes")
            try $0.write(.first, "x/a", $0.suppressed("bytes"))
        } missing: {
            try $0.isReleased("x/a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "suppressed, file in work, its context released already") {
            try $0.put("spool/work/a", "bytes")
            try $0.put("spool/released/a.meta.json", "{}")
            try $0.write(.first, "a", $0.suppressed("bytes"), context: "{}")
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "suppressed, file in released already") {
            try $0.put("spool/released/a", "bytes")
            try $0.write(.first, "a", $0.suppressed("bytes"))
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isAt(.first, "released")
        },
        SpoolState(name: "suppressed, file in released already, a listed one of its path in work") {
            try $0.put("spool/released/a", "bytes")
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.first, "a", $0.suppressed("bytes"))
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isAt(.first, "released") ?? $0.isQuarantined($0.newest)
                ?? $0.areAll(2)
        },
        SpoolState(
            name: "suppressed, file taken by the application, another of its path in work with a context"
        ) {
            try $0.put("spool/work/a", "another")
            try $0.put("spool/work/a.meta.json", "{}")
            try $0.write(.first, "a", $0.suppressed("bytes"))
        } missing: {
            try $0.isReleased("a", "another") ?? $0.isReleased("a.meta.json", "{}")
                ?? $0.isAt(.first, "released")
        },
    ]

    // MARK: - Two uploads of one path with rows, the row of the first one's last move unwritten

    static let twins = [
        SpoolState(name: "bundled, source gone; another of its path listed, in work") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.remove("spool/work/a")
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.second, "a", $0.matched())
        } missing: {
            try $0.isQuarantined(.first) ?? $0.isQuarantined(.second) ?? $0.areAll(2)
        },
        SpoolState(name: "bundled, source gone; another of its path unreadable, in work") {
            try $0.bundled(at: "spool/work/a", "a")
            try $0.remove("spool/work/a")
            try $0.put("spool/work/a", "another")
            try $0.write(.second, "a", [.unreadable(.keepsChanging)])
        } missing: {
            try $0.isQuarantined(.first) ?? $0.isHeld(.second, "another") ?? $0.areAll(2)
        },
        SpoolState(name: "unreadable, in held already; another of its path listed, in work") {
            try $0.put(held, "bytes")
            try $0.write(.first, "a", [.unreadable(.keepsChanging)])
            try $0.put("spool/work/a", ScratchHouse.listed)
            try $0.write(.second, "a", $0.matched())
        } missing: {
            try $0.isHeld(.first, "bytes") ?? $0.isQuarantined(.second) ?? $0.areAll(2)
        },
        SpoolState(name: "suppressed, released already; another of its path unreadable, in work") {
            try $0.put("spool/released/a", "bytes")
            try $0.write(.first, "a", $0.suppressed("bytes"))
            try $0.put("spool/work/a", "another")
            try $0.write(.second, "a", [.unreadable(.keepsChanging)])
        } missing: {
            try $0.isReleased("a", "bytes") ?? $0.isHeld(.second, "another") ?? $0.areAll(2)
        },
    ]

    // MARK: - What lies about

    static let leftovers = [
        SpoolState(name: "copies of linked files half-written in held") {
            try $0.put("spool/held/.copy-\(UploadID.first)", "byt")
            try $0.put("spool/work/a", "bytes")
        } missing: {
            try $0.exists("spool/held/.copy-\(UploadID.first)")
                ? "copy removed" : $0.isReleasedWithoutTrace("a")
        },
        SpoolState(name: "order carried out and answered, its directory left") {
            try $0.put("spool/held/\(UploadID.first)", "bytes")
            try $0.write(.first, "a", [.unreadable(.keepsChanging), .held])
            try $0.put("state/orders/answers/\(UploadID.second).json", "{}")
            try $0.order(.release, .first)
        } missing: {
            try $0.exists("state/orders/order-\(UploadID.second)")
                ? "order removed" : $0.isHeld(.first, "bytes")
        },
        SpoolState(name: "order taken over from the desk, not yet carried out") {
            try $0.put("spool/held/\(UploadID.first)", "bytes")
            try $0.write(.first, "a", [.unreadable(.keepsChanging), .held])
            try $0.order(.release, .first)
            try $0.move("state/orders/order-\(UploadID.second)", to: "state/orders/taken-\(UploadID.second)")
        } missing: {
            try $0.isAnswered(.second) ?? $0.isAt(.first, "released") ?? $0.isReleased("a", "bytes")
        },
        SpoolState(name: "order carried out, not yet answered") {
            try $0.put("spool/released/a", "bytes")
            try $0.write(.first, "a", $0.held(.release) + [.released])
            try $0.order(.release, .first)
        } missing: {
            try $0.isAnswered(.second) ?? $0.isAt(.first, "released") ?? $0.isReleased("a", "bytes")
        },
    ]
}
