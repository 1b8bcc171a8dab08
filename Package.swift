// swift-tools-version:6.2
import Foundation
import PackageDescription

let coreOnly = ProcessInfo.processInfo.environment["TANDEM_CORE"] == "1"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource]? = nil
)
    -> Target
{
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

// Linked into the tests alone, and only for the sanitizer: to it Mutex is opaque.
let sanitized: [Target.Dependency] = coreOnly ? ["SanitizedMutex"] : []

// What the thread sanitizer builds (TANDEM_CORE=1): where threads meet, and no dependency that takes minutes to build.
let core: [Target] = [
    .systemLibrary(name: "CLibwebsockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
    .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    module("Compression", ["CZlib"]),
    module("Clocks"),
    module("Threads"),
    module("SeededRandomness"),
    module("OrderUpdates", ["Clocks"]),
    module("TransportCore", ["OrderUpdates", "SeededRandomness", "Clocks"]),
    module("Simulation", ["TransportCore", "OrderUpdates", "SeededRandomness", "Clocks"]),
    module("LWS", ["CLibwebsockets", "CNghttp2", "Compression", "Clocks", "Threads"]),
    module("Transports", ["LWS", "Compression", "TransportCore", "OrderUpdates", "Threads", "Clocks", logging]),
    .systemLibrary(name: "CPerfEvents"),
    module("Measurement", ["Compression", "CPerfEvents", "SeededRandomness", "Clocks", histogram]),
    module("ExperimentModel", ["Measurement", "SeededRandomness", "Clocks", yams]),
    module(
        "LoadGeneration",
        ["ExperimentModel", "LWS", "TransportCore", "OrderUpdates", "Measurement", "Threads", "Clocks"]),
    tests("ClocksTests", ["Clocks"]),
    tests("SeededRandomnessTests", ["SeededRandomness"]),
    tests("OrderUpdatesTests", ["OrderUpdates", "SeededRandomness", "Clocks"]),
    tests("TransportCoreTests", ["TransportCore", "OrderUpdates", "Clocks"]),
    tests("CompressionTests", ["Compression", "CZlib", "SeededRandomness"]),
    tests("MeasurementTests", ["Measurement", "Compression", "SeededRandomness", "Clocks"]),
    tests("ExperimentModelTests", ["ExperimentModel", "Measurement", "SeededRandomness", "Clocks"]),
    tests(
        "LoadGenerationTests",
        [
            "LoadGeneration", "ExperimentModel", "Transports", "TransportCore", "OrderUpdates", "Measurement",
            "SeededRandomness", "Threads", "Clocks",
        ] + sanitized),
]

let everything: [Target] =
    core + [
        // One thread: the sanitizer would find nothing in it, and take minutes.
        tests("SimulationTests", ["Simulation", "TransportCore", "OrderUpdates", "Clocks"]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        module("Signatures", ["COpenSSL"]),
        tests("SignaturesTests", ["Signatures"]),
        module("Authentication", ["Signatures", "TransportCore", "OrderUpdates", "Threads", "Clocks"]),
        module("Persistence", ["OrderUpdates", "Threads", "Clocks", grdb]),
        tests(
            "PersistenceTests", ["Persistence", "OrderUpdates", "SeededRandomness", "Clocks"],
            resources: [.copy("Resources")]),
        tests("ThreadsTests", ["Threads", "Persistence", "LWS", "OrderUpdates"]),
        tests(
            "TransportsTests",
            ["Transports", "LWS", "Compression", "TransportCore", "OrderUpdates", "SeededRandomness"],
            resources: [.copy("Resources")]),
        tests(
            "SocketServerTests",
            [
                "Authentication", "Transports", "LWS", "Compression", "TransportCore", "OrderUpdates",
                "SeededRandomness", "Clocks", "Threads",
                logging,
            ]),
        tests(
            "AuthenticationTests", ["Authentication", "Signatures", "TransportCore", "OrderUpdates", "Clocks"],
            resources: [.copy("Resources")]),
        module(
            "ExperimentRunner",
            [
                "ExperimentModel", "LoadGeneration", "Measurement", "TransportCore", "OrderUpdates", "Clocks",
                subprocess,
            ]),
        tests(
            "ExperimentRunnerTests",
            [
                "ExperimentRunner", "LoadGeneration", "ExperimentModel", "Measurement", "TransportCore", "OrderUpdates",
                "Clocks",
            ],
            resources: [.copy("Relay")]),
        module(
            "Reporting", ["Clocks", "ExperimentModel", "Measurement", mustache, subprocess],
            resources: [.embedInCode("Templates")]),
        tests(
            "ReportingTests", ["Reporting", "ExperimentModel", "Measurement", "SeededRandomness"],
            resources: [.copy("Fixtures")]),
        module("Browsers", ["ExperimentRunner", "LWS", "TransportCore", "Clocks", "Threads"]),
        // A browser that is installed is started by `make test-browser` alone.
        tests(
            "BrowserTests",
            [
                "Browsers", "AuthStudy", "Catalog", "ExperimentModel", "ExperimentRunner", "TransportCore", subprocess,
            ]),
        module(
            "AuthStudy",
            [
                "Authentication", "Browsers", "Signatures", "ExperimentModel", "ExperimentRunner", "LoadGeneration",
                "NetworkPaths", "Transports", "LWS", "Measurement", "TransportCore", "OrderUpdates", "Clocks",
                "Threads",
            ], resources: [.embedInCode("Legibility/page.js")]),
        tests(
            "AuthStudyTests",
            [
                "AuthStudy", "Catalog", "Authentication", "ExperimentModel", "ExperimentRunner", "Transports", "LWS",
                "TransportCore", "OrderUpdates", "SeededRandomness", "Clocks", logging,
            ]),
        module("FaultInjection", ["ExperimentModel", "LWS", "TransportCore", "SeededRandomness", "Clocks"] + nio),
        tests(
            "FaultInjectionTests",
            ["FaultInjection", "Catalog", "ExperimentModel", "SeededRandomness", "Clocks"] + nio),
        module("NetworkPaths", ["ExperimentRunner"]),
        tests(
            "NetworkPathsTests",
            [
                "NetworkPaths", "Catalog", "ExperimentRunner", "Transports", "LWS", "TransportCore", "OrderUpdates",
                "Clocks",
            ]),
        module(
            "ReconnectionStudy",
            [
                "ExperimentModel", "ExperimentRunner", "LoadGeneration", "NetworkPaths", "Simulation", "Transports",
                "LWS",
                "Measurement", "TransportCore", "OrderUpdates", "Clocks", "Threads", subprocess,
            ]),
        tests(
            "ReconnectionStudyTests",
            [
                "ReconnectionStudy", "Catalog", "ExperimentModel", "ExperimentRunner", "LoadGeneration",
                "NetworkPaths", "Transports", "LWS", "TransportCore", "OrderUpdates",
            ]),
        module(
            "CapacityStudy",
            ["ExperimentModel", "ExperimentRunner", "Measurement", "TransportCore", "Clocks"]),
        tests("CapacityStudyTests", ["CapacityStudy", "ExperimentModel", "ExperimentRunner"]),
        module(
            "Catalog",
            [
                "Transports", "Authentication", "AuthStudy", "CapacityStudy", "FaultInjection", "NetworkPaths",
                "ReconnectionStudy",
                "ExperimentRunner", "Reporting", "ExperimentModel", "TransportCore",
            ]),
        tests(
            "ConformanceTests",
            [
                "Catalog", "FaultInjection", "NetworkPaths", "ReconnectionStudy", "ExperimentModel", "ExperimentRunner",
                "Transports",
                "LWS", "TransportCore", "OrderUpdates", "SeededRandomness", "Clocks",
            ]),
        .executableTarget(
            name: "tandem",
            dependencies: [
                "Catalog", "AuthStudy", "Browsers", "FaultInjection", "Transports", "Authentication", "Persistence",
                "ExperimentRunner", "Reporting", "ExperimentModel", "Simulation", "LoadGeneration", "Measurement",
                "TransportCore", "OrderUpdates", "LWS", "Clocks", "Threads", arguments,
                logging,
            ],
            swiftSettings: strict),
        // Loaded by a test into the built command, and linked into nothing.
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        // They start the built command, and link nothing of it.
        tests("CommandTests", ["SeededRandomness", subprocess], resources: [.copy("ForeignServer")]),
    ]

// Those of the core, and the rest.
let coreDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
]
let otherDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
]

let package = Package(
    name: "tandem",
    products: coreOnly
        ? [] : [.library(name: "AllocationCounter", type: .dynamic, targets: ["AllocationCounter"])],
    dependencies: coreOnly ? coreDependencies : coreDependencies + otherDependencies,
    targets: coreOnly ? core + [.target(name: "SanitizedMutex", path: "Tests/SanitizedMutex")] : everything
)
