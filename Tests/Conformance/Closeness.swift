import Graphs

/// Comparison as ONNX's own runner does it: same type, same shape, values within a relative and an absolute tolerance.
struct Closeness: Sendable {
  let rtol: Double
  let atol: Double

  /// What differs, or nil.
  func difference(_ found: Constant, _ expected: Constant) -> String? {
    guard found.type == expected.type else {
      return "type \(found.type) instead of \(expected.type)"
    }
    guard found.shape == expected.shape else {
      return "shape \(found.shape) instead of \(expected.shape)"
    }
    if expected.type == .string {
      return found.strings == expected.strings ? nil : "strings differ"
    }
    guard let a = values(found), let b = values(expected) else {
      return found.bytes == expected.bytes ? nil : "bytes differ"
    }
    // As onnx.backend.test.runner: two units in the last place of bfloat16.
    let rtol = expected.type == .bfloat16 ? max(rtol, 0x1p-6) : rtol
    var worst = 0.0
    var wrong = 0
    for (x, y) in zip(a, b) where !(x == y || (x.isNaN && y.isNaN)) {
      let error = abs(x - y)
      if error <= atol + rtol * abs(y) { continue }
      wrong += 1
      worst = max(worst, error.isNaN ? .infinity : error)
    }
    return wrong == 0 ? nil : "\(wrong) of \(b.count) values differ, by up to \(worst)"
  }

  private func values(_ constant: Constant) -> [Double]? {
    switch constant.type {
    case .float64: constant.bytes.elements(as: Double.self)
    case .complex64: constant.bytes.elements(as: Float.self).map(Double.init)
    case .complex128: constant.bytes.elements(as: Double.self)
    case .uint64: constant.bytes.elements(as: UInt64.self).map(Double.init)
    default: constant.integers?.map(Double.init) ?? constant.floats?.map(Double.init)
    }
  }
}
