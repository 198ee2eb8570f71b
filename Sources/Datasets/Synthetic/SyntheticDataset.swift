internal import Files
internal import Dispatch
internal import Synchronization

/// A drawn data set in Pascal VOC's layout: real files to try everything on where there are no others.
package struct SyntheticDataset: Sendable, Hashable {
  package var images: Int
  package var seed: UInt64
  package var size: PixelSize

  /// The number of images of each list; `trainval` is the first two together.
  package struct Lists: Sendable, Hashable {
    package var train: Int
    package var val: Int
    package var test: Int
  }

  package init(images: Int, seed: UInt64, size: PixelSize) {
    self.images = max(1, images)
    self.seed = seed
    self.size = size
  }

  /// Six, two and two tenths; what does not divide goes to `train`.
  package var lists: Lists {
    let fifth = images / 5
    return Lists(train: images - 2 * fifth, val: fifth, test: fifth)
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
    for folder in ["Annotations", "JPEGImages", "ImageSets/Main"] {
      do { try Folder.make("\(root)/\(folder)") } catch {
        throw .missing(path: error.path, wanted: "a folder to write (\(error.reason))")
      }
    }
    let failure = Mutex<DataError?>(nil)
    let done = Mutex(0)
    let stripes = max(1, min(threads, images))
    DispatchQueue.concurrentPerform(iterations: stripes) { stripe in
      for number in stride(from: stripe, to: images, by: stripes) {
        guard failure.withLock({ $0 == nil }) else { return }
        do throws(DataError) { try write(number, to: root) } catch {
          failure.withLock { $0 = $0 ?? error }
        }
        done.withLock { done in
          done += 1
          progress(done)
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    let (train, val) = (lists.train, lists.train + lists.val)
    let parts = [
      ("train", 0..<train), ("val", train..<val), ("trainval", 0..<val), ("test", val..<images),
    ]
    for (name, range) in parts {
      let text = range.map { "\(stem($0))\n" }.joined()
      try Self.write(Array(text.utf8), to: "\(root)/ImageSets/Main/\(name).txt")
    }
  }

  private func stem(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private func write(_ number: Int, to root: String) throws(DataError) {
    let scene = SyntheticScene(size: size, seed: seed, number: number)
    let path = "\(root)/JPEGImages/\(stem(number)).jpg"
    let jpeg: [UInt8]
    do throws(PictureError) { jpeg = try scene.picture.jpeg(quality: 92) } catch {
      throw .problem(error.problem)
    }
    try Self.write(jpeg, to: path)
    let xml = annotation(of: scene, stem(number))
    try Self.write(Array(xml.utf8), to: "\(root)/Annotations/\(stem(number)).xml")
  }

  private func annotation(of scene: SyntheticScene, _ stem: String) -> String {
    var text = """
      <annotation>
        <folder>JPEGImages</folder>
        <filename>\(stem).jpg</filename>
        <size><width>\(size.width)</width><height>\(size.height)</height><depth>3</depth></size>
        <segmented>0</segmented>\n
      """
    for (object, isDifficult) in zip(scene.objects, scene.isDifficult) {
      text += """
          <object>
            <name>\(SyntheticScene.classes[object.category])</name>
            <pose>Unspecified</pose>
            <truncated>0</truncated>
            <difficult>\(isDifficult ? 1 : 0)</difficult>
            <bndbox>
              <xmin>\(Int(object.left))</xmin>
              <ymin>\(Int(object.top))</ymin>
              <xmax>\(Int(object.right))</xmax>
              <ymax>\(Int(object.bottom))</ymax>
            </bndbox>
          </object>\n
        """
    }
    return text + "</annotation>\n"
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(DataError) {
    do { try File.write(bytes, to: path) } catch {
      throw .missing(path: path, wanted: "a file to write (\(error.reason))")
    }
  }
}
