import UploadModel

// One page that needs nothing else: no script, no picture, no font, no request. The policy in its head holds a
// browser to that whatever the text says.

extension DraftReport {
    /// `summary.html`, UTF-8: readable on a phone and on paper.
    package var summaryHTML: [UInt8] {
        var html = Self.head
        html += "<h1>Draft report</h1>\n"
        if source.environment != .production {
            html += "<p class=\"mark\">\(source.environment.rawValue): must not be sent</p>\n"
        }
        for section in summary {
            html += "<section>\n<h2>\(section.title.escapedInHTML)</h2>\n<dl>\n"
            for line in section.lines {
                html += "<dt>\(line.label.escapedInHTML)</dt>"
                html += "<dd><bdi>\(line.value.escapedInHTML)</bdi></dd>\n"
            }
            html += "</dl>\n</section>\n"
        }
        return Array((html + "</body>\n</html>\n").utf8)
    }

    private static let head = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="referrer" content="no-referrer">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Draft report</title>
        <style>
        body { font: 16px/1.45 sans-serif; color: #111; background: #fff; margin: 0 auto; padding: 1rem; max-width: 52rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; border-bottom: 1px solid #999; }
        .mark { border: 2px solid #a00; padding: .4rem .6rem; color: #a00; font-weight: bold; }
        dl { display: grid; grid-template-columns: minmax(8rem, 16rem) 1fr; gap: .25rem 1rem; margin: 0; }
        dt { color: #444; overflow-wrap: anywhere; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
        @media (max-width: 36rem) { dl { display: block; } dt { margin-top: .6rem; font-size: .85rem; } }
        @media print {
          @page { margin: 18mm 15mm; }
          body { font-size: 10pt; max-width: none; padding: 0; }
          h2 { break-after: avoid; } dd { orphans: 3; widows: 3; }
        }
        </style>
        </head>
        <body>

        """
}

extension String {
    /// As text between tags or in a quoted attribute.
    fileprivate var escapedInHTML: String {
        shownPlainly.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
