import Foundation
import ModelFormats
import TestSupport
import Testing

/// Models of other programs, known by what they hold and not by their names.
struct ForeignModelTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Bytes from text, of which each character stands for one.
  private static func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private func kind(_ bytes: [UInt8], _ name: String = "model.onnx") throws -> ForeignModel? {
    let path = "\(folder.url.path)/\(name)"
    try Data(bytes).write(to: URL(filePath: path))
    return ForeignModel.recognized(at: path)
  }

  private static let padding = String(repeating: "\0", count: 40)

  @Test(arguments: [
    ("\u{89}HDF\r\n\u{1A}\n" + padding, "Keras"),
    ("\u{1C}\0\0\0TFL3" + padding, "TensorFlow Lite"),
    ("ftrt" + padding, "TensorRT"), ("ptrt" + padding, "TensorRT"),
    ("\u{20}\0\0\0ORTM" + padding, "ONNX Runtime's"),
    ("PK\u{3}\u{4}" + padding + "archive/data.pkl" + padding, "PyTorch"),
    ("PK\u{3}\u{4}" + padding + "model/constants.pkl" + padding, "PyTorch"),
    ("PK\u{3}\u{4}" + padding + "model.weights.h5" + padding, "Keras"),
    ("PK\u{3}\u{4}" + padding + "w.npy" + padding, "NumPy"),
    ("PK\u{3}\u{4}" + padding, "zip"),
    (
      "\u{80}\u{2}\u{8A}\u{A}\u{6C}\u{FC}\u{9C}\u{46}\u{F9}\u{20}\u{6A}\u{A8}\u{50}\u{19}."
        + padding, "PyTorch"
    ),
    ("\u{80}\u{2}ctorch._utils\n_rebuild_tensor_v2\n" + padding, "PyTorch"),
    ("\u{80}\u{4}\u{95}}\u{8C}\u{1A}StructuredToParameterName@@" + padding, "Paddle"),
    ("\u{80}\u{3}}q\0." + padding, "pickle"),
    ("\0\0\0\0\u{2}\0\0\0\u{5}\0\0\0" + padding, "darknet"),
    ("\0\0\0\0\u{1}\0\0\0\0\0\0\0" + padding, "darknet"),
    ("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" + padding, "Paddle's parameters"),
    ("\u{8}\0\0\0\0\0\0\0{\"a\":{}}", "safetensors"),
    ("# YOLOv3\n\n[net]\nbatch=1\n", "darknet"), ("[network]\n", "darknet"),
    ("<?xml version=\"1.0\"?>\n<net name=\"a\" version=\"11\">", "OpenVINO"),
    ("\u{EF}\u{BB}\u{BF}<?xml version=\"1.0\"?>\n<net name=\"a\">", "OpenVINO"),
    ("<!DOCTYPE html><html>", "web page"),
    ("7767517\n3 3\n", "ncnn"),
    ("name: \"net\"\nlayer {\n}\n", "Caffe"),
    ("\u{A}\u{20}\u{8}\0\u{10}\u{FF}\u{FF}\u{FF}\u{FF}" + padding, "Paddle"),
    ("\u{A}\u{A5}\u{2}\u{8}\0\u{10}\u{FF}\u{FF}\u{FF}\u{FF}" + padding, "Paddle"),
    ("\u{A}\u{20}\u{A}\u{1}x\u{12}\u{B}Placeholder" + padding, "TensorFlow graph"),
    ("\u{8}\u{1}\u{12}\u{90}\u{1}\u{A}\u{5}" + padding, "SavedModel"),
    // Version 4, then field 500: a neural network.
    ("\u{8}\u{4}\u{A2}\u{1F}\u{2}\u{8}\u{1}" + "\u{12}\u{2}\u{8}\u{1}", "Core ML"),
  ])
  func `a file of another program is known by its bytes`(text: String, word: String) throws {
    let found = try #require(try kind(Self.bytes(text)))
    #expect(found.kind.contains(word), "\(found.kind)")
    #expect(!found.cure.isEmpty)
  }

  @Test(arguments: [
    [], [8], [8, 7], Array("hello".utf8), Array("<annotation/>".utf8), Array("a: 1\n".utf8),
    [0, 0, 0, 0], [UInt8](repeating: 255, count: 64),
    // The beginning of an ONNX file: its version and who wrote it.
    [8, 7, 0x12, 7] + Array("pytorch".utf8) + [0x1A, 5] + Array("1.7.0".utf8) + [0x3A, 0x80, 0x90],
  ])
  func `what nothing is known of is not called anything`(bytes: [UInt8]) throws {
    #expect(try kind(bytes) == nil)
  }

  @Test(arguments: [
    (["saved_model.pb", "variables/a"], "SavedModel", "tf2onnx"),
    (
      ["__model__", "__params__"], "Paddle",
      "--model_filename __model__ --params_filename __params__"
    ),
    (["inference.pdmodel", "inference.pdiparams"], "Paddle", "inference.pdiparams"),
    (["inference.json", "inference.pdiparams"], "Paddle", "--model_filename inference.json"),
    (["yolo.cfg", "yolo.weights"], "darknet", "convert"),
    (["model.xml", "model.bin"], "OpenVINO", "ONNX file"),
    (["Manifest.json", "Data/a"], "Core ML", "ONNX"),
    (["model.onnx", "model.bin"], "a folder", "/model.onnx"),
    (["readme.txt"], "a folder", "name an ONNX file"),
    ([], "a folder", "name an ONNX file"),
  ])
  func `a folder is known by the names in it`(
    names: [String],
    word: String,
    cure: String
  ) throws {
    let root = "\(folder.url.path)/exported"
    for name in [""] + names {
      let path = URL(filePath: "\(root)/\(name)")
      try FileManager.default.createDirectory(
        at: name.isEmpty ? path : path.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      if !name.isEmpty { try Data([1]).write(to: path) }
    }
    let model = ForeignModel.recognized(at: root)
    let found = try #require(model)
    #expect(found.kind.contains(word), "\(found)")
    #expect(found.cure.contains(cure), "\(found)")
  }

  @Test func `a path that leads nowhere is not called anything`() {
    #expect(ForeignModel.recognized(at: "\(folder.url.path)/none") == nil)
  }
}
