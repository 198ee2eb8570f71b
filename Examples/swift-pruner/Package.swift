// swift-tools-version: 6.3
// Built on its own, as an outsider would: the only tie to Espalier is PluginKit.
import PackageDescription

/// Where Espalier's sources lie.
let espalier = Context.environment["ESPALIER_SOURCE"] ?? "../.."

let package = Package(
  name: "geometric-median",
  products: [.library(name: "GeometricMedian", type: .dynamic, targets: ["GeometricMedian"])],
  dependencies: [.package(name: "espalier", path: espalier)],
  targets: [
    .target(
      name: "GeometricMedian",
      dependencies: [.product(name: "PluginKit", package: "espalier")],
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
