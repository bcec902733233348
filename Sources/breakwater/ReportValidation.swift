import ArgumentParser
import CXML2
import UploadModel

extension ReportCommand {
    /// A second check, by a library that is not ours, with the operator's own copy of the service's schema.
    struct Validate: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Check exported documents with a copy of the service's schema; no network, no entities."
        )
        @Option(help: "The XML Schema.") var schema: String
        @Argument(help: "Documents, such as report.xml.") var files: [String]

        func act() throws -> UploadModel.ExitCode {
            let schema = try XMLSchema(schema)
            var code = UploadModel.ExitCode.done
            for file in files {
                let problems = schema.problems(in: file)
                if problems.isEmpty { try Output.line("\(file): valid") } else { code = .no }
                for problem in problems { try Output.line("\(file): \(Output.safe(Array(problem.utf8)))") }
            }
            return code
        }
    }
}

/// A schema that libxml2 has read; what it includes is read from the file's own directory and nowhere else.
private final class XMLSchema {
    private let schema: xmlSchemaPtr

    init(_ path: String) throws {
        // In place of the default loader, which would also ask the network.
        xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader)
        guard let document = xmlReadFile(path, nil, Self.options),
            let parser = xmlSchemaNewDocParserCtxt(document)
        else {
            throw Refused("\(path) cannot be read as XML", hint: "give the schema's file", .calledWrongly)
        }
        defer {
            xmlSchemaFreeParserCtxt(parser)
            xmlFreeDoc(document)
        }
        guard let schema = xmlSchemaParse(parser) else {
            throw Refused(
                "\(path) is no XML Schema",
                hint: "give the supplier's XSD as it came",
                .calledWrongly
            )
        }
        self.schema = schema
    }

    deinit { xmlSchemaFree(schema) }

    /// What is wrong with a document, in libxml2's words; nothing when it is valid.
    func problems(in path: String) -> [String] {
        guard let document = xmlReadFile(path, nil, Self.options) else {
            return ["not well-formed, or not there"]
        }
        defer { xmlFreeDoc(document) }
        guard let context = xmlSchemaNewValidCtxt(schema) else { return ["no memory to check it"] }
        defer { xmlSchemaFreeValidCtxt(context) }
        let found = Problems()
        xmlSchemaSetValidStructuredErrors(
            context,
            { found, error in
                guard let found, let error, let message = error.pointee.message else { return }
                let line = "line \(error.pointee.line): \(String(cString: message))"
                Unmanaged<Problems>.fromOpaque(found).takeUnretainedValue().texts.append(line)
            },
            Unmanaged.passUnretained(found).toOpaque()
        )
        let result = xmlSchemaValidateDoc(context, document)
        if result != 0, found.texts.isEmpty { found.texts.append("does not validate (\(result))") }
        return found.texts.map { $0.split(separator: "\n").joined(separator: " ") }
    }

    private final class Problems { var texts: [String] = [] }

    /// No network, no entities replaced, no document type loaded, nothing on standard error.
    private static let options = Int32(
        XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
    )
}
