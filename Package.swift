// swift-tools-version: 6.3
import PackageDescription

// Where libtorch 2.11 lies: ESPALIER_TORCH, else the cache that `make setup` fills.
let environment = Context.environment
let cacheRoot = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/root")/.cache"
let torch = environment["ESPALIER_TORCH"] ?? "\(cacheRoot)/espalier/torch-2.11.0/torch"
let root = Context.packageDirectory

/// Flags of a shared library that strangers load: one export list, no path of this toolchain in it.
func exportOnly(_ script: String) -> [LinkerSetting] {
  [
    .unsafeFlags([
      "-use-ld=lld", "-no-toolchain-stdlib-rpath", "-Xlinker",
      "--version-script=\(root)/scripts/exports/\(script)",
      "-Xlinker", "--gc-sections",
    ])
  ]
}

/// The built-in plugins, each a folder of Plugins/ that becomes libEspalierNAME.so, and what it imports beside PluginKit.
let builtInPlugins: KeyValuePairs<String, [Target.Dependency]> = [
  "BlazeFaceSpace": ["Architectures"], "Criteria": [], "Distill": [], "Fixed": [], "Quantize": [],
  "Sensitivity": [],
  "Width": [],
]

/// The library of a built-in plugin.
func library(ofBuiltIn name: String) -> Product {
  .library(name: "Espalier\(name)", type: .dynamic, targets: [name])
}

/// The target of a built-in plugin, which sees no more than an outsider's does.
func target(ofBuiltIn name: String, importing others: [Target.Dependency]) -> Target {
  .target(
    name: name,
    dependencies: ["PluginKit"] + others,
    path: "Plugins/\(name)",
    exclude: ["manifest.json"],
    linkerSettings: exportOnly("plugin.map")
  )
}

/// What a mechanism that changes networks may import.
let mechanism: [Target.Dependency] = [
  "Evaluation", "Models", "Graphs", "Files", "ModelFormats", "Tensors", "Operators", "PluginKit",
  "PluginHost", "Metrics", "Datasets", "Detection",
]

