import JSONText
package import UploadModel

/// One list as a generation holds it.
package struct GenerationList: Equatable, Sendable {
    package let name: String
    package let listClass: ListClass
    package let supplier: String
    /// What the supplier says of the list; may be empty.
    package let provenance: String
    package let synthetic: Bool
    package let actions: ListActions
    /// Entries that an upload can meet.
    package let entryCount: UInt64
    /// Entries in the list's file, duplicates counted: the highest ordinal.
    package let recordCount: UInt64
    /// Entries of the supplier's that need a hasher which this program does not have, and so are not in the file.
    package let elsewhere: UInt64
    package let importedAt: Timestamp
    /// `nil` where only the build is known.
    package let dated: ListDate?
    /// Days from ``ageCountsFrom`` on; 0 never stale.
    package let maximumAge: Int
    /// In a delta.
    package let base: ListBase?
    /// Values that were left out since too many entries before hold them; 0 in a delta, which is built upon no such base.
    package let crowded: UInt64

    package init(
        name: String,
        listClass: ListClass,
        supplier: String,
        provenance: String,
        synthetic: Bool,
        actions: ListActions = ListActions(),
        entryCount: UInt64,
        recordCount: UInt64,
        elsewhere: UInt64 = 0,
        importedAt: Timestamp,
        dated: ListDate? = nil,
        maximumAge: Int,
        base: ListBase? = nil,
        crowded: UInt64 = 0
    ) {
        self.name = name
        self.listClass = listClass
        self.supplier = supplier
        self.provenance = provenance
        self.synthetic = synthetic
        self.actions = actions
        self.entryCount = entryCount
        self.recordCount = recordCount
        self.elsewhere = elsewhere
        self.importedAt = importedAt
        self.dated = dated
        self.maximumAge = maximumAge
        self.base = base
        self.crowded = crowded
    }

    package func isStale(at time: Timestamp) -> Bool { maximumAge > 0 && age(at: time) >= maximumAge }

    package var ageCountsFrom: Timestamp { dated?.time ?? importedAt }

    /// Whether the list is dated more than a day after `time`: one of the two is wrong, and its age counts as 0.
    package func isDatedAhead(of time: Timestamp) -> Bool {
        let ahead = ageCountsFrom.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
        return time.nanoseconds < ageCountsFrom.nanoseconds
            && (ahead.overflow || ahead.partialValue > 86_400_000_000_000)
    }

    /// Whole days since ``ageCountsFrom``, 0 where that is still to come; without end for a moment that no clock can be right about.
    package func age(at time: Timestamp) -> Int {
        let age = time.nanoseconds.subtractingReportingOverflow(ageCountsFrom.nanoseconds)
        if time.nanoseconds < ageCountsFrom.nanoseconds { return 0 }
        return age.overflow ? .max : Int(age.partialValue / 86_400_000_000_000)
    }
}

// MARK: - As JSON

extension GenerationList {
    var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "class": .string(listClass.rawValue), "supplier": .string(supplier),
            "provenance": .string(provenance), "synthetic": .bool(synthetic), "actions": actions.json,
            "entries": .integer(entryCount), "records": .integer(recordCount),
            "elsewhere": .integer(elsewhere), "imported_at_ns": .string("\(importedAt.nanoseconds)"),
            "maximum_age_days": .integer(maximumAge),
        ]
        if let dated { object["dated"] = dated.json }
        if let base { object["base"] = base.json }
        if crowded > 0 { object["crowded"] = .integer(crowded) }
        return .object(object)
    }

    init(_ json: JSONValue) throws(TextFault) {
        self.init(
            name: try json.parsed("name") { $0 },
            listClass: try json.parsed("class", ListClass.init(rawValue:)),
            supplier: try json.parsed("supplier") { $0 },
            provenance: try json.parsed("provenance") { $0 },
            synthetic: json["synthetic"]?.boolValue ?? false,
            actions: try ListActions(json["actions"] ?? .null),
            entryCount: try json.count("entries"),
            recordCount: try json.count("records"),
            elsewhere: try json.count("elsewhere"),
            importedAt: try json.time("imported_at_ns"),
            dated: try json["dated"].map { json throws(TextFault) in try ListDate(json) },
            maximumAge: Int(clamping: try json.count("maximum_age_days")),
            base: try json["base"].map { base throws(TextFault) in try ListBase(base) },
            crowded: json["crowded"] == nil ? 0 : try json.count("crowded")
        )
    }
}

extension ListActions {
    fileprivate var json: JSONValue {
        [
            "g1": .string(g1.rawValue), "g2": .string(g2.rawValue), "g3": .string(g3.rawValue),
            "bands": .array(
                bands.map { ["distance": .integer($0.distance), "action": .string($0.action.rawValue)] }
            ),
        ]
    }

    fileprivate init(_ json: JSONValue) throws(TextFault) {
        self.init()
        g1 = try json.parsed("g1", MatchAction.init(rawValue:))
        g2 = try json.parsed("g2", MatchAction.init(rawValue:))
        g3 = try json.parsed("g3", MatchAction.init(rawValue:))
        bands = try json.list("bands") { band throws(TextFault) in
            DistanceBand(
                distance: Int(clamping: try band.count("distance")),
                action: try band.parsed("action", MatchAction.init(rawValue:))
            )
        }
        let distances = bands.map(\.distance)
        guard distances.allSatisfy({ $0 <= PerceptualHash.farthest }),
            zip(distances, distances.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw TextFault(member: "bands") }
    }
}
