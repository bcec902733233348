/// Pages of Hash Sharing, written as the service writes them, with invented members and values.
struct HashSharingText {
    var images: [String] = []
    var videos: [String] = []
    var next: String?

    var text: String {
        """
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">
            <images count="\(images.count)" maxTimestamp="2026-01-01T00:00:00Z">\(images.joined())</images>
            <videos count="\(videos.count)" maxTimestamp="2026-01-01T00:00:00Z">\(videos.joined())</videos>
            \(next.map { "<paging><next>\($0)</next></paging>" } ?? "")
        </queryResult>
        """
    }

    static func entry(
        kind: String = "image",
        member: Int = 42,
        id: String = "i1",
        at time: String = "2026-01-01T00:00:00Z",
        _ fingerprints: String,
        more: String = ""
    ) -> String {
        """

                <\(kind)>
                    <member id="\(member)">Example &amp; Member</member>
                    <timestamp>\(time)</timestamp>
                    <id>\(id)</id>
                    <fingerprints>\(fingerprints)</fingerprints>
                    \(more)
                </\(kind)>
        """
    }

    static func deletion(_ kind: String = "deletedImage", member: Int = 42, id: String, at time: String)
        -> String
    {
        "<\(kind)><member id=\"\(member)\">M</member><id>\(id)</id><timestamp>\(time)</timestamp></\(kind)>"
    }

    static func md5(_ number: Int) -> String { "<md5>\(Invented.md5(number))</md5>" }
}

extension String {
    /// The standard library's `replacing` needs a module that nobody here imports.
    func replacing(_ part: String, with other: String) -> String {
        var (result, rest) = ("", self[...])
        while let start = rest.indices.first(where: { rest[$0...].hasPrefix(part) }) {
            result += rest[..<start] + other
            rest = rest[start...].dropFirst(part.count)
        }
        return result + rest
    }
}
