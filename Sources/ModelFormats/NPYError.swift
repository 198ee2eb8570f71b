package import Graphs

/// Why an NPY file cannot be read or written.
package enum NPYError: Error, Sendable, Hashable {
  case notNPY
  case version(Int)
  case header(String)
  case cutOff(needed: Int, found: Int)
  case elementType(String)
  case fortranOrder
  case unwritable(ElementType)
}

extension NPYError: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .notNPY: "not an NPY file; write one with numpy.save"
    case .version(let version): "NPY version \(version) is not known; versions 1 to 3 are"
    case .header(let what): "the NPY header cannot be used: \(what)"
    case .cutOff(let needed, let found):
      "the file is cut off: it needs \(needed) bytes and has \(found)"
    case .elementType(let code):
      "elements of type '\(code)' are not read; convert with x.astype('<f4') or another plain type"
    case .fortranOrder: "the array is in Fortran order; save numpy.ascontiguousarray(x)"
    case .unwritable(let type): "NumPy has no element type for \(type)"
    }
  }
}
