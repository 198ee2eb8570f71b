// swift-tools-version: 6.3
import PackageDescription

/// Where Espalier's kit for plugins lies.
let kit = Context.environment["ESPALIER_KIT"] ?? "@KIT@"

let package = Package(
  name: "@NAME@",
  products: [.library(name: "@MODULE@", type: .dynamic, targets: ["@MODULE@"])],
  dependencies: [.package(name: "espalier", path: kit)],
  targets: [
    .target(
      name: "@MODULE@",
      // "Architectures" beside it has layers and networks to build search spaces of.
      dependencies: [.product(name: "PluginKit", package: "espalier")],
      linkerSettings: [
        // One exported symbol, and no path of this toolchain in the library.
        .unsafeFlags([
          "-use-ld=lld", "-no-toolchain-stdlib-rpath", "-Xlinker",
          "--version-script=\(Context.packageDirectory)/exports.map", "-Xlinker", "--gc-sections",
        ])
      ]
    )
  ]
)
