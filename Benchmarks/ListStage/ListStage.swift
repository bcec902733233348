import Glibc

// What generations cost, measured on invented values. A JSON object a line. The values are numbers mixed by a known
// function, so that each run knows what was planted without keeping it.

@main
struct ListStage {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let verb = arguments.isEmpty ? "" : arguments.removeFirst()
        let path = verb == "feed" || verb == "sample" ? "" : arguments.isEmpty ? "" : arguments.removeFirst()
        let counts = arguments.compactMap { Int($0) }
        guard counts.count == arguments.count else { usage() }
        switch (verb, counts.count) {
        case ("feed", 1): try Digests.feed(counts[0])
        case ("open", 0): try Digests(path).open()
        case ("look", 1): try Digests(path).look(planted: counts[0])
        case ("pictures", 1): try Pictures(path).run(counts[0])
        case ("filter", 1): try Filters(path).run(counts[0])
        case ("delta", 1): try Deltas(path).run(counts[0])
        case ("sample", 1): try Pictures.sample(counts[0])
        case ("reload", 3):
            try Reload(path, window: counts[0], pictures: counts[1]).run(generations: counts[2])
        default: usage()
        }
    }

    static func usage() -> Never {
        print(
            """
            usage: ListStage feed COUNT             a list of so many MD5 to standard output
                   ListStage open ROOT              what opening the generation of that list takes
                   ListStage look ROOT COUNT        what is planted in it is found, and what is not is not
                   ListStage pictures ROOT COUNT    a generation of perceptual hashes, built and asked
                   ListStage filter ROOT COUNT      misses in a table of so many, without a filter and with one
                   ListStage delta ROOT COUNT       1,000 changes of a generation of so many, and all of it
                   ListStage sample COUNT           the same hashes and questions to standard output
                   ListStage reload ROOT DIGESTS PICTURES GENERATIONS
                                                    look-ups while generations of so many replace each other
            ROOT is what "breakwater init" makes, or an empty or missing directory.
            """
        )
        exit(64)
    }
}
