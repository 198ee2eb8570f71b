internal import CExpat

/// The texts of an XML file's leaf elements, each with its path from the root and its line.
///
/// Expat's limits on entity expansion hold; entities in other files are not read.
struct XMLText: Sendable, Hashable {
  /// The start of an element, or the text of one that holds no other.
  enum Item: Sendable, Hashable {
    case start(path: String, line: Int)
    case text(path: String, text: String, line: Int)
  }

  /// Why the text is no XML: the parser's words and the line.
  struct Failure: Error, Hashable {
    let line: Int
    let reason: String
  }

  /// Elements in the order of the file.
  private(set) var items: [Item]

  /// Reads a file's bytes.
  init(_ bytes: [UInt8]) throws(Failure) {
    guard let parser = unsafe XML_ParserCreate(nil) else {
      throw Failure(line: 1, reason: "not enough memory")
    }
    defer { unsafe XML_ParserFree(parser) }
    let state = unsafe Collector(parser)
    unsafe XML_SetUserData(parser, Unmanaged.passUnretained(state).toOpaque())
    unsafe XML_SetElementHandler(
      parser,
      { data, name, _ in
        guard let data = unsafe data, let name = unsafe name else { return }
        let state = unsafe Unmanaged<Collector>.fromOpaque(data).takeUnretainedValue()
        unsafe state.open(String(cString: name))
      },
      { data, _ in
        guard let data = unsafe data else { return }
        unsafe Unmanaged<Collector>.fromOpaque(data).takeUnretainedValue().close()
      }
    )
    unsafe XML_SetCharacterDataHandler(parser) { data, text, count in
      guard let data = unsafe data, let text = unsafe text else { return }
      let state = unsafe Unmanaged<Collector>.fromOpaque(data).takeUnretainedValue()
      let bytes = unsafe UnsafeRawBufferPointer(start: text, count: Int(count))
      unsafe state.add(bytes)
    }
    guard bytes.count <= Int32.max else {
      throw Failure(line: 1, reason: "the file is longer than 2 GB")
    }
    let status = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { text in
        unsafe XML_Parse(parser, text.baseAddress, Int32(text.count), 1)
      }
    }
    guard status == XML_STATUS_OK else {
      let reason = unsafe XML_ErrorString(XML_GetErrorCode(parser))
        .map { unsafe String(cString: $0) }
      throw Failure(
        line: Int(unsafe XML_GetCurrentLineNumber(parser)),
        reason: reason ?? "not well formed"
      )
    }
    items = withExtendedLifetime(state) { state.items }
  }

  /// What the parser's callbacks write to while it runs.
  @safe private final class Collector {
    private let parser: XML_Parser
    private var names: [String] = []
    private var text: [UInt8] = []
    private var isLeaf = false
    private var line = 1
    var items: [Item] = []

    init(_ parser: XML_Parser) { unsafe self.parser = unsafe parser }

    func open(_ name: String) {
      names.append(name)
      text.removeAll(keepingCapacity: true)
      isLeaf = true
      line = Int(unsafe XML_GetCurrentLineNumber(parser))
      items.append(.start(path: names.joined(separator: "/"), line: line))
    }

    func add(_ bytes: UnsafeRawBufferPointer) { unsafe text.append(contentsOf: bytes) }

    func close() {
      if isLeaf {
        let words = String(decoding: text, as: UTF8.self)
        items.append(
          .text(path: names.joined(separator: "/"), text: words.trimmed, line: line)
        )
      }
      isLeaf = false
      names.removeLast()
    }
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  var trimmed: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return String(self[start..<end])
  }
}
