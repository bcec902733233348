import Glibc
import LinuxIO
import UploadModel

@testable import Decoding

/// A file without a name.
func file(_ content: [UInt8]) throws -> Descriptor {
    var template = Array("/tmp/picture-XXXXXX".utf8CString)
    let file = Descriptor(owning: mkstemp(&template))
    unlink(template)
    try file.write(content)
    return file
}

func file(_ word: String) throws -> Descriptor { try file(Array((word + "\n").utf8)) }

/// A sample of the worker's own tests.
func sample(_ name: String) throws -> [UInt8] {
    let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return try Descriptor.open("/\(tests)/PictureWorkTests/Samples/\(name)").readAll(limit: 1 << 20)
}

/// A program that was built beside the tests.
func program(_ name: String) throws -> Descriptor {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    let folder = bundle.split(separator: "/").prefix { !$0.hasSuffix(".xctest") }.joined(separator: "/")
    let built = ThisProcess.environment("BREAKWATER_BIN") ?? "/\(folder)"
    return try Descriptor.open("\(built)/\(name)")
}

/// Limits that tests need not wait for.
var hasty: DecoderSettings {
    var settings = DecoderSettings()
    settings.cpuSeconds = 1
    settings.wallSeconds = 3
    return settings
}

extension PerceptualFinding {
    var hashes: [PerceptualHash] {
        if case .hashes(let hashes, _) = self { hashes } else { [] }
    }
}
