// swift-tools-version: 6.3
import PackageDescription

/// Where Espalier's sources lie.
let espalier = Context.environment["ESPALIER_SOURCE"] ?? "../.."

let package = Package(
  name: "golden",
  products: [.library(name: "Golden", type: .dynamic, targets: ["Golden"])],
  dependencies: [.package(name: "espalier", path: espalier)],
  targets: [
    .target(
      name: "Golden",
      dependencies: [.product(name: "PluginKit", package: "espalier")],
      linkerSettings: [
        // One exported symbol, no path of this toolchain, nothing that is not used.
        .unsafeFlags([
          "-no-toolchain-stdlib-rpath", "-Xlinker",
          "--version-script=\(Context.packageDirectory)/exports.map", "-Xlinker", "--gc-sections",
          "-Xlinker", "--strip-all",
        ])
      ]
    )
  ]
)
