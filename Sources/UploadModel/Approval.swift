package import JSONText

/// A person's yes to one request.
package struct Approval: Hashable, Sendable {
    package let staff: StaffID
    package let role: StaffRole
    package let time: Timestamp
    /// What was asked: the id of the order that it becomes. The request itself carries the same id, so that request
    /// and approval are two approvals of one order, and of no other.
    package let request: UploadID

    package init(staff: StaffID, role: StaffRole, time: Timestamp, request: UploadID) {
        (self.staff, self.role, self.time, self.request) = (staff, role, time, request)
    }

    package var json: JSONValue {
        [
            "sid": .string(staff.description), "role": .string(role.rawValue), "t": .string("\(time)"),
            "request": .string("\(request)"),
        ]
    }

    /// - Throws: ``TextFault`` naming the member that is missing or wrong.
    package init(_ json: JSONValue) throws(TextFault) {
        staff = try json.parsed("sid") { StaffID($0) }
        role = try json.parsed("role", StaffRole.init(rawValue:))
        time = try json.parsed("t") { Timestamp($0) }
        request = try json.parsed("request") { UploadID($0) }
    }
}

extension Collection<Approval> {
    /// How many different persons said yes to this request. With an approval of another among them none counts.
    package func persons(for request: UploadID) -> Int {
        allSatisfy { $0.request == request } ? Set(map(\.staff)).count : 0
    }
}
