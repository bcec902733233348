import Glibc
import LinuxIO
import PictureWire
import Testing
import UploadModel

@testable import Decoding

@Suite struct DecoderPoolTests {
    @Test(
        "every format is hashed in the cage",
        arguments: [
            "rgb8.png", "interlaced.png", "colour.jpg", "progressive.jpg", "cmyk-adobe.jpg", "disposals.gif",
            "lossy.webp", "lossless.webp", "twelve.webp",
        ]
    )
    func formats(name: String) throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        let finding = pool.perceptual(of: try file(try sample(name)))
        if case .failed = finding { Issue.record("\(name): \(finding)") }
        #expect(pool.figures.answers == [.whole: 1] && pool.figures.losses.isEmpty)
    }

    @Test("the picture's own offset is left alone, and it is read from its beginning")
    func offset() throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        let picture = try file(try sample("rgb8.png"))
        lseek(picture.raw, 100, SEEK_SET)
        #expect(!pool.perceptual(of: picture).hashes.isEmpty)
        #expect(lseek(picture.raw, 0, SEEK_CUR) == 100)
    }

    @Test("a content that cost two workers is not tried a third time; another of its length is")
    func spent() throws {
        let pool = try DecoderPool(hasty, program("decoder-probe"))
        for _ in 0..<2 {
            #expect(pool.perceptual(of: try file("crash")) == .failed(.decoderDied))
        }
        #expect(pool.perceptual(of: try file("crash")) == .failed(.decoderDied))
        #expect(pool.figures.losses == [.crashed: 2] && pool.figures.notTriedAgain == 1)
        #expect(pool.perceptual(of: try file("other")) == .failed(.undecodable))
    }

    @Test("a content that cost two workers is not tried again by threads that waited with it")
    func spentAmongThreads() throws {
        var settings = hasty
        settings.workers = 1
        let pool = try DecoderPool(settings, program("decoder-probe"))
        let threads = (0..<6).map { index in
            BlockingThread("asks-\(index)") {
                guard let picture = try? file("crash") else { return }
                _ = pool.perceptual(of: picture)
            }
        }
        for thread in threads { thread.join() }
        #expect(pool.figures.losses == [.crashed: 2] && pool.figures.notTriedAgain == 4)
    }

    @Test(
        "a worker that somebody else ended costs its picture nothing",
        arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP]
    )
    func endedByOthers(signal: Int32) throws {
        var settings = hasty
        settings.requireSandbox = false
        let pool = try DecoderPool(settings, program("decoder-bare"))
        // Too small to have a hash, once somebody looks at it.
        #expect(pool.perceptual(of: try file("GIF89a signal \(signal)")) == .unusable)
        #expect(pool.figures.losses == [.killed: 1] && pool.figures.answers == [.whole: 1])
    }

    @Test("a content whose workers are ended each time is not tried without end")
    func endedEachTime() throws {
        let pool = try DecoderPool(hasty, program("decoder-probe"))
        for _ in 0..<3 {
            #expect(pool.perceptual(of: try file("close")) == .failed(.decoderDied))
        }
        #expect(pool.figures.losses == [.killed: 4] && pool.figures.notTriedAgain == 1)
    }

    @Test("a worker is replaced after its share of pictures")
    func recycled() throws {
        var settings = hasty
        settings.picturesPerWorker = 3
        let pool = try DecoderPool(settings, program("breakwater-decoder"))
        let picture = try file(try sample("grey8.png"))
        for _ in 0..<7 { _ = pool.perceptual(of: picture) }
        #expect(pool.figures.started == 3)
        #expect(pool.figures.answers == [.whole: 7])
    }

    @Test("a worker that died while it was idle costs no picture anything")
    func diedIdle() throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        let picture = try file(try sample("rgb8.png"))
        #expect(!pool.perceptual(of: picture).hashes.isEmpty)
        for child in pool.idleProcesses {
            var ended = siginfo_t()
            kill(child, SIGKILL)
            waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT)
        }
        #expect(!pool.perceptual(of: picture).hashes.isEmpty)
        #expect(pool.figures.losses.isEmpty && pool.figures.started == 2)
    }

    @Test("many threads share few workers, and each gets its own picture's answer")
    func threads() throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        let names = ["rgb8.png", "cmyk-adobe.jpg", "grey1.png", "twelve.webp"]
        let expected = try names.map { pool.perceptual(of: try file(try sample($0))) }
        let wrong = Monitor(0)
        let threads = (0..<8).map { index in
            BlockingThread("asks-\(index)") {
                for round in 0..<20 {
                    let which = (index + round) % names.count
                    guard let picture = try? file(try sample(names[which])),
                        pool.perceptual(of: picture) == expected[which]
                    else { return wrong.change { $0 += 1 } }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(wrong.read { $0 } == 0)
        #expect(pool.figures.started <= DecoderSettings().workers)
    }

    @Test("a file above the limit of bytes is not read at all")
    func bytes() throws {
        var settings = hasty
        settings.bytes = 10
        let pool = try DecoderPool(settings, program("breakwater-decoder"))
        #expect(pool.perceptual(of: try file("longer than that")) == .failed(.pictureTooLarge))
        #expect(pool.figures.tooManyBytes == 1)
    }

    @Test("what cannot be read is told from what is no picture, in the cage and before it")
    func unread() throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        #expect(pool.read(try Descriptor.directory("/tmp")) == .failure(.unread))
        #expect(pool.figures.answers == [.unread: 1] && pool.figures.losses.isEmpty)
        // A number that is no descriptor's has no status.
        #expect(pool.read(Descriptor(owning: 1 << 20)) == .failure(.unread))
        #expect(NoAnswer.unread.mayPass && NoAnswer.unread.obstacle.isOfPictures)
        #expect(!pool.perceptual(of: try file(try sample("rgb8.png"))).hashes.isEmpty)
    }

    @Test("answers, losses and refusals leave no descriptor open")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            ThisProcess.blockStraySignals()
            var settings = hasty
            settings.picturesPerWorker = 2
            let pool = try DecoderPool(settings, program("decoder-probe"))
            let before = descriptorsToKeep()
            for deed in ["crash", "other", "oversized", "exit", "other", "other", "open"] {
                _ = pool.perceptual(of: try file(deed))
            }
            let idle = pool.idleProcesses.count
            precondition(descriptorsToKeep() == before - 1 + idle, "\(before) \(idle)")
        }
    }

    @Test("a worker ends with its last reference and leaves no zombie")
    func ends() throws {
        let process = try Workshop(program("breakwater-decoder"), hasty).start().processID
        #expect(kill(process, 0) == -1 && errno == ESRCH)
    }

    @Test("a worker that cannot be started now may be later, unless its program or its cage is at fault")
    func faults() throws {
        let missing = DecoderFault.cageIncomplete(missing: .landlock)
        #expect(!missing.mayPass && !DecoderFault.noProgram(["/decoder"]).mayPass)
        for number in [EAGAIN, EMFILE, ENFILE, ENOMEM] {
            #expect(
                DecoderFault.notStarted(
                    SyscallError(call: "posix_spawn", subject: "decoder", errno: number)
                ).mayPass
            )
        }
        let never = SyscallError(call: "posix_spawn", subject: "decoder", errno: ENOEXEC)
        #expect(DecoderFault.notReady.mayPass && !DecoderFault.notStarted(never).mayPass)
    }

    @Test("while no worker can be started a picture is worth another try, and is decoded once one can")
    func startsAgain() async {
        await #expect(processExitsWith: .success) {
            ThisProcess.blockStraySignals()
            let pool = try DecoderPool(hasty, program("breakwater-decoder"))
            let picture = try file(try sample("rgb8.png"))
            for child in pool.idleProcesses {
                var ended = siginfo_t()
                kill(child, SIGKILL)
                waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT)
            }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
            precondition(pool.read(picture) == .failure(NoAnswer(.noDecoder, mayPass: true)))
            precondition(pool.figures.failedStarts > 0)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            precondition(!pool.perceptual(of: picture).hashes.isEmpty)
        }
    }

    @Test("the program is looked for where the settings say, and only there")
    func places() {
        var settings = DecoderSettings()
        settings.program = "/nonexistent/decoder"
        #expect(throws: DecoderFault.noProgram(["/nonexistent/decoder"])) {
            _ = try DecoderProgram.open(settings)
        }
        settings.program = "/etc/passwd"
        #expect(throws: DecoderFault.noProgram(["/etc/passwd"])) { _ = try DecoderProgram.open(settings) }
    }
}

/// How many descriptors are open, without those of /proc: there the runtime looks after its own threads.
private func descriptorsToKeep() -> Int {
    var target = [CChar](repeating: 0, count: 256)
    return (0..<1_024).count { number in
        let length = readlink("/proc/self/fd/\(number)", &target, target.count)
        return length >= 0 && !target.starts(with: "/proc/".utf8.map { CChar($0) })
    }
}
