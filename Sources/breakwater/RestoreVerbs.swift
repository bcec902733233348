import ArgumentParser
import JSONText
import UploadModel

// Giving an upload back that was no match in truth. The desk signs an order, and breakwaterd carries it out.

extension ExhibitCommand {
    struct Restore: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract:
                "Give an upload back that was found not_csam, and let what it met not stop these bytes again.",
            discussion: "Where a digest agreed, two people type it; the first ends with 4."
        )
        @OptionGroup var asked: SuppressionOptions
        var desk: DeskOptions { asked.desk }
        var request: (verb: String, members: JSONObject) { ("exhibit.restore", asked.members) }
    }

    struct Suppress: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract:
                "Suppress again what a restored upload met, or until another date; people as for restore."
        )
        @OptionGroup var asked: SuppressionOptions
        var desk: DeskOptions { asked.desk }
        var request: (verb: String, members: JSONObject) { ("exhibit.suppress", asked.members) }
    }

    struct Lift: DeskVerb {
        static let configuration = CommandConfiguration(
            abstract:
                "End the suppression of a restored upload: its bytes are a match again. One person does it."
        )
        @OptionGroup var desk: DeskOptions
        @Argument(help: "Its id, or the beginning of it.") var id: String
        @Option(help: "Why.") var reason: String
        var request: (verb: String, members: JSONObject) {
            ("exhibit.lift", ["id": .string(id), "reason": .string(reason)])
        }
    }
}

/// What the desk is told of a suppression that is to hold.
struct SuppressionOptions: ParsableArguments {
    @OptionGroup var desk: DeskOptions
    @Argument(help: "Its id, or the beginning of it.") var id: String
    @Option(help: "Why; kept in the upload's rows.") var reason: String
    @Option(help: "When the suppression is looked at again, 2027-01-31; a year from now if left out.")
    var reviewBy: String?

    var members: JSONObject {
        var members: JSONObject = ["id": .string(id), "reason": .string(reason)]
        members["review_by"] = reviewBy.map { .string($0) }
        return members
    }
}