let package = Package(
  name: "espalier",
  products: [
    .executable(name: "espalier", targets: ["espalier"]),
    .library(name: "EspalierRuntime", type: .dynamic, targets: ["TorchRuntime"]),
    .library(name: "EspalierImages", type: .dynamic, targets: ["ImageKernels"]),
    .library(name: "PluginKit", targets: ["PluginKit"]),
    .library(name: "Architectures", targets: ["Architectures"]),
    .library(name: "TestSupport", targets: ["TestSupport"]),
  ] + builtInPlugins.map { library(ofBuiltIn: $0.key) },
  targets: [
    // Layer 0
    .target(name: "Graphs"),
    .target(name: "CEspalier", exclude: ["layouts.sha256"]),
    .target(name: "CGuard", dependencies: ["CEspalier", "CFFI"]),
    .target(name: "CWorker"),
    .target(
      name: "TorchRuntime",
      dependencies: ["CEspalier"],
      cxxSettings: [
        .unsafeFlags([
          "-std=c++17", "-I\(torch)/include", "-I\(torch)/include/torch/csrc/api/include",
          "-fvisibility=hidden", "-Wno-everything",
        ])
      ],
      linkerSettings: exportOnly("runtime.map")
        + [.unsafeFlags(["-L\(torch)/lib", "-ltorch_cpu", "-lc10"])]
    ),
    .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(
      name: "CArchive",
      pkgConfig: "libarchive",
      providers: [.apt(["libarchive-dev"])]
    ),
    // Opened at run time too: only its header is needed here.
    .systemLibrary(name: "CMatIO", providers: [.apt(["libmatio-dev"])]),
    // Its OpenCV part is opened at run time: only the header of ImageKernels is needed here.
    .target(
      name: "CImages",
      cxxSettings: [.headerSearchPath("../ImageKernels/include")],
      linkerSettings: [.linkedLibrary("turbojpeg"), .linkedLibrary("spng")]
    ),
    .target(
      name: "ImageKernels",
      cxxSettings: [
        .unsafeFlags(["-I/usr/include/opencv4", "-fvisibility=hidden", "-Wno-everything"])
      ],
      linkerSettings: exportOnly("images.map") + [
        .linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_core"),
      ]
    ),
    .target(
      name: "CDebugInfo",
      cSettings: [.unsafeFlags(["-fvisibility=hidden"])],
      linkerSettings: [.linkedLibrary("dw"), .linkedLibrary("elf")]
    ),
    // ONNX Runtime and OpenVINO, opened at run time: it needs neither to be built.
    .target(name: "CInference", cxxSettings: [.unsafeFlags(["-fvisibility=hidden"])]),
    .target(
      name: "CSimdJSON",
      cxxSettings: [.unsafeFlags(["-fvisibility=hidden", "-Wno-everything"])],
      linkerSettings: [.linkedLibrary("simdjson")]
    ),

    // Layer 1
    .target(name: "Metrics"),
    .target(name: "Processes", dependencies: ["CWorker"]),
    .target(name: "YAML", dependencies: ["CYAML"]),
    .target(name: "Files", dependencies: ["Graphs"]),
    .target(name: "Tensors", dependencies: ["CEspalier"]),
    .target(name: "ModelFormats", dependencies: ["Graphs", "Files"]),
    .target(name: "Architectures", dependencies: ["Graphs"]),

    // Layer 2
    .target(name: "Operators", dependencies: ["Graphs", "Tensors"]),
    .target(name: "PluginKit", dependencies: ["Graphs", "ModelFormats", "Tensors", "CEspalier"]),
    .target(
      name: "Datasets",
      dependencies: [
        "Graphs", "Files", "Metrics", "YAML", "CImages", "CSimdJSON", "CExpat", "CMatIO",
      ]
    ),

    // Layer 3
    .target(
      name: "Detection",
      dependencies: [
        "Graphs", "Tensors", "Operators", "Metrics", "Datasets", "Architectures", "PluginKit",
      ]
    ),
    .target(
      name: "PluginHost",
      dependencies: [
        "PluginKit", "Graphs", "Files", "Tensors", "CGuard", "CEspalier", "CSodium", "CDebugInfo",
        "Processes", "CWorker",
      ]
    ),
    // Plugins as authors make and ship them.
    .target(
      name: "Packaging",
      dependencies: ["PluginHost", "Files", "Graphs", "CGuard", "CArchive"]
    ),
    .target(
      name: "Models",
      dependencies: [
        "Graphs", "Files", "ModelFormats", "Tensors", "Operators", "Architectures", "PluginKit",
      ]
    ),

    // Layer 4
    .target(
      name: "Evaluation",
      dependencies: [
        "Models", "Graphs", "Files", "ModelFormats", "Tensors", "Operators", "PluginKit",
        "Metrics", "Datasets", "Detection", "CInference",
      ]
    ),

    // Layer 5
    .target(name: "Pruning", dependencies: mechanism + ["Architectures"]),
    .target(name: "Training", dependencies: mechanism),

    // Layer 6
    .target(name: "Quantization", dependencies: mechanism + ["Training"]),

    .target(name: "Search", dependencies: mechanism + ["Pruning", "Training"]),

    // Layer 7
    .target(
      name: "Recipes",
      dependencies: mechanism + [
        "Pruning", "Training", "Quantization", "Search", "YAML", "CSQLite",
      ]
    ),

    .target(
      name: "Validation",
      dependencies: mechanism + ["Pruning", "Architectures", "Processes", "CWorker"]
    ),

    // Layer 8
    .target(
      name: "Reports",
      dependencies: [
        "Recipes", "Pruning", "Training", "Quantization", "Search", "Evaluation", "Models",
        "Datasets",
        "Detection", "Files", "Graphs", "Metrics", "Operators", "PluginHost", "PluginKit",
        "Tensors", "Validation",
      ]
    ),
    .executableTarget(
      name: "espalier",
      dependencies: [
        "Packaging", "Recipes", "Pruning", "Training", "Quantization", "Search", "Evaluation",
        "Models",
        "Datasets",
        "Detection", "Files", "Graphs", "Metrics", "ModelFormats", "Operators", "PluginHost",
        "PluginKit", "Reports", "Tensors", "Processes", "Validation",
      ]
    ),

    // Tests
    .target(
      name: "TestSupport",
      dependencies: ["Graphs", "ModelFormats", "Tensors", "Operators"]
    ),
    .testTarget(name: "GraphsTests", dependencies: ["Graphs", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
    .testTarget(
      name: "ModelFormatsTests",
      dependencies: ["ModelFormats", "TestSupport"],
      exclude: ["weights.py"]
    ),
    .testTarget(
      name: "ArchitecturesTests",
      dependencies: [
        "Architectures", "Operators", "ModelFormats", "PluginHost", "PluginKit", "TestSupport",
      ]
    ),
    .testTarget(
      name: "OperatorsTests",
      dependencies: ["Operators", "ModelFormats", "TestSupport"]
    ),
    .executableTarget(
      name: "espalier-conformance",
      dependencies: ["Graphs", "ModelFormats", "Tensors", "Operators"],
      path: "Tests/Conformance",
      exclude: [
        "generate.py", "variants.py", "check-rewritten.py", "exclusions.txt", "failures.txt",
      ]
    ),
    .executableTarget(
      name: "espalier-bench",
      dependencies: [
        "Recipes", "Pruning", "Training", "Quantization", "Search", "Evaluation", "Models",
        "Datasets",
        "Detection", "Files", "Graphs", "Metrics", "ModelFormats", "Operators", "PluginHost",
        "PluginKit", "Tensors",
      ],
      path: "Tests/Performance",
      exclude: [
        "aware.py", "distill.py", "forward.py", "loader.py", "metrics.py", "network.py",
        "peers.py", "program.py", "quantization.py", "quantization_turns.py",
        "quantized_table.py", "sensitivity.py", "steps_table.py", "table.py", "training.py",
      ]
    ),
    .testTarget(
      name: "MetricsTests",
      dependencies: ["Metrics", "TestSupport"],
      exclude: ["coco_cases.py", "voc_cases.py", "wider_cases.py"]
    ),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Metrics", "TestSupport"]),
    .testTarget(
      name: "DetectionTests",
      dependencies: ["Detection", "Datasets", "Metrics", "Tensors", "TestSupport"],
      exclude: ["Supervised/supervised_reference.py", "head_reference.py"]
    ),
    .testTarget(name: "PluginKitTests", dependencies: ["PluginKit", "TestSupport"]),
    .testTarget(
      name: "PluginHostTests",
      dependencies: [
        "PluginHost", "Packaging", "Architectures", "Processes", "Validation", "TestSupport",
      ],
      exclude: ["Fixtures"]
    ),
    .target(
      name: "TestNetworks",
      dependencies: mechanism + ["Pruning", "Training", "Quantization", "TestSupport"],
      path: "Tests/Networks"
    ),
    .testTarget(name: "ModelsTests", dependencies: ["Recipes", "TestNetworks", "TestSupport"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: ["Recipes", "TestNetworks", "TestSupport"],
      exclude: ["multiscale_reference.py"]
    ),
    .testTarget(name: "PruningTests", dependencies: ["Recipes", "TestNetworks", "TestSupport"]),
    .testTarget(name: "TrainingTests", dependencies: ["Recipes", "TestNetworks", "TestSupport"]),
    .testTarget(
      name: "QuantizationTests",
      dependencies: ["Recipes", "TestNetworks", "TestSupport"]
    ),
    .testTarget(
      name: "SearchTests",
      dependencies: ["Recipes", "TestNetworks", "TestSupport"],
      exclude: ["searchers.py"]
    ),
    .testTarget(name: "RecipesTests", dependencies: ["Recipes", "TestNetworks", "TestSupport"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "TestSupport"]),
    .testTarget(
      name: "espalierTests",
      dependencies: ["espalier", "TestSupport"],
      exclude: ["yolox_reference.py"]
    ),
    .testTarget(name: "HouseTests", dependencies: ["Operators", "TestSupport"]),
  ] + builtInPlugins.map { target(ofBuiltIn: $0.key, importing: $0.value) },
  cxxLanguageStandard: .cxx17
)

let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .treatWarning("ExplicitSendable", as: .error),
]
let cTargets: Set<String> = [
  "CDebugInfo", "CEspalier", "CGuard", "CImages", "CInference", "CSimdJSON", "CWorker",
  "ImageKernels", "TorchRuntime",
]
for target in package.targets where target.type != .system && !cTargets.contains(target.name) {
  target.swiftSettings = (target.swiftSettings ?? []) + house
}
