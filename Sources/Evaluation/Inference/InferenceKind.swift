internal import CInference

/// A runtime of others that executes ONNX files.
package enum InferenceKind: String, Sendable, Hashable, CaseIterable {
  case onnxRuntime = "onnxruntime"
  case openVINO = "openvino"

  /// Its name in sentences.
  package var title: String {
    switch self {
    case .onnxRuntime: "ONNX Runtime"
    case .openVINO: "OpenVINO"
    }
  }

  /// The variable that may name its library.
  package var variable: String { "ESPALIER_\(rawValue.uppercased())" }

  /// What the library is called on the loader's path.
  var names: [String] {
    switch self {
    case .onnxRuntime: ["libonnxruntime.so.1", "libonnxruntime.so"]
    case .openVINO: ["libopenvino_c.so"]
    }
  }

  /// Where its Python package keeps the library.
  var placeInPackages: String {
    switch self {
    case .onnxRuntime: "onnxruntime/capi/libonnxruntime.so.*"
    case .openVINO: "openvino/libs/libopenvino_c.so*"
    }
  }

  var number: Int32 {
    switch self {
    case .onnxRuntime: Int32(ESPINF_ONNXRUNTIME)
    case .openVINO: Int32(ESPINF_OPENVINO)
    }
  }
}
