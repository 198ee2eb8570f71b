internal import Files
import Glibc
import Graphs

/// The files beside a model that hold values of its tensors, each mapped once.
struct ExternalFiles {
  private let folder: String?
  private var mapped: [String: Bytes] = [:]

  /// Files in `folder`; nil refuses every one.
  init(folder: String?) { self.folder = folder }

  /// The files that values came from.
  var locations: Set<String> { Set(mapped.keys) }

  /// An error about one tensor.
  func error(
    _ tensor: String,
    _ location: String,
    _ problem: ONNXError.ExternalProblem
  ) -> ONNXError {
    .external(path: nil, tensor: tensor, location: location, problem)
  }

  /// The values of a tensor, `count` bytes, as its `external_data` entries say.
  mutating func bytes(
    of tensor: String,
    entries: [(key: String, value: String)],
    count: Int
  ) throws(ONNXError) -> Bytes {
    let location = entries.last { $0.key == "location" }?.value ?? ""
    let offset = try number("offset", of: tensor, entries, location) ?? 0
    let length = try number("length", of: tensor, entries, location) ?? count
    guard length == count else {
      throw error(tensor, location, .wrongLength(expected: count, found: length))
    }
    let file = try file(location, for: tensor)
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= file.count else {
      throw error(tensor, location, .short(needed: overflow ? Int.max : end, found: file.count))
    }
    return file[offset..<end]
  }

  private func number(
    _ key: String,
    of tensor: String,
    _ entries: [(key: String, value: String)],
    _ location: String
  ) throws(ONNXError) -> Int? {
    guard let text = entries.last(where: { $0.key == key })?.value else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw error(tensor, location, .badNumber(key: key, text))
    }
    return number
  }

  private mutating func file(_ location: String, for tensor: String) throws(ONNXError) -> Bytes {
    if let known = mapped[location] { return known }
    guard let folder else { throw error(tensor, location, .noFolder) }
    let parts = location.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.utf8.contains(0), location.utf8.first != UInt8(ascii: "/"),
      !parts.contains(where: { $0.elementsEqual("..".utf8) })
    else { throw error(tensor, location, .badLocation) }
    guard let root = FilePath.resolved(folder),
      let path = FilePath.resolved(folder + "/" + location)
    else { throw error(tensor, location, .unreadable(code: errno)) }
    guard path.hasPrefix(root == "/" ? "/" : root + "/") else {
      throw error(tensor, location, .outsideFolder)
    }
    do {
      let bytes = try File.mapped(path)
      mapped[location] = bytes
      return bytes
    } catch { throw self.error(tensor, location, .unreadable(code: error.code)) }
  }
}
