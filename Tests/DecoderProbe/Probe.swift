import CDeeds
import Glibc
import LinuxIO
import PictureWire
import PictureWork

/// A decoder in the real cage that does what the "picture" says, as one that was taken over by a picture would.
@main
struct Probe {
    static func main() throws {
        try Worker.start().serve { bytes, picture, terms, job in
            var word = [UInt8](repeating: 0, count: 16)
            let count = (try? picture.read(into: &word, at: 0)) ?? 0
            let text = String(decoding: word[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            return deed(text)?() ?? bytes.decode(picture, terms, job)
        }
        exit(0)
    }

    /// Each returns what tells that it succeeded, or does not return.
    private static func deed(_ word: String) -> (() -> DecodedPicture)? {
        switch word {
        case "open": { answer(open("/etc/passwd", O_RDONLY) >= 0) }
        case "write": { answer(write(1, "x", 1) == 1) }
        case "socket": { answer(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0) }
        case "fork": { answer(deed_fork() == 1) }
        case "exec": { answer(execute()) }
        case "ptrace": { answer(deed_ptrace() == 1) }
        case "kill": { answer(Glibc.kill(getppid(), SIGTERM) == 0) }
        case "run-memory": { answer(mmap(nil, 4_096, PROT_READ | PROT_EXEC, anonymous, -1, 0) != MAP_FAILED) }
        case "allocate": { answer(allocate(10 << 30)) }
        case "eat": { answer(eat()) }
        case "loop": { while true {} }
        case "hang": { hang() }
        case "crash":
            {
                UnsafeMutablePointer<Int>(bitPattern: 8)!.pointee = 1
                return answer(true)
            }
        case "trap": { fatalError("as asked") }
        case "exit": { exit(3) }
        case "close":
            {
                close(0)
                while true {}
            }
        default: lie(word)
        }
    }

    private static func lie(_ word: String) -> (() -> DecodedPicture)? {
        let record = PictureAnswer(job: 0, outcome: .whole, hashes: []).record
        switch word {
        case "oversized": return { send(record + [UInt8](repeating: 0, count: 100_000)) }
        case "cut": return { send(Array(record.dropLast())) }
        case "other-job": return { send(record) }
        case "no-hashes": return { DecodedPicture(outcome: .whole, width: 640, height: 480, hashes: []) }
        case "flood": return { while true { _ = try? channel.send(record) } }
        default: return nil
        }
    }

    private static func answer(_ succeeded: Bool) -> DecodedPicture {
        succeeded
            ? DecodedPicture(outcome: .whole, width: 1, height: 1, hashes: [])
            : DecodedPicture(outcome: .tooComplex, hashes: [])
    }

    private static var channel: PacketChannel { PacketChannel(Descriptor(owning: 0)) }

    private static func send(_ record: [UInt8]) -> DecodedPicture {
        let channel = channel
        try? channel.send(record)
        while true {}
    }

    private static func allocate(_ count: Int) -> Bool {
        deed_allocate(UInt(count)) == 1
    }

    /// Small pieces until no more come; the answer says that the limit held.
    private static func eat() -> Bool {
        var eaten = 0
        while eaten < 10 << 30, deed_allocate(1 << 20) == 1 { eaten += 1 << 20 }
        return eaten >= 1 << 30
    }

    private static func execute() -> Bool {
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        return execv("/bin/true", &arguments) == 0
    }

    /// Waits for a lock that nobody gives back, without using any CPU time.
    private static func hang() -> Never {
        let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        while true { pthread_mutex_lock(lock) }
    }

    private static let anonymous = Int32(MAP_PRIVATE) | 0x20
}
