// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: strict imports, and `~Escapable` results that borrow from what
/// they were read from.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

/// jemalloc replaces malloc wherever it is linked, which a sanitizer has to do itself.
let isSanitized = Context.environment["SWITCHYARD_SANITIZER"] != nil

let package = Package(
    name: "switchyard",
    products: [
        .library(name: "Switchyard", targets: ["Switchyard"]),
        .library(name: "SwitchyardHTTP", targets: ["SwitchyardHTTP"]),
        // What a router counts, for swift-metrics and swift-log.
        .library(name: "SwitchyardMetrics", targets: ["SwitchyardMetrics"]),
        .library(name: "EventMatching", targets: ["EventMatching", "EventPattern", "JSONScan"]),
        .library(name: "EventArchive", targets: ["EventArchive"]),
        .library(name: "EventWorkload", targets: ["EventWorkload"]),
        // For the benchmarks, which measure the kernels alone.
        .library(name: "CSwitchyard", targets: ["CSwitchyard"]),
        .executable(name: "switchyard", targets: ["SwitchyardTool"]),
        // With the trait Server only.
        .executable(name: "switchyard-server", targets: ["SwitchyardServer"]),
    ],
    traits: [
        .trait(
            name: "HTTP",
            description: "HTTP targets, in SwitchyardHTTP, and with them SwiftNIO."),
        .trait(
            name: "Server",
            description: "The server, switchyard-server, and all that it needs.",
            enabledTraits: ["HTTP"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.1.4"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.81.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.0.0",
            traits: ["YAML"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.0.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        .target(name: "CSwitchyard"),
        .target(
            name: "CReportPage",
            exclude: ["report.css", "report.html", "report.js", "uPlot"]),
        .target(name: "CAdminDocument", exclude: ["openapi.json"]),
        .systemLibrary(
            name: "CJemalloc", pkgConfig: isSanitized ? nil : "jemalloc",
            providers: [.apt(["libjemalloc-dev"])]),
        .target(
            name: "InternalSystem", dependencies: ["CSwitchyard"], swiftSettings: settings),
        .target(name: "JSONScan", dependencies: ["CSwitchyard"], swiftSettings: settings),
        .target(name: "EventPattern", dependencies: ["JSONScan"], swiftSettings: settings),
        .target(
            name: "EventMatching",
            dependencies: ["CSwitchyard", "EventPattern", "InternalSystem", "JSONScan"],
            swiftSettings: settings),
        .target(
            name: "EventArchive", dependencies: ["CSwitchyard", "InternalSystem"],
            swiftSettings: settings),
        .target(
            name: "EventPipeline",
            dependencies: [
                "InternalSystem", .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings),
        // How the commands of both programs print, end and are stopped.
        .target(
            name: "CommandOutput",
            dependencies: [
                "EventEnvelope", "InternalSystem", "JSONScan",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .target(
            name: "LoadReporting",
            dependencies: [
                "CReportPage", "CommandOutput", "EventPipeline", "InternalSystem",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .target(name: "EventWorkload", swiftSettings: settings),
        .target(name: "MemoryMeasures", dependencies: ["CJemalloc"], swiftSettings: settings),
        .target(
            name: "EventEnvelope", dependencies: ["EventArchive", "InternalSystem", "JSONScan"],
            swiftSettings: settings),
        .target(
            name: "EventInput", dependencies: ["EventEnvelope", "JSONScan"],
            swiftSettings: settings),
        .target(name: "EventSchedule", dependencies: ["EventEnvelope"], swiftSettings: settings),
        .target(
            name: "RoutingInterface", dependencies: ["EventArchive"],
            swiftSettings: settings),
        .target(
            name: "EventDelivery",
            dependencies: [
                "EventArchive", "EventEnvelope", "EventInput", "EventMatching", "EventPipeline",
                "InternalSystem", "JSONScan", "RoutingInterface",
            ], swiftSettings: settings),
        .target(
            name: "EventRouting",
            dependencies: [
                "CSwitchyard", "EventArchive", "EventEnvelope", "EventMatching", "EventPipeline",
                "InternalSystem", "JSONScan", "RoutingInterface",
            ], swiftSettings: settings),
        .target(
            name: "EventReplay",
            dependencies: [
                "EventArchive", "EventEnvelope", "EventInput", "EventMatching", "EventPattern",
                "EventPipeline", "InternalSystem", "JSONScan",
            ], swiftSettings: settings),
        .target(
            name: "Switchyard",
            dependencies: [
                "CSwitchyard", "EventArchive", "EventDelivery", "EventEnvelope", "EventInput",
                "EventMatching",
                "EventPattern", "EventPipeline", "EventReplay", "EventRouting", "EventSchedule",
                "InternalSystem", "JSONScan", "RoutingInterface",
            ], swiftSettings: settings),
        .target(
            name: "SwitchyardHTTP",
            dependencies: [
                "InternalSystem", "Switchyard",
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["HTTP"])),
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
            ], swiftSettings: settings),
        .target(
            name: "SwitchyardMetrics",
            dependencies: [
                "InternalSystem", "Switchyard", .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ], swiftSettings: settings),
        .target(
            name: "AWSWire", dependencies: ["EventEnvelope", "InternalSystem", "JSONScan"],
            swiftSettings: settings),
        .target(
            name: "EventBridgeService",
            dependencies: [
                "AWSWire", "EventDelivery", "EventEnvelope", "EventInput", "EventMatching",
                "EventPattern", "EventReplay", "EventRouting", "EventSchedule",
                "InternalSystem", "JSONScan", "Switchyard",
            ], swiftSettings: settings),
        .target(
            name: "AWSSignature",
            dependencies: [
                "InternalSystem",
                .product(
                    name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Server"])),
            ], swiftSettings: settings),
        .target(
            name: "StateStore",
            dependencies: [
                "InternalSystem", "Switchyard",
                .product(
                    name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Server"])),
            ], swiftSettings: settings),
        .target(
            name: "AWSTargets",
            dependencies: [
                "AWSSignature", "EventDelivery", "EventEnvelope", "EventInput", "InternalSystem",
                "JSONScan", "Switchyard", "SwitchyardHTTP",
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SwitchyardServer",
            dependencies: [
                "AWSSignature", "AWSTargets", "AWSWire", "CAdminDocument", "CommandOutput",
                "EventBridgeService", "EventDelivery", "EventEnvelope", "EventPipeline",
                "InternalSystem", "JSONScan", "LoadReporting", "StateStore", "Switchyard",
                "SwitchyardMetrics",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Server"])),
                .product(
                    name: "Hummingbird", package: "hummingbird",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "HummingbirdCore", package: "hummingbird",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "Logging", package: "swift-log", condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(
                    name: "NIOSSL", package: "swift-nio-ssl",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "UnixSignals", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "SystemPackage", package: "swift-system",
                    condition: .when(traits: ["Server"])),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SwitchyardTool",
            dependencies: [
                "CommandOutput", "Switchyard", "EventArchive", "EventMatching", "EventPattern",
                "EventPipeline", "EventWorkload", "InternalSystem", "JSONScan", "LoadReporting",
                "MemoryMeasures",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["InternalSystem", "JSONScan"],
            path: "Tests/TestSupport", swiftSettings: settings),
        // What every configuration store promises, for the tests of each.
        .target(
            name: "StoreConformance", dependencies: ["Switchyard", "TestSupport"],
            path: "Tests/StoreConformance", swiftSettings: settings),
        .target(
            name: "HTTPTestSupport",
            dependencies: [
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["HTTP"])),
            ], path: "Tests/HTTPTestSupport", swiftSettings: settings),
        // Holds the diagram of modules in the README to what is.
        .testTarget(name: "ModuleOrderTests", swiftSettings: settings),
        .testTarget(
            name: "InternalSystemTests",
            dependencies: ["CSwitchyard", "InternalSystem", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "JSONScanTests", dependencies: ["JSONScan", "CSwitchyard", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EventPatternTests", dependencies: ["EventPattern", "JSONScan", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EventMatchingTests",
            dependencies: ["EventMatching", "EventPattern", "JSONScan", "TestSupport"],
            exclude: ["Fixtures"],
            swiftSettings: settings),
        .executableTarget(
            name: "ArchiveAppender", dependencies: ["EventArchive", "TestSupport"],
            path: "Tests/ArchiveAppender", swiftSettings: settings),
        .testTarget(
            name: "EventArchiveTests",
            dependencies: [
                "ArchiveAppender", "EventArchive", "CSwitchyard", "InternalSystem", "TestSupport",
            ],
            exclude: ["Format/Golden", "Format/Python"],
            swiftSettings: settings),
        .testTarget(
            name: "EventPipelineTests",
            dependencies: ["EventPipeline", "InternalSystem", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EventWorkloadTests",
            dependencies: [
                "EventWorkload", "EventMatching", "EventPattern", "JSONScan", "TestSupport",
            ], swiftSettings: settings),
        .testTarget(
            name: "EventEnvelopeTests",
            dependencies: [
                "EventArchive", "EventEnvelope", "EventWorkload", "JSONScan", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EventInputTests",
            dependencies: ["EventEnvelope", "EventInput", "JSONScan", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EventScheduleTests",
            dependencies: ["EventEnvelope", "EventSchedule", "JSONScan", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EventDeliveryTests",
            dependencies: [
                "EventArchive", "EventDelivery", "EventEnvelope", "EventInput", "EventMatching",
                "EventPipeline", "InternalSystem", "JSONScan", "RoutingInterface", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EventReplayTests",
            dependencies: [
                "EventArchive", "EventEnvelope", "EventMatching", "EventReplay", "EventWorkload",
                "JSONScan", "TestSupport",
            ], swiftSettings: settings),
        .executableTarget(
            name: "RouterVictim", dependencies: ["Switchyard"], path: "Tests/RouterVictim",
            swiftSettings: settings),
        .testTarget(
            name: "SwitchyardMetricsTests",
            dependencies: [
                "SwitchyardMetrics", "TestSupport",
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ], swiftSettings: settings),
        .testTarget(
            name: "SwitchyardTests",
            dependencies: [
                "RouterVictim",
                "EventArchive", "EventDelivery", "EventEnvelope", "EventMatching", "EventPipeline",
                "EventReplay", "EventRouting", "EventWorkload", "InternalSystem", "JSONScan",
                "MemoryMeasures", "StoreConformance", "Switchyard", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SwitchyardHTTPTests",
            dependencies: [
                "HTTPTestSupport", "Switchyard", "SwitchyardHTTP", "TestSupport",
                .product(
                    name: "NIOCore", package: "swift-nio", condition: .when(traits: ["HTTP"])),
                .product(
                    name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["HTTP"])),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AWSWireTests", dependencies: ["AWSWire", "JSONScan", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EventBridgeServiceTests",
            dependencies: [
                "AWSWire", "EventBridgeService", "EventEnvelope", "EventPipeline", "EventReplay",
                "EventRouting", "InternalSystem",
                "Switchyard", "TestSupport",
            ], swiftSettings: settings),
        .testTarget(
            name: "AWSSignatureTests", dependencies: ["AWSSignature", "TestSupport"],
            exclude: ["Python"], swiftSettings: settings),
        .executableTarget(
            name: "StateStoreVictim", dependencies: ["StateStore", "Switchyard"],
            path: "Tests/StateStoreVictim", swiftSettings: settings),
        .testTarget(
            name: "StateStoreTests",
            dependencies: [
                "StateStore", "StateStoreVictim", "StoreConformance", "Switchyard", "TestSupport",
                .product(
                    name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Server"])),
            ], swiftSettings: settings),
        .testTarget(
            name: "AWSTargetsTests",
            dependencies: [
                "AWSSignature", "AWSTargets", "EventDelivery", "HTTPTestSupport", "InternalSystem",
                "JSONScan", "Switchyard", "TestSupport",
                .product(
                    name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
            ], swiftSettings: settings),
        .testTarget(
            name: "SwitchyardToolTests",
            dependencies: ["SwitchyardTool", "EventWorkload", "JSONScan", "TestSupport"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

// For CI's further builds, each of which needs a part of the tests: the targets that are named, and what
// they are made of.
if let chosen = Context.environment["SWITCHYARD_TEST_TARGETS"] {
    var wanted = Set(chosen.split(whereSeparator: \.isWhitespace).map(String.init))
    var known = 0
    while known < wanted.count {
        known = wanted.count
        for target in package.targets where wanted.contains(target.name) {
            for dependency in target.dependencies {
                switch dependency {
                case .targetItem(let name, _), .byNameItem(let name, _): wanted.insert(name)
                default: break
                }
            }
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products = []
}
