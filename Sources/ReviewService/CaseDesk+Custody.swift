import JSONText
import LinuxIO
import UploadModel
import VaultStore

// The desk's own custody log, for whoever audits: entries, hashes and signatures, without the texts that they commit to.

extension CaseDesk {
    /// A copy that verifies by itself. Acts wait while what changes is read; the rest never changes.
    func custody() throws -> DeskAnswer {
        try log.publish()
        let path = "\(configuration.settings.desk.root)/custody"
        let directory = try Descriptor.directory(path)
        let tiles =
            try directory.statusIfThere(of: Array("tile".utf8), subject: "tile") == nil
            ? []
            : try Self.files(below: "tile", in: directory).filter {
                !$0.hasPrefix("tile/entries/") || !$0.contains(".p/")
            }
        let isChanging = { (path: String) in path.contains(".p/") }
        let changing = try (["checkpoint", "journal"] + tiles.filter(isChanging)).compactMap {
            name -> NamedFile? in
            let place = Array(name.utf8)
            guard try directory.statusIfThere(of: place, subject: name) != nil else { return nil }
            let bytes = try directory.open(place, .noFollow, subject: name).readAll(
                limit: 64 << 20,
                subject: name
            )
            return NamedFile(name: name, bytes: bytes)
        }
        var answer = DeskAnswer(
            ["log": .string(log.verifier.name), "vkey": .string("\(log.verifier)")],
            ["the log's public key, as the desk says it: \(log.verifier)"]
        )
        answer.payload = .log(changing, path, tiles.filter { !isChanging($0) })
        return answer
    }
}
