// swift-tools-version: 6.3
// Built on its own, as an outsider would: the only ties to Espalier are PluginKit and Architectures.
import PackageDescription

/// Where Espalier's sources lie.
let espalier = Context.environment["ESPALIER_SOURCE"] ?? "../.."

let package = Package(
  name: "narrow-face",
  products: [.library(name: "NarrowFace", type: .dynamic, targets: ["NarrowFace"])],
  dependencies: [.package(name: "espalier", path: espalier)],
  targets: [
    .target(
      name: "NarrowFace",
      dependencies: [
        .product(name: "PluginKit", package: "espalier"),
        .product(name: "Architectures", package: "espalier"),
      ],
      linkerSettings: [
        // One exported symbol, and no path of this toolchain in the library.
        .unsafeFlags([
          "-no-toolchain-stdlib-rpath", "-Xlinker",
          "--version-script=\(Context.packageDirectory)/exports.map", "-Xlinker", "--gc-sections",
        ])
      ]
    )
  ]
)
