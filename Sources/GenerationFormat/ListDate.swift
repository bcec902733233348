import JSONText
package import UploadModel

/// The day that a list's age counts from, where something other than the build says it: fetching may have stopped long
/// before the last build.
package struct ListDate: Equatable, Sendable {
    package let time: Timestamp
    package let by: Witness

    package enum Witness: String, Sendable {
        /// The latest time that the supplier states in the list itself.
        case supplier
        /// When the newest of the list's files was last modified.
        case file
    }

    package init(_ time: Timestamp, by witness: Witness) {
        self.time = time
        by = witness
    }
}

extension ListDate {
    var json: JSONValue { ["at_ns": .string("\(time.nanoseconds)"), "by": .string(by.rawValue)] }

    init(_ json: JSONValue) throws(TextFault) {
        self.init(try json.time("at_ns"), by: try json.parsed("by", Witness.init(rawValue:)))
    }
}
