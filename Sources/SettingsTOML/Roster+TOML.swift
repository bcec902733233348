internal import TOMLKit
package import UploadModel

extension Roster {
    /// Reads and checks the text of a roles file: `small_team`, and a `[[staff]]` with `id`, `user` and `roles` for
    /// each person.
    ///
    /// - Throws: ``SettingsRefused`` for what cannot be read, with lines; ``RosterRefused`` for what must not be.
    package init(toml text: String, file: String) throws {
        let lines = KeyLines(of: text)
        let table: TOMLTable
        do {
            table = try parse(text, lines)
        } catch {
            throw SettingsRefused(file: file, problems: [error])
        }
        let findings = Findings(lines: lines)
        var isSmallTeam = false
        var staff: [Staff] = []
        Section.read(table, findings) { section in
            section.read("small_team", into: &isSmallTeam, as: .flag)
            staff = section.sections("staff", isRequired: true) { Staff(&$0) }
        }
        let problems = findings.inOrder
        if !problems.isEmpty { throw SettingsRefused(file: file, problems: problems) }
        try self.init(staff, isSmallTeam: isSmallTeam)
    }
}

extension Staff {
    fileprivate init(_ section: inout Section) {
        var id = Staff.desk.id
        var user = ""
        var roles: Set<StaffRole> = []
        section.require("id", into: &id, as: .staffID)
        section.require("user", into: &user, as: .someText)
        section.require("roles", into: &roles, as: .roles)
        self.init(id: id, user: user, roles: roles)
    }
}

extension Reading where Value == StaffID {
    static var staffID: Self {
        Self(text: "1 to 64 printable ASCII characters with a letter or digit") { StaffID($0) }
    }
}

extension Reading where Value == Set<StaffRole> {
    static var roles: Self {
        let names = StaffRole.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(text: "words of \(names), with a space between them") { text in
            let words = text.split(separator: " ")
            let roles = words.compactMap { StaffRole(rawValue: String($0)) }
            return roles.count == words.count && !roles.isEmpty ? Set(roles) : nil
        }
    }
}
