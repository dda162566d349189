// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target, as in the package that is measured.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "switchyard-benchmarks",
    dependencies: [
        // The name, because a checkout's folder can have any other.
        .package(name: "switchyard", path: "../"),
        // Without its traits, which count allocations by standing in for `malloc` and the runtime.
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.0", traits: []),
    ],
    targets: [
        // The folder that holds a benchmark target has to be called "Benchmarks", as this one is.
        .executableTarget(
            name: "SwitchyardBenchmarks",
            dependencies: [
                "SimdjsonReference",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "CSwitchyard", package: "switchyard"),
                .product(name: "EventArchive", package: "switchyard"),
                .product(name: "EventMatching", package: "switchyard"),
                .product(name: "EventWorkload", package: "switchyard"),
                .product(name: "Switchyard", package: "switchyard"),
            ],
            path: "SwitchyardBenchmarks",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "ArchiveAppend",
            dependencies: [
                "StorageReference", .product(name: "CSwitchyard", package: "switchyard"),
                .product(name: "EventArchive", package: "switchyard"),
            ],
            path: "ArchiveAppend", swiftSettings: settings),
        .executableTarget(
            name: "ArchiveRead",
            dependencies: [
                "StorageReference",
                .product(name: "CSwitchyard", package: "switchyard"),
                .product(name: "EventArchive", package: "switchyard"),
                .product(name: "EventMatching", package: "switchyard"),
                .product(name: "EventWorkload", package: "switchyard"),
                .product(name: "Switchyard", package: "switchyard"),
            ],
            path: "ArchiveRead", swiftSettings: settings),
        .target(
            name: "StorageReference", dependencies: ["CLMDB", "CRocksDB", "CSQLite"],
            path: "StorageReference"),
        .systemLibrary(
            name: "CLMDB", path: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(
            name: "CRocksDB", path: "CRocksDB", pkgConfig: "rocksdb",
            providers: [.apt(["librocksdb-dev"])]),
        .systemLibrary(
            name: "CSQLite", path: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "SimdjsonReference", dependencies: ["CSimdjson"], path: "SimdjsonReference"),
        .systemLibrary(
            name: "CSimdjson", path: "CSimdjson", pkgConfig: "simdjson",
            providers: [.apt(["libsimdjson-dev"])]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
