internal import Datasets
import FoundationEssentials
package import Graphs

/// Text and data files, read whole and written so that they are there whole or not at all.
package enum WholeFile {
  /// A file that cannot be read or written.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    package let path: String
    /// What was tried: `read` or `write`.
    package let action: String
    private let reason: String

    init(_ action: String, _ path: String, _ error: any Error) {
      self.action = action
      self.path = path
      reason = Self.reason(error)
    }

    /// What was tried on which file, and the system's words.
    package var description: String { "cannot \(action) '\(path)': \(reason)" }

    private static func reason(_ error: any Error) -> String {
      guard let cocoa = error as? CocoaError else { return "\(error)" }
      return switch cocoa.code {
      case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file or folder"
      case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
      case .fileWriteOutOfSpace: "no space is left on the device"
      case .fileWriteFileExists: "a file is there already"
      case .fileWriteVolumeReadOnly: "the file system cannot be written to"
      default: "error \(cocoa.code.rawValue)"
      }
    }
  }

  /// The text of a file, in UTF-8, without a byte order mark; bytes that are no UTF-8 become U+FFFD.
  package static func text(of path: String) throws(Failure) -> String {
    let bytes = try bytes(of: path).elements(as: UInt8.self)
    do { return try TextEncoding.decode(bytes) } catch { throw Failure("read", path, error) }
  }

  /// The bytes of a file.
  package static func bytes(of path: String) throws(Failure) -> Bytes {
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      return unsafe data.withUnsafeBytes { unsafe Bytes(copying: $0) }
    } catch { throw Failure("read", path, error) }
  }

  /// Writes a file under a temporary name in its folder, then renames it.
  package static func write(
    _ bytes: some Collection<UInt8>,
    to path: String
  ) throws(Failure) {
    do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
      throw Failure("write", path, error)
    }
  }

  /// The names in a folder, sorted.
  package static func names(in folder: String) throws(Failure) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
      throw Failure("read", folder, error)
    }
  }

  /// Whether there is something of that name.
  package static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// The path from the root.
  package static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }

  /// Removes a file; one that is not there is no error.
  package static func remove(_ path: String) throws(Failure) {
    guard exists(path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw Failure("write", path, error)
    }
  }

  /// Makes a folder and those above it; one that is there stays as it is.
  package static func makeFolder(_ path: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw Failure("write", path, error) }
  }
}
