import Evaluation
package import Files
import ModelFormats

/// The checkpoints of a step, by the number of steps done.
package struct CheckpointFolder: Sendable {
  package let path: String
  /// How many of the latest are kept.
  private let keep: Int

  /// The folder, made where it is not there, swept of what killed processes left.
  ///
  /// - Throws: `FileError`.
  package init(_ path: String, keep: Int) throws(FileError) {
    self.path = path
    self.keep = keep
    try Folder.make(path)
    NewFile.removeLeftovers(in: path)
  }

  /// The weights of the best model that was evaluated.
  package var best: String { "\(path)/best.safetensors" }

  /// The file of a number of steps.
  package func file(of step: Int) -> String {
    let digits = "\(step)"
    let zeros = String(repeating: "0", count: max(0, 9 - digits.count))
    return "\(path)/step-\(zeros)\(digits).safetensors"
  }

  /// The numbers of steps that there are files of, rising.
  package func steps() throws(FileError) -> [Int] {
    try Folder.names(in: path).compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
      return Int(name.dropFirst(5).dropLast(12))
    }.sorted()
  }

  /// Writes a checkpoint, then removes those that are no longer kept.
  func write(_ checkpoint: Checkpoint) throws {
    try checkpoint.file.write(to: file(of: checkpoint.step))
    let earlier = try steps().filter { $0 < checkpoint.step }
    for step in earlier.dropLast(keep - 1) { try File.remove(file(of: step)) }
  }

  /// The latest checkpoint that is whole; damaged ones are told of and set aside.
  func latest(tell: (RunEvent) -> Void) throws -> (checkpoint: Checkpoint, path: String)? {
    for step in try steps().reversed() {
      let path = file(of: step)
      do { return (try Checkpoint.read(path), path) } catch let error as Checkpoint.Unusable {
        tell(.damagedCheckpoint("\(error)"))
        try File.remove(path)
      }
    }
    return nil
  }
}
