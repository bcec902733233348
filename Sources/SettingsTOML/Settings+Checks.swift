internal import UploadModel

// What no key can say alone: names that label must be unique, and no root may lie inside another, where a sweep of
// one would claim what belongs to the other. Values that were refused are empty and left out.

extension Settings {
    func check(_ findings: Findings) {
        checkUnique(spools.map(\.name), of: "spool", findings)
        checkUnique(lists.sources.map(\.name), of: "list", findings)
        checkApart(roots, findings)
        checkMappings(findings)
    }

    private var roots: [Root] {
        let spools = spools.enumerated().map { index, spool in
            Root(place: ["spool", "\(index)", "root"], key: "spool.root", path: spool.root)
        }
        return [Root(place: ["state", "root"], key: "state.root", path: state.root)] + spools
    }
}

private func checkUnique(_ names: [String], of table: String, _ findings: Findings) {
    var seen: Set<String> = [""]
    for (index, name) in names.enumerated() where !seen.insert(name).inserted && !name.isEmpty {
        let message = "is \(quoted(name)) a second time; use another name"
        findings.note([table, "\(index)", "name"], key: "\(table).name", message)
    }
}

private struct Root {
    let place: KeyLines.Place
    let key: String
    let path: String

    /// Compared as bytes, as the kernel does: two spellings of one accented letter are two directories.
    var parts: [[UInt8]] {
        path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != Array(".".utf8) }
    }
}

/// By their text alone: symbolic links and mounts are for the program that opens the directories.
private func checkApart(_ roots: [Root], _ findings: Findings) {
    let roots = roots.filter { !$0.path.isEmpty }.map { (root: $0, parts: $0.parts) }
    for (index, (root, parts)) in roots.enumerated() {
        // Of two equal roots the later one is at fault.
        let around = roots.enumerated().first { other, candidate in
            other != index && parts.starts(with: candidate.parts)
                && (parts.count > candidate.parts.count || other < index)
        }
        guard let around = around?.element.root else { continue }
        let relation = "is \(quoted(root.path)), inside \(around.key) \(quoted(around.path))"
        findings.note(root.place, key: root.key, "\(relation); use a directory of its own")
    }
}
