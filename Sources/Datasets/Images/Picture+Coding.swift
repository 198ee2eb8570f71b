internal import Files
internal import CImages

extension Picture {
  /// The most pixels that are decoded unless a caller says otherwise: 100 million.
  package static let defaultLimit = Int(ESPIMG_DEFAULT_MAX_PIXELS)

  /// A decoded picture, and what the decoder complained of where the file is damaged.
  package struct Decoded: Sendable {
    package var picture: Picture
    /// Nil for a sound file.
    package var damage: String?
  }

  /// Reads a JPEG or PNG; a damaged file is refused like a broken one.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the most pixels to decode; checked on the header, before memory is taken.
  /// - Returns: the picture, EXIF rotation not applied.
  /// - Throws: ``PictureError``.
  package static func read(
    _ path: String,
    limit: Int = Picture.defaultLimit
  ) throws(PictureError) -> Picture {
    let decoded = try readWhatIsThere(path, limit: limit)
    if let damage = decoded.damage { throw .damaged(path: path, reason: damage) }
    return decoded.picture
  }

  /// Reads a JPEG or PNG; what a damaged file still holds is returned with the complaint.
  ///
  /// - Throws: ``PictureError`` where nothing can be decoded.
  package static func readWhatIsThere(
    _ path: String,
    limit: Int = Picture.defaultLimit
  ) throws(PictureError) -> Decoded {
    try decode(bytes(of: path), path: path, limit: limit)
  }

  /// The size in a file's header; nothing is decoded.
  ///
  /// - Throws: ``PictureError``.
  package static func headerSize(_ path: String) throws(PictureError) -> PixelSize {
    // Headers of photographs may hold pictures themselves, and end late.
    let start = (try? File.start(of: path, count: 1 << 16)) ?? []
    if start.count == 1 << 16, let size = try? headerSize(of: start, path: path) { return size }
    return try headerSize(of: bytes(of: path), path: path)
  }

  /// Decodes a JPEG or PNG in memory.
  ///
  /// - Parameters:
  ///   - file: the file's bytes.
  ///   - path: how errors name it.
  ///   - limit: the most pixels to decode.
  /// - Returns: the picture, and the decoder's complaint about a damaged file.
  /// - Throws: ``PictureError``.
  package static func decode(
    _ file: [UInt8],
    path: String,
    limit: Int = Picture.defaultLimit
  ) throws(PictureError) -> Decoded {
    let size = try headerSize(of: file, path: path)
    let (pixels, overflow) = size.width.multipliedReportingOverflow(by: size.height)
    guard allows(size), !overflow, pixels <= limit else {
      throw .tooLarge(
        path: path,
        reason: "\(size.width) x \(size.height) pixels; the limit is \(limit) pixels"
      )
    }
    var text = [CChar](repeating: 0, count: 200)
    var status: Int32 = 0
    let picture = unsafe Picture(size: size) { start in
      unsafe status = espimg_decode(
        file,
        file.count,
        Int64(limit),
        start,
        3 * pixels,
        &text,
        text.count
      )
    }
    switch Int(status) {
    case ESPIMG_OK: return Decoded(picture: picture, damage: nil)
    case ESPIMG_DAMAGED: return Decoded(picture: picture, damage: words(text))
    case ESPIMG_TOO_LARGE: throw .tooLarge(path: path, reason: words(text))
    default: throw .broken(path: path, reason: words(text))
    }
  }

  /// The bytes of a JPEG file, 4:2:0, of a quality from 1 to 100.
  ///
  /// - Throws: ``PictureError`` where the encoder refuses.
  package func jpeg(quality: Int) throws(PictureError) -> [UInt8] {
    let (width, height) = (Int32(size.width), Int32(size.height))
    let room = espimg_jpeg_bound(width, height)
    var text = [CChar](repeating: 0, count: 200)
    var status: Int32 = 0
    let file = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      unsafe status = espimg_encode_jpeg(
        bytes,
        width,
        height,
        Int32(clamping: quality),
        buffer.baseAddress,
        room,
        &filled,
        &text,
        text.count
      )
      if status != Int32(ESPIMG_OK) { filled = 0 }
    }
    guard status == Int32(ESPIMG_OK) else {
      throw .broken(path: "(memory)", reason: Self.words(text))
    }
    return file
  }

  private static func bytes(of path: String) throws(PictureError) -> [UInt8] {
    do { return try File.contents(of: path, acceptsPipes: false) } catch {
      throw error.isMissing ? .missing(path: path) : .unreadable(path: path, reason: error.reason)
    }
  }

  private static func headerSize(
    of file: [UInt8],
    path: String
  ) throws(PictureError) -> PixelSize {
    var (width, height): (Int32, Int32) = (0, 0)
    var text = [CChar](repeating: 0, count: 200)
    let status = unsafe espimg_header(file, file.count, &width, &height, &text, text.count)
    guard status == Int32(ESPIMG_OK) else {
      throw Int(status) == ESPIMG_TOO_LARGE
        ? .tooLarge(path: path, reason: words(text)) : .broken(path: path, reason: words(text))
    }
    return PixelSize(width: Int(width), height: Int(height))
  }

  private static func words(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
