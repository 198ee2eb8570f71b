import Testing

/// Which of our targets each target may import; everything else of ours is refused.
private let allowed: [String: Set<String>] = {
  let layer0: Set<String> = ["Graphs", "CEspalier"]
  let kit: Set<String> = ["PluginKit", "Graphs", "ModelFormats", "Tensors", "CEspalier"]
  let tasks: Set<String> = ["Metrics", "Datasets", "Detection"]
  let models = kit.subtracting(["CEspalier"]).union(["Files", "Operators"])
  let evaluation = models.union(tasks).union(["Models"])
  let mechanism = evaluation.union(["Evaluation", "PluginHost"])
  let recipes = mechanism.union(["Pruning", "Training", "Quantization", "Search"])
  return [
    "Sources/Graphs": [],
    "Sources/Files": ["Graphs"],
    "Sources/Tensors": ["CEspalier"],
    "Sources/ModelFormats": ["Graphs", "Files"],
    "Sources/Architectures": ["Graphs"],
    "Sources/Metrics": [],
    "Sources/YAML": ["CYAML"],
    "Sources/Operators": ["Graphs", "Tensors"],
    "Sources/Datasets": [
      "Graphs", "Files", "Metrics", "YAML", "CImages", "CSimdJSON", "CExpat", "CMatIO",
    ],
    "Sources/Detection": kit.subtracting(["CEspalier"]).union([
      "Operators", "Architectures", "Metrics", "Datasets",
    ]),
    "Sources/PluginKit": layer0.union(["ModelFormats", "Tensors"]),
    "Sources/Processes": ["CWorker"],
    "Sources/PluginHost": kit.union([
      "Files", "CGuard", "CSodium", "CDebugInfo", "Processes", "CWorker",
    ]),
    "Sources/Packaging": ["PluginHost", "Files", "Graphs", "CGuard", "CArchive"],
    "Sources/Models": models.union(["Architectures"]),
    "Sources/Evaluation": evaluation.union(["CInference"]),
    "Sources/Pruning": mechanism.union(["Architectures"]),
    "Sources/Training": mechanism,
    "Sources/Quantization": mechanism.union(["Training"]),
    "Sources/Search": mechanism.union(["Pruning", "Training"]),
    "Sources/Recipes": recipes.union(["YAML", "CSQLite"]),
    "Sources/Validation": mechanism.union(["Pruning", "Architectures", "Processes", "CWorker"]),
    "Sources/Reports": recipes.union(["Recipes", "Validation"]),
    "Sources/espalier": recipes.union([
      "Recipes", "Reports", "Packaging", "Processes", "Validation",
    ]),
    "Sources/TestSupport": ["Graphs", "ModelFormats", "Tensors", "Operators"],
    "Plugins": kit.union(["Architectures"]),
  ]
}()

private let ours: Set<String> = [
  "Graphs", "Files", "CEspalier", "CGuard", "TorchRuntime", "CFFI", "CYAML", "YAML", "CExpat",
  "CSQLite",
  "CMatIO", "CSodium", "CArchive", "CDebugInfo", "Packaging", "CImages", "CInference",
  "ImageKernels", "CSimdJSON", "Tensors", "ModelFormats",
  "Metrics", "Datasets", "Detection", "Architectures", "Operators", "PluginKit", "PluginHost",
  "Models", "Evaluation", "Pruning", "Training", "Quantization", "Search", "Recipes", "Reports",
  "TestSupport", "espalier", "CWorker", "Processes", "Validation",
]

struct ImportDirectionTests {
  @Test(arguments: allowed.keys.sorted())
  func `imports point one way`(folder: String) throws {
    let files = SourceTree.files(in: folder, endings: ["swift"])
    #expect(!files.isEmpty, "no Swift file in \(folder)")
    for file in files {
      for module in try SourceTree.imports(file) where ours.contains(module) {
        #expect(allowed[folder]?.contains(module) == true, "\(file) imports \(module)")
      }
    }
  }

  @Test(arguments: [
    "Sources/Graphs", "Sources/Files", "Sources/ModelFormats", "Sources/Tensors",
    "Sources/PluginKit",
  ])
  func `the inner layers do without Foundation`(folder: String) throws {
    for file in SourceTree.files(in: folder, endings: ["swift"]) {
      let outside = try SourceTree.imports(file).filter {
        $0.hasPrefix("Foundation") || $0 == "Dispatch"
      }
      #expect(outside.isEmpty, "\(file) imports \(outside)")
    }
  }

  @Test func `every source folder is in the table`() {
    let folders = Set(
      SourceTree.files(in: "Sources", endings: ["swift"]).compactMap {
        $0.split(separator: "/").prefix(2).joined(separator: "/")
      }
    )
    #expect(folders.subtracting(allowed.keys) == [])
  }
}
