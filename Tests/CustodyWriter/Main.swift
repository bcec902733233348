import LinuxIO
import UploadModel
import VaultStore

// Appends to a custody log until it is killed, and says after each entry that it is there: the crash tests compare what
// it said with what the log holds. Called with a directory, a number of entries a batch, and the first upload's number.

let arguments = CommandLine.arguments
guard arguments.count == 3, let batch = Int(arguments[2]) else { ThisProcess.exit(64) }
let directory = try Descriptor.directory(arguments[1])
let key: LogKey
if let found = try LogKey.read(in: directory) {
    key = found
} else {
    key = try LogKey.make(naming: "test/custody/writer", in: directory)
}
let log = try CustodyLog.open(in: directory, key: key)
var count: UInt64 = log.size
while true {
    let now = Timestamp(nanoseconds: Clocks.realtime)
    let exhibit = BundleID(UploadID(at: Timestamp(nanoseconds: 0), random: (0, count % 50)))
    let statements = (0..<batch).map { _ in
        CustodyStatement(at: now, .exhibitVerified, by: .daemon, about: CustodySubject(exhibit: exhibit))
    }
    try log.append(contentsOf: statements)
    count += UInt64(batch)
    try ThisProcess.writeToStandardOutput(Array("\(count)\n".utf8))
    if count % 7 == 0 { try log.publish() }
}
