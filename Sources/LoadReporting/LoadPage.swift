internal import CReportPage
internal import CommandOutput
import Foundation

/// A report, or two that are compared, as one HTML page that needs no other file.
package struct LoadPage {
    /// One report, or the one before and the one after.
    package var reports: [LoadReport]

    /// A page of one or two reports.
    package init(reports: [LoadReport]) { self.reports = reports }

    /// The page. What it is made of is in the program.
    package var html: String {
        get throws {
            // In a script, `<` could end the script.
            let data = try JSONText.encoded(reports)
                .replacingOccurrences(of: "<", with: #"\u003c"#)
            return [
                ("{{uplot.css}}", text(sw_uplot_css())), ("{{report.css}}", text(sw_report_css())),
                ("{{uplot.js}}", text(sw_uplot_js())), ("{{report.js}}", text(sw_report_js())),
                ("{{reports}}", data),
            ]
            .reduce(text(sw_report_html())) { page, part in
                page.replacingOccurrences(of: part.0, with: part.1)
            }
        }
    }

    private func text(_ asset: sw_asset) -> String {
        String(decoding: UnsafeBufferPointer(start: asset.bytes, count: asset.count), as: UTF8.self)
    }
}
