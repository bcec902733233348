import ArgumentParser

@main
struct Review: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breakwater-review",
        abstract: "The case desk. It is not part of this version.",
        discussion: "Cases are listed by \"breakwater case list\"."
    )

    func run() throws {
        throw ValidationError("the case desk is not part of this version; use \"breakwater case list\"")
    }
}
