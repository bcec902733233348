internal import TOMLKit
package import UploadModel

extension Settings {
    /// Reads and checks the text of a settings file; config/breakwater.toml describes every key.
    ///
    /// - Parameter file: The file's name, for messages. Nothing is opened.
    /// - Throws: Every problem at once, in line order; or the one syntax error, after which nothing can be read.
    package init(toml text: String, file: String) throws(SettingsRefused) {
        self.init()
        let lines = KeyLines(of: text)
        let table: TOMLTable
        do {
            table = try parse(text, lines)
        } catch {
            throw SettingsRefused(file: file, problems: [error])
        }
        let findings = Findings(lines: lines)
        Section.read(table, findings) { read(&$0) }
        check(findings)
        let problems = findings.inOrder
        if !problems.isEmpty { throw SettingsRefused(file: file, problems: problems) }
    }

    private mutating func read(_ file: inout Section) {
        file.read("environment", into: &environment, as: .choice)
        file.section("state") { state.read(&$0) }
        spools = file.sections("spool", isRequired: true) { SpoolSettings(&$0) }
        file.section("scan") { scan.read(&$0) }
        file.section("decoder") { decoder.read(&$0) }
        file.section("lists") { lists.read(&$0) }
        lists.sources = file.sections("list") { ListSource(&$0) }
        file.section("evidence") { evidence.read(&$0) }
        file.section("report") { report.read(&$0) }
        file.section("metrics") { $0.read("listen", into: &metrics.address, as: .address) }
        file.section("desk") { desk.read(&$0) }
        file.section("review") { review.read(&$0) }
    }
}

extension StateSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.require("root", into: &root, as: .root)
        section.read("reserve", into: &reserve, as: .size())
        section.read("desk_key", into: &deskKey, as: .optionalPath)
    }
}

extension SpoolSettings {
    fileprivate init(_ section: inout Section) {
        self.init(name: "", root: "")
        section.require("name", into: &name, as: .name(atMost: 32))
        section.require("root", into: &root, as: .root)
        section.read("group", into: &group, as: .text)
        section.read("context", into: &context, as: .choice)
        section.read("hardlinks", into: &hardLinks, as: .choice)
    }
}

extension ScanSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.read("workers", into: &workers, as: .workers)
        section.read("large", into: &large, as: .size(atLeast: 1))
        section.read("digests", into: &digests, as: .choice)
        section.read("sweep", into: &sweep, as: .duration(atLeast: 1))
        section.read("crash_limit", into: &crashLimit, as: .count(0...100))
        section.read("drain", into: &drain, as: .duration())
    }
}

extension DecoderSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.read("program", into: &program, as: .optionalPath)
        section.read("workers", into: &workers, as: .count(1...64))
        section.read("memory", into: &memory, as: .size(atLeast: 16 << 20))
        section.read("pixels", into: &pixels, as: .count(1...4_000_000_000))
        section.read("bytes", into: &bytes, as: .size(atLeast: 1))
        section.read("cpu_time", into: &cpuSeconds, as: .duration(atLeast: 1))
        section.read("wall_time", into: &wallSeconds, as: .duration(atLeast: 1))
        section.read("require_sandbox", into: &requireSandbox, as: .flag)
        section.read("pictures_per_worker", into: &picturesPerWorker, as: .count(1...1_000_000))
    }
}

extension ListSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.require("public_key", into: &publicKey, as: .path)
        section.read("signing_key", into: &signingKey, as: .optionalPath)
        section.read("on_stale", into: &onStale, as: .choice)
        section.read("resident", into: &resident, as: .size())
    }
}

extension ListSource {
    fileprivate init(_ section: inout Section) {
        // Stands for a class that the file does not give; the file is refused then.
        self.init(name: "", file: "", supplier: "", listClass: .watch)
        section.require("name", into: &name, as: .name(atMost: 64))
        section.require("file", into: &file, as: .path)
        section.read("format", into: &format, as: .choice)
        section.require("class", into: &listClass, as: .choice)
        section.require("supplier", into: &supplier, as: .someText)
        section.read("origin", into: &origin, as: .text)
        mapping.read(&section)
        section.section("actions") { actions.readGrades(&$0) }
        actions.readBands(&section)
        section.read("synthetic", into: &synthetic, as: .flag)
        section.read("allow_small", into: &allowSmall, as: .flag)
        section.read("provenance", into: &provenance, as: .text)
        section.read("maximum_age", into: &maximumAge, as: .days)
    }
}

extension DeskSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.read("root", into: &root, as: .root)
        section.read("socket", into: &socket, as: .socketPath)
        section.read("roles", into: &roles, as: .path)
        section.read("group", into: &group, as: .text)
        section.read("metrics", into: &metrics, as: .optionalPath)
        section.read("lookup", into: &lookup.socket, as: .optionalSocketPath)
        section.read("lookup_timeout", into: &lookup.timeout, as: .duration(atLeast: 1))
        section.read("lookup_largest", into: &lookup.largest, as: .size(upTo: UInt64(Context.largest)))
    }
}

extension ReviewSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.read("require_view", into: &requireView, as: .choice)
        section.read("industry_agreement", into: &industryAgreement, as: .flag)
        section.read("views_per_day", into: &viewsPerDay, as: .count(0...100_000))
    }
}

extension EvidenceSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.read("custodians", into: &custodians, as: .custodians)
        section.read("review", into: &review, as: .text)
        section.read("demonstration_key", into: &demonstrationKey, as: .optionalPath)
        section.read("second_copy", into: &secondCopy, as: .optionalPath)
    }
}

extension ReportSettings {
    fileprivate mutating func read(_ section: inout Section) {
        section.read("company", into: &company, as: .text)
        section.read("first_name", into: &firstName, as: .text)
        section.read("last_name", into: &lastName, as: .text)
        section.read("email", into: &email, as: .text)
        section.read("phone", into: &phone, as: .text)
        section.read("company_template", into: &companyTemplate, as: .text)
        section.read("terms_of_service", into: &termsOfService, as: .text)
        section.read("legal_url", into: &legalURL, as: .text)
        section.read("platform", into: &platform, as: .text)
        section.read("profile", into: &profile, as: .choice)
    }
}

/// Hands TOMLKit only what it can take: it reads a C string, which a NUL would end, and it does not survive a broken
/// header. Of what stands before such a header the first mistake is told, as it would be otherwise.
func parse(_ text: String, _ lines: KeyLines) throws(SettingsProblem) -> TOMLTable {
    if let null = text.utf8.firstIndex(of: 0) {
        let line = 1 + text.utf8[..<null].count { $0 == UInt8(ascii: "\n") }
        throw SettingsProblem(line: line, key: "", message: "not TOML: holds a NUL; leave it out")
    }
    if let header = lines.brokenHeader {
        _ = try parse(String(decoding: text.utf8.prefix(header.start), as: UTF8.self))
        let message = "not TOML at column \(header.column): in table header: expected a name"
        throw SettingsProblem(line: header.line, key: "", message: message)
    }
    return try parse(text)
}

private func parse(_ text: String) throws(SettingsProblem) -> TOMLTable {
    do {
        return try TOMLTable(string: text)
    } catch let error as TOMLParseError {
        let start = error.source.begin
        let detail = oneLine(error.description.replacing(prefix: "Error while parsing ", with: "in "))
        throw SettingsProblem(
            line: start.line,
            key: "",
            message: "not TOML at column \(start.column): \(detail)"
        )
    } catch {
        throw SettingsProblem(key: "", message: "not TOML: \(oneLine("\(error)"))")
    }
}

extension String {
    fileprivate func replacing(prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
