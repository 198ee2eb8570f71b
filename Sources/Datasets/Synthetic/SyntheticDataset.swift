internal import Dispatch
internal import Files
internal import Synchronization

/// A drawn data set: real files to try everything on where there are no others.
package struct SyntheticDataset: Sendable {
  package let kind: SyntheticKind
  package let images: Int
  package let seed: UInt64
  package let size: PixelSize
  private let layout: any SyntheticLayout

  /// Pictures of a kind.
  ///
  /// - Parameters:
  ///   - kind: what they show.
  ///   - images: how many there are.
  ///   - seed: what they are drawn by.
  ///   - size: nil takes the kind's own.
  ///   - format: the folder's layout, one of ``SyntheticKind/formats``; nil takes the first of them.
  package init(
    _ kind: SyntheticKind = .shapes,
    images: Int,
    seed: UInt64,
    size: PixelSize? = nil,
    format: DataFormat? = nil
  ) {
    self.kind = kind
    self.images = max(1, images)
    self.seed = seed
    let size = size ?? kind.size
    self.size = size
    layout =
      (format ?? kind.formats.first) == .wider
      ? SyntheticWIDER(images: self.images)
      : SyntheticVOC(images: self.images, size: size, classes: kind.classes)
  }

  /// The lists that share no image, and the number of images of each.
  package var lists: [(name: String, images: Int)] {
    layout.lists.map { ($0.name, $0.scenes.count) }
  }

  /// Draws the folder; the lists come last, so that a folder with lists is whole.
  ///
  /// - Parameters:
  ///   - root: a folder that is empty or not there yet.
  ///   - threads: how many draw at once; it changes no byte.
  ///   - progress: told how many images are done, from one thread at a time.
  /// - Throws: ``DataError`` where the folder holds something already or cannot be written.
  package func write(
    to root: String,
    threads: Int = 2,
    progress: @Sendable (Int) -> Void = { _ in }
  ) throws(DataError) {
    if let found = try? Folder.names(in: root), !found.isEmpty {
      throw .missing(path: root, wanted: "an empty folder, or none yet; it holds '\(found[0])'")
    }
    for folder in layout.folders { try Self.make("\(root)/\(folder)") }
    let failure = Mutex<DataError?>(nil)
    let lines = Mutex([Int: String]())
    let stripes = max(1, min(threads, images))
    DispatchQueue.concurrentPerform(iterations: stripes) { stripe in
      for number in stride(from: stripe, to: images, by: stripes) {
        guard failure.withLock({ $0 == nil }) else { return }
        do throws(DataError) {
          let text = try write(number, to: root)
          lines.withLock { lines in
            lines[number] = text
            progress(lines.count)
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    let known = lines.withLock { $0 }
    for (name, scenes) in layout.lists + layout.unions {
      let text = scenes.compactMap { known[$0] }.joined()
      try Self.write(Array(text.utf8), to: "\(root)/\(layout.file(of: name))")
    }
  }

  /// Draws a scene and writes its files.
  ///
  /// - Returns: what lists have of it.
  private func write(_ number: Int, to root: String) throws(DataError) -> String {
    let scene = kind.scene(size, seed, number)
    let jpeg: [UInt8]
    do throws(PictureError) { jpeg = try scene.picture.jpeg(quality: 92) } catch {
      throw .problem(error.problem)
    }
    let path = "\(root)/\(layout.image(number, scene))"
    if let slash = path.lastIndex(of: "/") { try Self.make(String(path[..<slash])) }
    try Self.write(jpeg, to: path)
    if let (file, text) = layout.annotation(number, scene) {
      try Self.write(Array(text.utf8), to: "\(root)/\(file)")
    }
    return layout.lines(number, scene)
  }

  private static func make(_ folder: String) throws(DataError) {
    do { try Folder.make(folder) } catch {
      throw .missing(path: error.path, wanted: "a folder to write (\(error.reason))")
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(DataError) {
    do { try File.write(bytes, to: path) } catch {
      throw .missing(path: path, wanted: "a file to write (\(error.reason))")
    }
  }
}
