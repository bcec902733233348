import JSONText
import ListImport
import UploadModel

// What became of a list, for `list build` and `list import`: numbers, types and places, never a value.

extension BuildReport.ListReport {
    func say() throws {
        let parts = [
            "\(name): \(Output.count(kept, "entry", "entries")) from \(read) read",
            duplicates > 0 ? Output.count(duplicates, "duplicate", "duplicates") : "",
            superseded > 0 ? "\(superseded) superseded" : "",
            withdrawn > 0 ? "\(withdrawn) withdrawn" : "",
        ]
        try Output.line(parts.filter { !$0.isEmpty }.joined(separator: ", "))
        for (reason, count) in reasons {
            let places = (firstRejected[reason] ?? []).map { "\($0)" }.joined(separator: ", ")
            try Output.line("\(name): \(count) rejected: \(reason.rawValue) (first: \(places))")
        }
        if !unmatchable.isEmpty {
            let types = Self.sorted(unmatchable).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            try Output.line(
                "\(name): values that need a hasher which this build does not have: \(types); "
                    + "\(Output.count(unmatchableEntries, "entry holds", "entries hold")) nothing else"
            )
        }
        if !statuses.isEmpty {
            let words = Self.sorted(statuses).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            try Output.line("\(name): taken although their status is none of \"removed\": \(words)")
        }
        if !unknown.isEmpty {
            let names = Self.sorted(unknown).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            try Output.line("\(name): left out, since the format does not have them: \(names)")
        }
    }

    var json: JSONValue {
        [
            "name": .string(name), "read": .integer(read), "kept": .integer(kept),
            "duplicates": .integer(duplicates), "superseded": .integer(superseded),
            "withdrawn": .integer(withdrawn),
            "rejected": .integer(rejected.values.reduce(0, +)),
            "reasons": .array(
                reasons.map { reason, count in
                    [
                        "reason": .string(reason.rawValue), "count": .integer(count),
                        "first": .array((firstRejected[reason] ?? []).map { .string("\($0)") }),
                    ]
                }
            ),
            "unmatchable": Self.object(unmatchable), "unmatchable_entries": .integer(unmatchableEntries),
            "unknown": Self.object(unknown), "statuses": Self.object(statuses),
        ]
    }

    private var reasons: [(BuildReport.Rejection, UInt64)] {
        BuildReport.Rejection.allCases.compactMap { reason in rejected[reason].map { (reason, $0) } }
    }

    private static func sorted(_ counts: [String: UInt64]) -> [(key: String, value: UInt64)] {
        counts.sorted { $0.key < $1.key }
    }

    private static func object(_ counts: [String: UInt64]) -> JSONValue {
        var object = JSONObject()
        for (key, count) in sorted(counts) { object[key] = .integer(count) }
        return .object(object)
    }
}
