internal import Files
internal import Graphs

/// A model in another format than ONNX, known by what it holds.
public struct ForeignModel: Sendable, Hashable {
  /// What it is, such as `a TensorFlow Lite model`.
  public let kind: String
  /// How to get an ONNX file of it.
  public let cure: String

  init(_ kind: String, _ cure: String) {
    self.kind = kind
    self.cure = cure
  }

  /// What a file or folder is; nil for one that nothing is known of.
  ///
  /// - Parameter path: a file, of which the first and the last bytes are looked at, or a folder, whose names are.
  /// - Returns: its kind and the cure.
  public static func recognized(at path: String) -> ForeignModel? {
    do {
      return ForeignFile(try File.mapped(path), name: FilePath.name(of: path)).model
    } catch { return error.isFolder ? folder(path) : nil }
  }

  private static func folder(_ path: String) -> ForeignModel {
    let names = ((try? Folder.names(in: path)) ?? []).filter { !$0.hasPrefix(".") }
    func first(_ endings: String...) -> String? {
      names.first { name in endings.contains { name.hasSuffix($0) } }
    }
    if let file = first(".onnx") {
      return ForeignModel("a folder", "name the file: \(path)/\(file)")
    }
    if names.contains("saved_model.pb") || names.contains("saved_model.pbtxt") {
      return .savedModel
    }
    let program = first(".pdmodel") ?? names.first { $0 == "__model__" || $0 == "inference.json" }
    if let program {
      return .paddle(folder: path, program: program, parameters: first(".pdiparams", "__params__"))
    }
    if names.contains("Data"), names.contains("Manifest.json") { return .coreML }
    if first(".xml") != nil, first(".bin") != nil { return .openVINO }
    if first(".cfg") != nil || first(".weights") != nil { return .darknet }
    if let file = first(
      ".pt",
      ".pth",
      ".safetensors",
      ".tflite",
      ".mlmodel",
      ".engine",
      ".h5",
      ".keras"
    ),
      let inside = recognized(at: "\(path)/\(file)")
    {
      return ForeignModel("a folder with \(file), \(inside.kind)", inside.cure)
    }
    return ForeignModel("a folder", "name an ONNX file")
  }
}

extension ForeignModel {
  static let pyTorch = ForeignModel(
    "a PyTorch file",
    "export the network from Python: torch.onnx.export(network, example, \"model.onnx\")"
  )
  static let savedModel = ForeignModel(
    "a TensorFlow SavedModel",
    "convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx"
  )
  static let frozenGraph = ForeignModel(
    "a TensorFlow graph",
    "convert it: python -m tf2onnx.convert --graphdef FILE --inputs NAME:0 --outputs NAME:0 --output model.onnx"
  )
  static let tfLite = ForeignModel(
    "a TensorFlow Lite model",
    "convert it: python -m tf2onnx.convert --tflite FILE --output model.onnx"
  )
  static let keras = ForeignModel(
    "an HDF5 file, as Keras writes models",
    "load it in Python and convert it: tf2onnx.convert.from_keras(network, output_path=\"model.onnx\")"
  )
  static let coreML = ForeignModel(
    "a Core ML model",
    "export the network to ONNX from the program that it was made with"
  )
  static let openVINO = ForeignModel(
    "OpenVINO's form of a model",
    "name the ONNX file that it was converted from"
  )
  static let tensorRT = ForeignModel(
    "a TensorRT engine, which runs on one kind of GPU only",
    "name the ONNX file that it was built from"
  )
  static let darknet = ForeignModel(
    "a darknet model, whose .cfg and .weights belong together",
    "convert both to one ONNX file with a converter for darknet"
  )
  static let safetensors = ForeignModel(
    "a safetensors file, which holds weights and no network",
    "name the network, and this file as 'pretrained' in a recipe"
  )
  static let paddleWeights = ForeignModel(
    "a file of Paddle's parameters, which holds weights and no network",
    "name the network, and this file as 'pretrained' in a recipe; or convert program and parameters with paddle2onnx"
  )

  /// A program of Paddle, with its parameters where they are known.
  static func paddle(folder: String, program: String, parameters: String?) -> ForeignModel {
    ForeignModel(
      "a Paddle model",
      "convert it: paddle2onnx --model_dir \(folder) --model_filename \(program) "
        + "--params_filename \(parameters ?? "PARAMETERS") --save_file model.onnx"
    )
  }
}
