// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// gRPC, its transport and HTTP cost most of a first build: what only talking to real servers needs stands behind a trait.
let grpc: [Target.Dependency] = [
  .product(name: "GRPCCore", package: "grpc-swift-2", condition: .when(traits: ["GRPC"])),
  .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf", condition: .when(traits: ["GRPC"])),
  .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOFoundationCompat", package: "swift-nio", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOHPACK", package: "swift-nio-http2", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["GRPC"])),
]
let asyncHTTPClient: Target.Dependency = .product(
  name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["GRPC"]))
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
  name: "hindcast",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "HindcastReplay", targets: ["HindcastReplay"]),
    .library(name: "HindcastLua", targets: ["HindcastLua"]),
    .library(name: "HindcastSwift", targets: ["HindcastSwift"]),
    // With the modules whose types tests handle: histories, activities, calls of the service.
    .library(
      name: "HindcastTesting",
      targets: [
        "HindcastTesting", "HindcastHistory", "HindcastCore", "HindcastWorker", "HindcastCalls", "HindcastHTTP",
        "TemporalAPI", "TemporalServiceAPI",
      ]),
    // Links XCTest and Swift Testing: for test targets only.
    .library(name: "HindcastTestKit", targets: ["HindcastTestKit", "HindcastReplay", "HindcastReport"]),
    .library(
      name: "HindcastService", targets: ["HindcastService", "HindcastCalls", "TemporalAPI", "TemporalServiceAPI"]),
    .executable(name: "hindcast", targets: ["hindcast"]),
  ],
  traits: [
    .trait(name: "GRPC", description: "The gRPC client and everything that talks to a real Temporal server"),
    .trait(name: "Server", description: "hindcast run: the in-process server and its SQLite store"),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf.git", from: "2.4.1"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.33.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swhitty/FlyingFox.git", from: "0.27.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CLuaHost", dependencies: ["CLua"]),
    .target(name: "CTaskHooks"),

    .target(name: "TemporalAPI", dependencies: [protobuf]),
    .target(name: "TemporalServiceAPI", dependencies: ["TemporalAPI", protobuf]),
    .target(name: "HindcastRecords", dependencies: ["TemporalAPI", "TemporalServiceAPI", protobuf]),

    .target(name: "HindcastHistory", dependencies: ["TemporalAPI", "CZlib", protobuf], swiftSettings: strict),
    .target(name: "HindcastRegistry", dependencies: ["CYAML"], swiftSettings: strict),
    .target(name: "HindcastCore", dependencies: ["HindcastHistory", "TemporalAPI", protobuf], swiftSettings: strict),
    .target(
      name: "HindcastLua",
      dependencies: [
        "HindcastCore", "HindcastHistory", "HindcastRegistry", "HindcastHTTP", "TemporalAPI", "CLuaHost", "CZlib",
        protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastLint", dependencies: ["HindcastCore", "HindcastLua", "HindcastRegistry"], swiftSettings: strict),
    .target(
      name: "HindcastSwift", dependencies: ["CTaskHooks", "HindcastCore", "HindcastHistory", "TemporalAPI", protobuf],
      swiftSettings: strict),
    .target(
      name: "HindcastReplay",
      dependencies: ["HindcastCore", "HindcastHistory", "HindcastRegistry", "TemporalAPI", protobuf],
      swiftSettings: strict),
    .target(
      name: "HindcastReport",
      dependencies: [
        "HindcastReplay", "HindcastCore", "HindcastHistory", "TemporalAPI", protobuf,
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastPages",
      dependencies: [
        "HindcastReport", "HindcastReplay", "HindcastCore", "HindcastHistory", "HindcastCalls", "TemporalAPI",
        "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastCalls", dependencies: ["TemporalAPI", "TemporalServiceAPI", protobuf], swiftSettings: strict),
    .target(
      name: "HindcastServer",
      dependencies: [
        "HindcastCalls", "HindcastRecords", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI", protobuf,
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastService",
      dependencies: [
        "HindcastServer", "HindcastCalls", "HindcastRecords", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI",
        protobuf, .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "hindcast-bridge",
      dependencies: ["HindcastService", "HindcastServer", "HindcastCalls", "TemporalAPI", protobuf],
      path: "Tools/oracle/OracleBridge", swiftSettings: strict),
    .target(
      name: "HindcastWorker",
      dependencies: [
        "HindcastCalls", "HindcastCore", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI", protobuf, metrics,
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastHTTP",
      dependencies: [
        asyncHTTPClient, .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["GRPC"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["GRPC"])),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["GRPC"])),
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastEndpoint",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["GRPC"])),
        .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["GRPC"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["GRPC"])),
      ],
      swiftSettings: strict),
    .target(name: "HindcastMetrics", dependencies: ["HindcastEndpoint", metrics], swiftSettings: strict),
    .target(
      name: "HindcastFetch",
      dependencies: [
        "HindcastCalls", "HindcastHistory", "HindcastHTTP", "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastShadow",
      dependencies: [
        "HindcastFetch", "HindcastWorker", "HindcastSwift", "HindcastReplay", "HindcastCalls", "HindcastCore",
        "HindcastHistory", "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastVerify",
      dependencies: [
        "HindcastCalls", "HindcastReplay", "HindcastCore", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI",
        protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastGateway",
      dependencies: [
        "HindcastCalls", "HindcastEndpoint", "HindcastHistory", "HindcastRegistry", "TemporalAPI", "TemporalServiceAPI",
        protobuf,
      ] + grpc,
      swiftSettings: strict),
    .target(
      name: "HindcastApp",
      dependencies: [
        "HindcastWorker", "HindcastLua", "HindcastRegistry", "HindcastCore", "HindcastHistory", "HindcastHTTP",
        "HindcastCalls", "TemporalAPI", "TemporalServiceAPI", protobuf, metrics,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastTesting",
      dependencies: [
        "HindcastApp", "HindcastService", "HindcastServer", "HindcastCalls", "HindcastWorker", "HindcastLua",
        "HindcastSwift", "HindcastRegistry", "HindcastCore", "HindcastHistory", "HindcastHTTP", "TemporalAPI",
        "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "HindcastTestKit",
      dependencies: [
        "HindcastTesting", "HindcastReport", "HindcastReplay", "HindcastLua", "HindcastRegistry", "HindcastCore",
        "HindcastHistory",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "hindcast",
      dependencies: [
        .target(name: "HindcastApp", condition: .when(traits: ["GRPC", "Server"])),
        .target(name: "HindcastTesting", condition: .when(traits: ["Server"])),
        .target(name: "HindcastService", condition: .when(traits: ["Server"])),
        .target(name: "HindcastServer", condition: .when(traits: ["Server"])),
        .target(name: "HindcastCalls", condition: .when(traits: ["GRPC", "Server"])),
        "HindcastReport", "HindcastReplay", "HindcastLint", "HindcastLua", "HindcastRegistry", "HindcastHistory",
        "HindcastCore",
        .target(name: "HindcastWorker", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastGateway", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastHTTP", condition: .when(traits: ["GRPC", "Server"])),
        .target(name: "HindcastEndpoint", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastMetrics", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastFetch", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastShadow", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastPages", condition: .when(traits: ["GRPC"])),
        .target(name: "HindcastVerify", condition: .when(traits: ["GRPC"])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "ReplayBenchmark",
      dependencies: [
        "HindcastCore", "HindcastHistory", "HindcastLua", "HindcastRegistry", "HindcastReplay", "HindcastTestSupport",
      ],
      path: "Tools/benchmarks/ReplayBenchmark", swiftSettings: strict),
    .executableTarget(
      name: "ServiceBenchmark",
      dependencies: [
        "HindcastService", "HindcastServer", "HindcastWorker", "HindcastSwift", "HindcastCalls", "HindcastHistory",
        "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      path: "Tools/benchmarks/ServiceBenchmark", swiftSettings: strict),
    .executableTarget(
      name: "CrashTest",
      dependencies: [
        "HindcastService", "HindcastServer", "HindcastCalls", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI",
        protobuf,
      ],
      path: "Tools/crash/CrashTest", swiftSettings: strict),
    .target(
      name: "HindcastTestSupport", dependencies: ["HindcastCore", "HindcastHistory", "TemporalAPI", protobuf],
      path: "Tests/HindcastTestSupport", swiftSettings: strict),
    .testTarget(
      name: "HindcastHistoryTests", dependencies: ["HindcastTestSupport", "HindcastHistory", "TemporalAPI", protobuf],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastRegistryTests", dependencies: ["HindcastTestSupport", "HindcastRegistry"], swiftSettings: strict),
    .testTarget(
      name: "HindcastCoreTests",
      dependencies: ["HindcastTestSupport", "HindcastCore", "HindcastHistory", "TemporalAPI", protobuf],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastLuaTests",
      dependencies: [
        "CLua", "HindcastTestSupport", "HindcastLua", "HindcastCore", "HindcastHistory", "HindcastHTTP",
        "HindcastRegistry", "TemporalAPI", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastLintTests",
      dependencies: ["hindcast", "HindcastLint", "HindcastLua", "HindcastRegistry", "HindcastReport", "HindcastCore"],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastSwiftTests",
      dependencies: [
        "HindcastTestSupport", "HindcastSwift", "HindcastReplay", "HindcastCore", "HindcastHistory", "TemporalAPI",
        protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastReplayTests",
      dependencies: [
        "HindcastTestSupport",
        "hindcast", "HindcastReplay", "HindcastReport", "HindcastLua", "HindcastRegistry", "HindcastCore",
        "HindcastHistory", "TemporalAPI", protobuf, .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .testTarget(
      name: "HindcastServerTests",
      dependencies: [
        "HindcastServer", "HindcastCalls", "HindcastRecords", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI",
        protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastTestingTests",
      dependencies: [
        "HindcastTestSupport",
        "HindcastTesting", "HindcastSwift", "HindcastReport", "HindcastRegistry", "HindcastCalls", "HindcastCore",
        "HindcastHistory", "HindcastHTTP", "HindcastWorker", "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastTestKitTests",
      dependencies: [
        "HindcastTestKit", "HindcastTesting", "HindcastSwift", "HindcastReplay", "HindcastCore", "HindcastHistory",
        "HindcastWorker", "TemporalAPI", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastServiceTests",
      dependencies: [
        "CrashTest", "HindcastTestSupport", "HindcastService", "HindcastServer", "HindcastCalls", "HindcastRecords",
        "HindcastHistory",
        "TemporalAPI", "TemporalServiceAPI", protobuf, .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastWorkerTests",
      dependencies: [
        "HindcastTestSupport",
        "HindcastCalls", "HindcastWorker", "HindcastLua", "HindcastCore", "HindcastHistory", "TemporalAPI",
        "TemporalServiceAPI", "HindcastService", "HindcastSwift", "HindcastMetrics", protobuf, metrics,
        .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastPagesTests",
      dependencies: [
        "HindcastTestSupport", "HindcastPages", "HindcastTesting", "HindcastLua", "HindcastRegistry", "HindcastReplay",
        "HindcastCalls",
        "HindcastCore", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastAppTests",
      dependencies: [
        "HindcastTestSupport", "HindcastApp", "HindcastCalls", "HindcastCore", "HindcastHistory", "HindcastHTTP",
        "HindcastLua", "HindcastRegistry", "HindcastServer", "HindcastService", "HindcastSwift", "HindcastWorker",
        "TemporalAPI", "TemporalServiceAPI", protobuf, metrics,
        .product(name: "MetricsTestKit", package: "swift-metrics"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastFetchTests",
      dependencies: [
        "HindcastTestSupport", "HindcastFetch", "HindcastShadow", "HindcastCalls", "HindcastCore", "HindcastHistory",
        "HindcastHTTP", "HindcastLua", "HindcastRegistry", "HindcastReplay", "HindcastService", "HindcastSwift",
        "HindcastWorker", "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastVerifyTests",
      dependencies: [
        "HindcastTestSupport", "HindcastVerify", "HindcastCalls", "HindcastCore", "HindcastHistory", "HindcastReplay",
        "HindcastWorker", "TemporalAPI", "TemporalServiceAPI", protobuf,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HindcastGatewayTests",
      dependencies: [
        "HindcastTestSupport", "hindcast", "HindcastApp", "HindcastCalls", "HindcastEndpoint", "HindcastGateway",
        "HindcastWorker", "HindcastRegistry",
        "HindcastCore", "HindcastHistory", "TemporalAPI", "TemporalServiceAPI", protobuf,
        "HindcastFetch", "HindcastHTTP", "HindcastLua", "HindcastMetrics", "HindcastReplay", "HindcastReport",
        "HindcastServer", "HindcastService", "HindcastShadow",
        .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["GRPC"])),
        .product(name: "FlyingFox", package: "FlyingFox", condition: .when(traits: ["GRPC"])),
        .product(name: "FlyingSocks", package: "FlyingFox", condition: .when(traits: ["GRPC"])),
        .product(name: "X509", package: "swift-certificates", condition: .when(traits: ["GRPC"])),
        .product(name: "SwiftASN1", package: "swift-asn1", condition: .when(traits: ["GRPC"])),
        .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["GRPC"])),
      ] + grpc,
      swiftSettings: strict),
  ]
)
