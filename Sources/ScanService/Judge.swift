import Decoding
import Digests
import Exposition
import HashLists
import Intake
import LinuxIO
import UploadModel

/// What follows for an upload whose bytes were read: Custody decides, and what stays in the lanes is done here.
struct Judge: Sendable {
    private let house: House

    init(_ house: House) { self.house = house }

    /// Takes an upload from its digests to its verdict, or to the loop that goes on with it; a picture that a list asks
    /// for to those that wait for a decoder.
    ///
    /// By the lists that are served now: those that its reading began with may be hours old.
    ///
    /// - Returns: Whether it may be released, which is left to the caller and ``release(_:_:_:)``.
    func finish(
        _ upload: inout Upload,
        _ file: borrowing Descriptor,
        _ status: FileStatus,
        _ result: Result<DigestSet, SyscallError>
    ) -> Bool {
        do throws(any Error) {
            let digests = try result.get()
            house.instruments[upload.spoolIndex].digestBytes.add(Int64(digests.byteCount))
            guard digests.byteCount == status.size else {
                startOver(&upload, .keepsChanging)
                return false
            }
            guard let generation = lists(for: &upload, digests) else { return false }
            let isPicture = try generation.asksForHashes(of: file)
            try upload.record(.digested(digests, picture: isPicture))
            guard upload.next == .decode else {
                return try conclude(&upload, file, status, digests, picture: isPicture, generation)
            }
            guard try Spool.isUnchanged(file, since: status) else {
                startOver(&upload, .keepsChanging)
                return false
            }
            let picture = Undecoded(upload: upload, digests: digests, status: status)
            // Decoding takes long, and no writer needs to wait for it.
            file.giveLeaseBack()
            if !house.undecoded.add(picture) { decode(picture) }
        } catch {
            fail(&upload, error)
        }
        return false
    }

    /// Goes on with a picture where the lane stopped, by the lists that are served now.
    func decode(_ picture: Undecoded) {
        var upload = house.inItsSpool(picture.upload)
        do throws(any Error) {
            guard let file = try reopened(upload, as: picture.status) else {
                startOver(&upload, .keepsChanging)
                return
            }
            guard let finding = perceptual(&upload, file) else { return }
            try upload.record(.perceptual(finding))
            // Decoding takes long enough for somebody to write to it again.
            guard try Spool.isUnchanged(file, since: picture.status) else {
                startOver(&upload, .keepsChanging)
                return
            }
            guard let generation = lists(for: &upload, picture.digests) else { return }
            if try conclude(&upload, file, picture.status, picture.digests, picture: true, generation) {
                release(&upload, file, picture.status)
            }
        } catch {
            fail(&upload, error)
        }
    }

    /// The lists that are served now; `nil` where they ask for digests that are not among these. The upload goes back to
    /// the lanes then, which is no failure of its own.
    private func lists(for upload: inout Upload, _ digests: DigestSet) -> Generation? {
        if let generation = house.lists.current, digests.algorithms.isSuperset(of: generation.needs) {
            return generation
        }
        upload.startOver()
        house.arrivals.park(upload, for: 0)
        return nil
    }

    /// What a decoder says of a picture.
    ///
    /// - Returns: `nil` where none says anything for a reason that may pass, and the upload starts over. After the last
    ///   try it was not decoded, which says nothing of its digests: they are compared, and it is held unless they match.
    private func perceptual(_ upload: inout Upload, _ file: borrowing Descriptor) -> PerceptualFinding? {
        let answer = house.pictures.read(file)
        if case .failure(let none) = answer, none.mayPass, triesAgain(&upload) { return nil }
        return answer.finding
    }

    /// - Returns: `nil` when the file is not what it was; the next try in the lanes finds out what became of it.
    private func reopened(_ upload: Upload, as status: FileStatus) throws(SyscallError) -> Descriptor? {
        switch try upload.spool.inspect(upload.path, id: upload.id, before: status) {
        case .ready(let file):
            let isSame = file.status.hasSameContent(as: status)
            let descriptor = file.intoDescriptor()
            if isSame { return descriptor }
            return nil
        default: return nil
        }
    }

    /// Compares what is known of an upload, and sends it to the custody loop unless it may be released.
    private func conclude(
        _ upload: inout Upload,
        _ file: borrowing Descriptor,
        _ status: FileStatus,
        _ digests: DigestSet,
        picture isPicture: Bool,
        _ generation: Generation
    ) throws -> Bool {
        var event = try compare(&upload, digests, generation)
        let leadsAway = event != .unlisted || upload.leavesRows
        // What is released is looked at in the last moment before its rename.
        if leadsAway, try !Spool.isUnchanged(file, since: status) {
            startOver(&upload, .keepsChanging)
            return false
        }
        if let matches = event.matches { upload.met = (digests, matches) }
        if leadsAway, digests.algorithms != .all {
            guard let all = try rest(of: digests, file, status) else {
                startOver(&upload, .keepsChanging)
                return false
            }
            try upload.record(.digested(all, picture: isPicture))
            // What a context matched that has gone since is a match all the same.
            let again = try compare(&upload, all, generation)
            if again != .unlisted { event = again }
            if let matches = event.matches { upload.met = (all, matches) }
        }
        try upload.record(event)
        if upload.next == .release, !upload.leavesRows { return true }
        house.departures.send(.upload(upload))
        return false
    }

    /// All digests of an upload that met an entry, or has rows to be held against later, when only those that the
    /// lists hold were computed; `nil` when the file is not what it was.
    private func rest(
        of digests: DigestSet,
        _ file: borrowing Descriptor,
        _ status: FileStatus
    ) throws(SyscallError) -> DigestSet? {
        let all = try DigestSet.reading(file)
        guard all.byteCount == digests.byteCount, digests.members.allSatisfy({ all[$0.algorithm] == $0 }),
            try Spool.isUnchanged(file, since: status)
        else { return nil }
        return all
    }

