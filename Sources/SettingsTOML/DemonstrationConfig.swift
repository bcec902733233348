package import UploadModel

/// The settings that `breakwater init` writes: a demonstration whose files all lie in one directory.
package enum DemonstrationConfig {
    /// The text of a complete settings file; `Settings(toml:file:)` reads it back.
    ///
    /// - Parameters:
    ///   - root: Absolute path of the directory; its spool, state, keys and lists get their places in it.
    ///   - metrics: `.none` stands for a socket in the directory.
    /// - Throws: The one problem for which `root` or `metrics` cannot be used, without a line.
    package static func text(root: String, metrics: MetricsAddress) throws(SettingsProblem) -> String {
        if root.unicodeScalars.contains(where: isControl) {
            throw SettingsProblem(
                key: "directory",
                message: "is \(quoted(root)); use one without control characters"
            )
        }
        try check(root, as: .root, key: "directory")
        let listen = metrics == .none ? "unix:\(root)/metrics.sock" : metrics.text
        try check(listen, as: .address, key: "metrics.listen")
        return """
            # Settings of a demonstration. Sizes and durations may be written with their unit.
            # Reports are drafted as "demonstration" and cannot be taken for real ones.
            environment = "demonstration"

            [state]
            # What Breakwater keeps: ledger, evidence, lists, drafts.
            root = \(tomlString("\(root)/state"))
            # Stop claiming uploads when less than this is free.
            reserve = "64 MiB"

            [[spool]]
            # The application writes to tmp/, renames into incoming/ and reads in released/.
            name = "demo"
            root = \(tomlString("\(root)/spool"))
            # The application's group; empty keeps the directories' own.
            group = ""
            # NAME.meta.json, renamed in before NAME, tells who uploaded it.
            context = "sidecar"
            hardlinks = "copy"

            [scan]
            workers = "cores"
            large = "64 MiB"
            digests = "needed"
            sweep = "30 s"
            crash_limit = 3
            drain = "30 s"

            [decoder]
            # Used while some list has format "pdq".
            program = ""
            pixels = 200000000

            [lists]
            # Made by "breakwater init"; the signing key is for "breakwater list build" only.
            public_key = \(tomlString("\(root)/keys/lists.pub"))
            signing_key = \(tomlString("\(root)/keys/lists.key"))
            on_stale = "continue"

            [[list]]
            # Invented digests. A real list comes from its supplier and is not synthetic.
            name = "demo"
            file = \(tomlString("\(root)/lists/demo.txt"))
            format = "digests"
            class = "csam"
            supplier = "Breakwater demonstration"
            synthetic = true
            provenance = "invented for this demonstration"
            maximum_age = "0 d"

            [evidence]
            # Made by "breakwater init". It opens evidence and drafts, and seals what matches synthetic lists alone.
            demonstration_key = \(tomlString("\(root)/keys/demonstration.key"))
            # Two or more public keys of custodians, before any list that is not synthetic.
            custodians = []

            [report]
            # What drafts say of the provider; all of it is invented.
            company = "Example Photos, Inc."
            first_name = "Alex"
            last_name = "Example"
            email = "abuse@example.com"
            phone = "+1 555 0100"
            company_template = "Legal process: legal@example.com. Content is kept for one year."
            terms_of_service = "Users may not upload sexual material of children."
            legal_url = "https://www.example.com/legal"
            platform = "Example Photos"

            [metrics]
            listen = \(tomlString(listen))

            """
    }

    private static func check<Value>(_ text: String, as reading: Reading<Value>, key: String)
        throws(SettingsProblem)
    {
        if reading.value(.text(text)) == nil {
            throw SettingsProblem(key: key, message: "is \(quoted(text)); use \(reading.wanted)")
        }
    }

    /// A basic string. Goes by scalars: a quotation mark that carries a combining mark is one `Character` with it,
    /// and would end the string unseen.
    private static func tomlString(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        return "\"\(String(result))\""
    }
}
