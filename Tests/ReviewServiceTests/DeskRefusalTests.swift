import CyberTip
import JSONText
import LinuxIO
import Testing
import UploadModel
import VaultStore

@testable import ReviewService

/// Who may not do something, or has done it already, and what is written then.
@Suite struct DeskRefusalTests {
    @Test("who lost a role while the request came in does nothing with it")
    func roleLost() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
        let was = ScratchDesk.ana
        let isNow = Staff(id: was.id, user: was.user, roles: [.auditor])
        try scratch.desk.serve(DeskStaff([1_001: isNow], isSmallTeam: false))
        #expect(throws: DeskRefused.rolesChanged(was.id)) { try scratch.ask("case.claim", id, as: was) }
    }

    @Test("a member of another type is refused and not read as left out")
    func wrongTypes() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
        var flags = id
        flags["flags"] = "viral"
        #expect(throws: DeskRefused.malformed("\"flags\" is not a list of texts")) {
            try scratch.ask("exhibit.annotate", flags)
        }
        var view = id
        view["partial"] = "true"
        #expect(throws: DeskRefused.malformed("\"partial\" is not true or false")) {
            try scratch.ask("view.complete", view)
        }
        #expect(throws: DeskRefused.self) { try scratch.ask("case.show", ["id": "case-"]) }
    }

    @Test("who may not attach, open or record a submission writes nothing")
    func refusedFirst() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
        let file = [NamedFile(name: "chat.txt", bytes: Array("hello".utf8))]
        var open: JSONObject = ["reason": "a user complained"]
        open["type"] = .string(IncidentType.enticement.rawValue)
        var sent = id
        sent["report"] = "77"
        for (verb, request) in [
            ("exhibit.attach", id), ("case.open", open), ("report.mark-submitted", sent),
        ] {
            #expect(throws: ReviewRefused.self) {
                try scratch.ask(verb, request, as: ScratchDesk.otto, files: file)
            }
        }
        for name in ["attachments", "receipts", "lookups"] {
            let directory = try Descriptor.directory("\(scratch.path)/desk/\(name)")
            var entries = try DirectoryEntries(of: directory, subject: name)
            #expect(try entries.next() == nil)
        }
    }

    @Test("nobody is shown the same bytes twice unasked")
    func again() throws {
        let (scratch, id) = try ScratchDesk.oneCase()
        var request = id
        request["purpose"] = "triage"
        guard case .view(let bundle, let grant, let home) = try scratch.ask("view.start", request).payload
        else { return }
        try scratch.desk.deliver(bundle, grant: grant, case: home) { _ in }
        _ = try scratch.ask("view.complete", id)
        #expect(throws: DeskRefused.alreadySeen(bundle, by: ScratchDesk.ana.id)) {
            try scratch.ask("view.start", request)
        }
        let same = try scratch.preserve(minute: 3, account: "account-2")
        try scratch.desk.adopt()
        request["id"] = .string("\(same)")
        #expect(throws: DeskRefused.alreadySeen(same, by: ScratchDesk.ana.id)) {
            try scratch.ask("view.start", request)
        }
        request["again"] = true
        #expect(try scratch.ask("view.start", request).code == .done)
    }
}
