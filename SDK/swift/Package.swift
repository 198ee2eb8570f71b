// swift-tools-version: 6.3
// Espalier's kit for plugins in Swift: PluginKit, and Architectures for search spaces. Nothing of the program is in it.
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
]

let package = Package(
  name: "espalier",
  products: [
    .library(name: "PluginKit", targets: ["PluginKit"]),
    .library(name: "Architectures", targets: ["Architectures"]),
  ],
  targets: [
    .target(name: "Graphs", swiftSettings: settings),
    .target(name: "CEspalier"),
    .target(name: "Files", dependencies: ["Graphs"], swiftSettings: settings),
    .target(name: "Tensors", dependencies: ["CEspalier"], swiftSettings: settings),
    .target(name: "ModelFormats", dependencies: ["Graphs", "Files"], swiftSettings: settings),
    .target(name: "Architectures", dependencies: ["Graphs"], swiftSettings: settings),
    .target(
      name: "PluginKit",
      dependencies: ["Graphs", "ModelFormats", "Tensors", "CEspalier"],
      swiftSettings: settings
    ),
  ]
)