    /// Compares content and context with the lists. Both are one upload: what one of them meets, both have met, and
    /// a context that cannot be read keeps what matches nothing else from being released.
    private func compare(
        _ upload: inout Upload,
        _ digests: DigestSet,
        _ generation: Generation
    ) throws(SyscallError) -> CustodyEvent {
        var finding = PerceptualFinding.notAsked
        if case .measured(_, let measured) = upload.custody.stage { finding = measured }
        var matches = generation.matches(digests, finding)
        do {
            if let context = try settledContext(of: &upload) {
                matches += generation.matches(context: DigestSet(of: context))
            }
        } catch {
            guard matches.contains(where: { $0.entry.listClass != .benign }) else { throw error }
        }
        return Judgement(of: matches, digests: digests, under: house.suppressions.about(digests)).event
    }

    /// The context once nobody writes to it any more: the kernel says so, or two looks are equal.
    private func settledContext(of upload: inout Upload) throws(SyscallError) -> [UInt8]? {
        guard let context = try upload.spool.readContext(of: upload.place) else { return nil }
        upload.comparedContext = context.status
        if context.writers == .noWriter { return context.bytes }
        let now = Clocks.monotonic
        if let look = upload.contextLook, look.status.hasSameContent(as: context.status) {
            if now - look.at >= Spool.settlePause { return context.bytes }
        } else {
            upload.contextLook = (context.status, now)
        }
        throw SyscallError.stillWritten("context")
    }

    /// Lets an upload go that matched nothing, if it is still what was compared.
    func release(_ upload: inout Upload, _ file: borrowing Descriptor, _ status: FileStatus) {
        do throws(SyscallError) {
            try checkContext(of: upload)
            guard try move(&upload, file, status) else { return }
        } catch {
            return trouble(&upload, error)
        }
        let instruments = house.instruments[upload.spoolIndex]
        instruments.released.add(1)
        instruments.uploadSeconds.observe(upload.secondsSinceClaim)
        if upload.history == .interruptions { house.departures.send(.forget(upload.id)) }
        house.arrivals.finished()
    }

    private func checkContext(of upload: Upload) throws(SyscallError) {
        guard let compared = upload.comparedContext else { return }
        let now = try upload.spool.contextStatus(of: upload.place)
        guard now?.hasSameContent(as: compared) == true else { throw SyscallError.stillWritten("context") }
    }

    private func move(
        _ upload: inout Upload,
        _ file: borrowing Descriptor,
        _ status: FileStatus
    ) throws(SyscallError) -> Bool {
        do throws(SyscallError) {
            try upload.spool.release(upload.place, read: file, since: status)
            return true
        } catch {
            // Whatever else keeps released/ from taking it says nothing of the upload.
            if error.isNameTooLong || error.isStillWritten { throw error }
            if !upload.spool.isStillThere { house.watches[upload.spoolIndex].doubt(.root) }
            startOver(&upload, .ioError)
            return false
        }
    }

    // MARK: - What leads away

    /// Sends an upload to the custody loop with the fact that leads it there. One that met an entry at some try is
    /// preserved, whatever came between: nothing that did may lie in held/.
    func depart(_ upload: inout Upload, because event: CustodyEvent) {
        do {
            if case .unreadable = event, let (digests, matches) = upload.met {
                try upload.record(.digested(digests, picture: false))
                let isGraded = digests.algorithms == .all
                try upload.record(.listed(isGraded ? matches : matches.map(\.forReview)))
                return house.departures.send(.upload(upload))
            }
            try upload.record(event)
            house.departures.send(.upload(upload))
        } catch {
            house.stop(because: error)
        }
    }

    private func fail(_ upload: inout Upload, _ error: any Error) {
        guard let error = error as? SyscallError else { return house.stop(because: error) }
        trouble(&upload, error)
    }

    /// Trouble that may pass: again later, held after too many tries. Never released, never a match.
    func trouble(_ upload: inout Upload, _ error: SyscallError) {
        if error.isNameTooLong { return depart(&upload, because: .unreadable(.unusableName)) }
        if error.isForbidden { return depart(&upload, because: .unreadable(.unreadable)) }
        startOver(&upload, error.isStillWritten || error.isTooLarge ? .keepsChanging : .ioError)
    }

    @discardableResult
    func startOver(_ upload: inout Upload, _ obstacle: Obstacle) -> OpenUpload? {
        if !triesAgain(&upload) {
            upload.startOver()
            depart(&upload, because: .unreadable(obstacle))
        }
        return nil
    }

    /// Has the upload begin again after a pause.
    ///
    /// - Returns: `false` after the last try; the upload is as it was.
    private func triesAgain(_ upload: inout Upload) -> Bool {
        house.instruments[upload.spoolIndex].retries.add(1)
        guard let pause = upload.tries.failed(now: Clocks.monotonic) else { return false }
        upload.startOver()
        house.arrivals.park(upload, for: pause)
        return true
    }
}

extension CustodyEvent {
    /// The entries that were met, suppressed or not; `nil` where there are none.
    fileprivate var matches: [Match]? {
        switch self {
        case .listed(let matches), .suppressed(let matches): matches
        default: nil
        }
    }
}

extension Match {
    /// The same where not all digests were known: one that was never computed could stand against it, so it waits for a
    /// person. A context's digests always are.
    fileprivate var forReview: Match {
        guard part == .content else { return self }
        return Match(
            entry: entry,
            agreed: agreed,
            distance: distance,
            orientation: orientation,
            reading: reading,
            part: part,
            grade: grade,
            action: min(action, .case)
        )
    }
}
