package import UploadModel

/// The case desk: cases, roles, views and drafts, for the persons who decide.
///
/// Not in this version. What matched is listed by `breakwater case list`; nothing is reported by any program.
package struct CaseDesk: Sendable {
    package init() {}

    /// Serves the desk's socket.
    ///
    /// - Throws: ``CaseDeskFault/notInThisVersion``, always.
    package func run() throws(CaseDeskFault) { throw .notInThisVersion }
}

package enum CaseDeskFault: WayOut, Equatable {
    case notInThisVersion

    package var description: String { "the case desk is not part of this version" }
    package var hint: String { "use \"breakwater case list\" and \"breakwater case show\"" }
    package var exitCode: ExitCode { .failed }
}
