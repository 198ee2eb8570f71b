import Files
import Glibc

/// What single layers take on a machine, by the content of the networks that were timed: a file that grows, and holds what was timed
/// whenever the process ends.
///
/// The first line has a mark and the surroundings: processor, runtime, version, threads. Every other line is a hash of
/// ``key(of:)``, a tab and milliseconds.
package struct LayerTimes: Sendable {
  /// What a file holds that is none of these.
  package struct Fault: Error, Sendable, Hashable {
    package let line: Int
    package let reason: String
  }

  package let path: String
  package let surroundings: String
  private var times: [String: Double] = [:]

  /// Reads the times that a file holds; it need not be there.
  ///
  /// - Throws: ``Fault`` for a file of other surroundings, or none of times; `FileError`.
  package init(_ path: String, surroundings: String) throws {
    self.path = path
    self.surroundings = surroundings
    times = try Self.read(path, surroundings)
  }

  /// The milliseconds of a network by its key; nil where it was not timed.
  package subscript(key: String) -> Double? { times[key] }

  /// Adds times and writes the file, whole or not at all; what another process has added meanwhile stays.
  ///
  /// - Throws: ``Fault``, `FileError`.
  package mutating func add(_ found: [(key: String, milliseconds: Double)]) throws {
    times.merge(try Self.read(path, surroundings)) { _, theirs in theirs }
    for entry in found { times[entry.key] = entry.milliseconds }
    let lines = times.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }
    try Folder.make(FilePath.folder(of: path))
    try File.write("\(Self.mark)\t\(surroundings)\n\(lines.joined())".utf8, to: path)
  }

  /// The file of some surroundings in the cache folder; nil where the environment names none.
  package static func standardPath(
    surroundings: String,
    environment: (String) -> String? = InferenceLocations.variable
  ) -> String? {
    let cache = environment("XDG_CACHE_HOME") ?? environment("HOME").map { "\($0)/.cache" }
    let name = SHA256.hexadecimal(of: Array(surroundings.utf8).span).prefix(16)
    return cache.map { "\($0)/espalier/latency/\(name).tsv" }
  }

  private static let mark = "espalier layer times 1"

  private static func read(_ path: String, _ surroundings: String) throws -> [String: Double] {
    guard File.exists(path) else { return [:] }
    let lines = try File.text(of: path, acceptsPipes: false).split(separator: "\n")
    guard let first = lines.first, first.hasPrefix("\(mark)\t") else {
      throw Fault(line: 1, reason: "this is no file of layer times")
    }
    let found = first.dropFirst(mark.count + 1)
    guard found == surroundings else {
      throw Fault(line: 1, reason: "the times are of '\(found)', here it is '\(surroundings)'")
    }
    var times: [String: Double] = [:]
    for (number, line) in lines.enumerated().dropFirst() {
      let fields = line.split(separator: "\t")
      guard fields.count == 2, let time = Double(fields[1]), time.isFinite, time >= 0 else {
        throw Fault(line: number + 1, reason: "'\(line)' is no hash with its milliseconds")
      }
      times[String(fields[0])] = time
    }
    return times
  }
}
