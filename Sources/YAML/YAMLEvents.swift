import CYAML

/// libyaml's stream of parsing events, as Swift values; no other file touches the C library.
@safe final class YAMLEvents {
  struct Event {
    enum Kind: Equatable {
      case streamStart, streamEnd, documentStart, documentEnd
      case alias(String)
      case scalar(String, isPlain: Bool)
      case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }
    let kind: Kind
    let anchor: String?
    let mark: YAMLMark
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) throws(YAMLError) {
    unsafe parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      throw .outOfMemory
    }
    unsafe text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe text.initialize(from: bytes)
    unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe text.deallocate()
  }

  /// The next event.
  ///
  /// - Throws: ``YAMLError/syntax(_:at:)`` in libyaml's words.
  func next() throws(YAMLError) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { unsafe yaml_event_delete(&event) }
    let mark = unsafe YAMLMark(event.start_mark)
    var anchor: UnsafeMutablePointer<yaml_char_t>?
    let kind: Event.Kind
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: kind = .streamStart
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: kind = .streamEnd
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_ALIAS_EVENT:
      kind = unsafe .alias(Self.string(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      kind = unsafe .scalar(
        String(decoding: bytes, as: UTF8.self),
        isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
      )
      unsafe anchor = unsafe scalar.anchor
    case YAML_SEQUENCE_START_EVENT:
      kind = .sequenceStart
      unsafe anchor = unsafe event.data.sequence_start.anchor
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      kind = .mappingStart
      unsafe anchor = unsafe event.data.mapping_start.anchor
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    default: throw .syntax("unknown event", at: mark)
    }
    return unsafe Event(kind: kind, anchor: Self.string(anchor), mark: mark)
  }

  private func failure() -> YAMLError {
    let state = unsafe parser.pointee
    guard unsafe state.error != YAML_MEMORY_ERROR else { return .outOfMemory }
    let problem = unsafe state.problem.map { unsafe String(cString: $0) } ?? "unreadable"
    let mark =
      if unsafe state.error == YAML_READER_ERROR {
        unsafe YAMLMark(state.mark)
      } else {
        unsafe YAMLMark(state.problem_mark)
      }
    return .syntax(problem, at: mark)
  }

  private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }
}

extension YAMLMark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
