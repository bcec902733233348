import ArgumentParser
import ScanService
import UploadModel

/// `breakwater custody begin --after-loss`.
struct CustodyBegin: Verb {
    static let configuration = CommandConfiguration(
        commandName: "begin",
        abstract: "Begin another custody log where the one there was is lost, and no backup has it.",
        discussion:
            "Its first entry, log.gap with log-lost, says so for good. Only while the daemon does not run, and only where "
            + "there is no log: the first start of a deployment begins one by itself."
    )
    @OptionGroup var options: Options
    @Flag(help: "Say that the log is lost.") var afterLoss = false

    func act() throws -> UploadModel.ExitCode {
        guard afterLoss else {
            throw Refused(
                "a custody log is begun by the daemon's first start",
                hint: "where it was lost and no backup has it, give --after-loss",
                .calledWrongly
            )
        }
        let deployment = try Deployment(options.config)
        try CustodyLoss.begin(at: deployment.settings.state.root)
        try Output.line("custody/ holds a log again, and its first entry says that another was lost")
        return .done
    }
}
