package import GenerationFormat
package import LinuxIO
package import UploadModel

/// Builds a signed generation of all lists and installs it.
package enum GenerationBuilder {
    /// Lets `reading` put every entry of every list in, writes `<lists>/<generation>/` and then names it in
    /// `<lists>/current`.
    ///
    /// Whatever stops it, and wherever, the generation that was installed before still is and still verifies. What a
    /// build left behind that was killed goes at the start of the next. Afterwards the new generation and the one
    /// before it are there, and no other.
    ///
    /// - Parameters:
    ///   - lists: `<state>/lists`.
    ///   - counter: Above every one in `lists` and above `served`; by default the highest and one.
    ///   - served: The highest counter that a daemon of this state ever served; 0 where none did.
    ///   - allowsShrinking: Whether a list may have under half of the entries that it has in the installed generation.
    ///     Usually that is a file cut short, and what it lost would no longer match.
    ///   - memory: Bytes that sorting may take.
    ///   - resident: As for ``GenerationBuild``.
    ///   - verified: Gives the manifest of the installed generation once every byte was found to be what was signed. Then
    ///     only what changed since is written, if that is little; without it, or where it throws, all is.
    ///   - reading: Calls ``GenerationBuild/add(_:list:)`` and reports on each list, in the order of `sources`.
    /// - Throws: ``BuildFault``, `SyscallError`, and what `reading` throws.
    package static func build(
        _ sources: [ListSource],
        into lists: borrowing Descriptor,
        signingKey: SigningKey,
        at time: Timestamp,
        counter: UInt64? = nil,
        served: UInt64 = 0,
        allowsShrinking: Bool = false,
        memory: Int = 1 << 30,
        resident: UInt64 = .max,
        upon verified: ((GenerationName) throws -> GenerationManifest)? = nil,
        reading: (inout GenerationBuild) throws -> [BuildReport.ListReport]
    ) throws -> BuildReport {
        let shelf = try GenerationShelf(lists)
        let name = GenerationName(
            counter: try shelf.next(counter, served: served),
            tag: .random(in: 0...(.max))
        )
        var reports: [BuildReport.ListReport] = []
        var extent = BuildExtent.whole(.asked)
        let (manifest, leftover) = try shelf.install(name, signingKey) { workspace in
            var build = try GenerationBuild(
                lists: sources,
                workspace: workspace,
                memory: memory,
                resident: resident
            )
            if let verified { try begin(&build, upon: shelf, sources, resident, verified) }
            reports = try reading(&build)
            let manifest = try build.finish(
                as: name,
                at: time,
                reports: reports,
                crowded: { reports[$0.list].reject($0) },
                extent: { extent = $0 }
            )
            if !allowsShrinking { try check(manifest, against: shelf.installedCounts) }
            return manifest
        }
        for (index, list) in manifest.lists.enumerated() { reports[index].count(list) }
        return BuildReport(
            generation: "\(name)",
            counter: name.counter,
            lists: reports,
            extent: extent,
            leftover: leftover
        )
    }

    private static func begin(
        _ build: inout GenerationBuild,
        upon shelf: borrowing GenerationShelf,
        _ sources: [ListSource],
        _ resident: UInt64,
        _ verified: (GenerationName) throws -> GenerationManifest
    ) throws {
        guard let installed = shelf.installed else { return build.build(wholeSince: .nothingInstalled) }
        do {
            let manifest = try verified(installed)
            let folder = try shelf.open(installed)
            build.build(
                upon: try DeltaDraft(upon: manifest, in: folder, for: sources, resident: resident)
            )
        } catch let reason as BuildExtent.Reason {
            build.build(wholeSince: reason)
        } catch {
            build.build(wholeSince: .unusable("\(error)"))
        }
    }

    private static func check(_ manifest: GenerationManifest, against former: [String: UInt64])
        throws(BuildFault)
    {
        for list in manifest.lists {
            guard let before = former[list.name], list.entryCount < before - before / 2 else { continue }
            throw .shrunk(list.name, from: before, to: list.entryCount)
        }
    }

    /// The same for lists as their suppliers write them, read from the files that the settings name.
    ///
    /// - Parameter progress: Told of each list how many of its bytes were read; in all 0 where that is not known.
    /// - Throws: ``ListFault`` too.
    package static func build(
        sources: [ListSource],
        into lists: borrowing Descriptor,
        signingKey: SigningKey,
        at time: Timestamp,
        counter: UInt64? = nil,
        served: UInt64 = 0,
        allowsShrinking: Bool = false,
        resident: UInt64 = .max,
        upon verified: ((GenerationName) throws -> GenerationManifest)? = nil,
        progress: (_ list: String, _ bytesRead: UInt64, _ total: UInt64) -> Void = { _, _, _ in }
    ) throws -> BuildReport {
        try build(
            sources,
            into: lists,
            signingKey: signingKey,
            at: time,
            counter: counter,
            served: served,
            allowsShrinking: allowsShrinking,
            resident: resident,
            upon: verified
        ) { build in
            try ReadLists.read(sources, into: &build, at: time, progress: progress)
        }
    }

    /// Signs what a generation holds again under a new counter and installs it: the way back to older content, which
    /// its old counter would have refused, and from one key to another.
    ///
    /// Its files get a second name; they are copied where that is not allowed.
    ///
    /// - Returns: Its name, and what kept older generations from being removed.
    ///
    /// - Parameters:
    ///   - name: A generation in `lists`; by default the one before the installed one.
    ///   - counter: As for a build, and `served` too.
    ///   - verified: Gives the manifest once every byte was found to be what was signed.
    package static func signAgain(
        _ name: GenerationName?,
        in lists: borrowing Descriptor,
        signingKey: SigningKey,
        at time: Timestamp,
        counter: UInt64? = nil,
        served: UInt64 = 0,
        verified: (GenerationName) throws -> GenerationManifest
    ) throws -> (name: GenerationName, leftover: SyscallError?) {
        let shelf = try GenerationShelf(lists)
        guard let source = name ?? shelf.former else { throw BuildFault.noFormer }
        let next = GenerationName(
            counter: try shelf.next(counter, served: served),
            tag: .random(in: 0...(.max))
        )
        let old = try verified(source)
        let (_, leftover) = try shelf.install(next, signingKey) { workspace in
            let folder = try shelf.open(source)
            for file in old.files {
                try folder.linkOrCopy(file.name, to: workspace)
            }
            return old.renamed(next, at: time)
        }
        return (next, leftover)
    }
}

extension Descriptor {
    fileprivate func linkOrCopy(_ name: String, to folder: borrowing Descriptor) throws(SyscallError) {
        let bytes = Array(name.utf8)
        if (try? link(bytes, to: folder, bytes, subject: name)) != nil { return }
        let source = try open(bytes, subject: name)
        let copy = try folder.open(bytes, [.write, .create, .exclusive], mode: 0o640, subject: name)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try source.readNext(into: &buffer, subject: name)
            guard count > 0 else { break }
            try copy.write(Array(buffer[..<count]), subject: name)
        }
        try copy.setMode(0o640, subject: name)
        try copy.sync(subject: name)
    }
}
