internal import EventEnvelope
import Foundation

/// When, with which program and on what a report was made.
package struct ReportOrigin: Codable {
    /// When it was measured, in UTC.
    package var date: String
    /// The program: its version, how it was compiled, and when.
    package var build: String
    /// The processor's name, and how many of it the system has.
    package var processor: String

    /// Of this process, now.
    ///
    /// - Parameter version: the program's.
    package static func here(version: String) -> ReportOrigin {
        ReportOrigin(
            date: time(EventTime.now.nanoseconds / 1_000_000_000), build: buildName(version),
            processor: "\(processorName), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) online")
    }

    private static func time(_ seconds: Int64) -> String {
        EventTime(seconds * 1_000_000_000).description
    }

    private static func buildName(_ version: String) -> String {
        #if DEBUG
            let kind = "debug"
        #else
            let kind = "release"
        #endif
        var status = stat()
        let isFound = stat("/proc/self/exe", &status) == 0
        let built = isFound ? ", built \(time(Int64(status.st_mtim.tv_sec)))" : ""
        return "\(version) \(kind)\(built)"
    }

    /// As the kernel tells it; ARM's kernels tell numbers alone, and then it is the architecture.
    private static var processorName: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            if let colon = line.firstIndex(of: ":") {
                return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            }
        }
        #if arch(arm64)
            return "arm64"
        #elseif arch(x86_64)
            return "x86_64"
        #else
            return "unknown processor"
        #endif
    }
}
