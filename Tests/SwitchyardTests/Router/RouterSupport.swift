import EventArchive
import Switchyard
import TestSupport

/// Tries again at once and for ever, so that tests need not wait.
let eager = RetryPolicy(
    maximumRetries: .max, firstDelay: .milliseconds(1), maximumDelay: .milliseconds(5))

/// Does not try again before a test is over. Delays are drawn from zero on: the bound is so large that
/// none is that short.
let seldom = RetryPolicy(
    maximumAge: .seconds(100_000_000), firstDelay: .seconds(10_000_000),
    maximumDelay: .seconds(10_000_000))

/// A router in a folder, with small segments.
func configuration(_ folder: TemporaryFolder?) -> RouterConfiguration {
    var configuration = RouterConfiguration(
        directory: folder.map { $0.path + "/router" },
        archive: ArchiveConfiguration(segmentBytes: 1 << 20, durability: .none))
    configuration.watermarkInterval = .milliseconds(20)
    return configuration
}

/// A router with a rule for every event that has a member `n`.
func makeRouter(
    _ folder: TemporaryFolder? = nil, _ change: (inout RouterConfiguration) -> Void = { _ in }
) throws -> Router {
    var configuration = configuration(folder)
    change(&configuration)
    let router = try Router(configuration)
    try router.putRule(RoutingRule(name: "all", pattern: #"{"n":[{"exists":true}]}"#))
    return router
}
