/// How image files are read: the limit on their size, and what to do about what is wrong.
package struct ImageReading: Sendable, Hashable {
  /// The most pixels to decode.
  package var pixelLimit: Int
  package var policy: FaultPolicy
  /// Bytes of pictures to keep in memory; 0 reads each file anew.
  package var cacheBytes: Int
  /// Threads that decode; at least 1.
  package var threads: Int

  package init(
    pixelLimit: Int = Picture.defaultLimit,
    policy: FaultPolicy = .refuse,
    cacheBytes: Int = 1 << 29,
    threads: Int = 2
  ) {
    self.pixelLimit = pixelLimit
    self.policy = policy
    self.cacheBytes = cacheBytes
    self.threads = max(1, threads)
  }

  /// An entry's picture.
  ///
  /// - Throws: ``PictureError`` where the file cannot be decoded whole.
  func picture(of entry: Dataset.Entry) throws(PictureError) -> Picture {
    try Picture.read(entry.path, limit: pixelLimit)
  }

  /// What is wrong with a picture's size, where the annotation states another.
  static func sizeProblem(of entry: Dataset.Entry, _ size: PixelSize) -> DataProblem? {
    guard let stated = entry.size, stated != size else { return nil }
    return DataProblem(
      .wrongSize,
      path: entry.path,
      message:
        "the image is \(size.width) x \(size.height), its annotation says \(stated.width) x \(stated.height)"
    )
  }
}
