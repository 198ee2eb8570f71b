internal import Graphs

/// The bytes of a file that is no ONNX model, and what they tell.
struct ForeignFile {
  /// The bytes at the beginning that are looked at, and at the end.
  private static let limit = 1 << 16

  private let bytes: Bytes
  private let name: String
  private let head: [UInt8]

  init(_ bytes: Bytes, name: String) {
    self.bytes = bytes
    self.name = name
    head = bytes[0..<min(bytes.count, Self.limit)].elements(as: UInt8.self)
  }

  /// What the file is; nil where nothing tells.
  var model: ForeignModel? {
    marked ?? archived ?? pickled ?? weights ?? message ?? text
  }

  /// Files that begin with a word of their own.
  private var marked: ForeignModel? {
    if begins("\u{89}HDF\r\n\u{1A}\n") { return .keras }
    if begins("TFL3", at: 4) { return .tfLite }
    if begins("ptrt") || begins("ftrt") { return .tensorRT }
    if begins("ORTM", at: 4) {
      return ForeignModel(
        "ONNX Runtime's own form of a model",
        "name the ONNX file that it was made from"
      )
    }
    if begins("RKNN") || begins("CAFF") || begins("GGUF") {
      return ForeignModel(
        "a model in a runtime's own form",
        "name the ONNX file that it was made from"
      )
    }
    if begins("\u{93}NUMPY") { return ForeignModel("a NumPy array", "name an ONNX file") }
    if begins("\u{1F}\u{8B}") || begins("ustar", at: 257) {
      return ForeignModel("an archive", "unpack it and name the ONNX file in it")
    }
    return nil
  }

  /// Zip archives, by the names of what they hold.
  private var archived: ForeignModel? {
    guard begins("PK\u{03}\u{04}") else { return nil }
    let tail = bytes[max(0, bytes.count - Self.limit)..<bytes.count].elements(as: UInt8.self)
    func holds(_ text: String) -> Bool { head.holds(text) || tail.holds(text) }
    if holds("data.pkl") || holds("constants.pkl") { return .pyTorch }
    if holds("model.weights.h5") { return .keras }
    if holds("com.apple.CoreML") { return .coreML }
    if holds(".onnx") {
      return ForeignModel("a zip archive", "unpack it and name the ONNX file in it")
    }
    if holds(".npy") { return ForeignModel("an archive of NumPy arrays", "name an ONNX file") }
    return ForeignModel("a zip archive", "unpack it and name the ONNX file in it")
  }

  /// Python's pickles.
  private var pickled: ForeignModel? {
    guard head.count > 1, head[0] == 0x80, (2...5).contains(head[1]) else { return nil }
    // The number that torch.save wrote before it wrote archives.
    let magic: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    if head.starts(with: magic, at: 2) || head.holds("torch") { return .pyTorch }
    if head.holds("StructuredToParameterName@@") || name.hasSuffix(".pdparams")
      || name.hasSuffix(".pdopt")
    {
      return .paddleWeights
    }
    if name.hasSuffix(".pt") || name.hasSuffix(".pth") { return .pyTorch }
    return ForeignModel(
      "a Python pickle",
      "export the network to ONNX from the program that wrote it"
    )
  }

  /// Files of numbers without a network.
  private var weights: ForeignModel? {
    if Safetensors.isIt(bytes) { return .safetensors }
    guard head.count >= 20 else { return nil }
    let version = bytes[0..<12].elements(as: UInt32.self)
    // Major, minor and revision: 0.1.0 to 0.2.5.
    if version[0] == 0, (1...2).contains(version[1]), version[2] < 10, bytes.count.isMultiple(of: 4)
    {
      return .darknet
    }
    return LoDTensor.isIt(bytes) ? .paddleWeights : nil
  }

  /// Protocol buffers that are not ONNX's.
  private var message: ForeignModel? {
    guard head.count > 8 else { return nil }
    // SavedModel: the version of its schema, 1, then graphs.
    if head.starts(with: [0x08, 0x01, 0x12], at: 0) { return .savedModel }
    let outer = topFields()
    // Core ML numbers its kinds of network from 200 on; its own fields are the first two.
    if head[0] == 0x08, outer.contains(where: { (200...3000).contains($0) }) { return .coreML }
    guard head[0] == 0x0A, let inner = lengthEnd(1) else { return nil }
    // Paddle: blocks, which begin with their own number and their parent's.
    if head.starts(with: [0x08, 0x00, 0x10], at: inner) {
      return .paddle(folder: "FOLDER", program: name, parameters: nil)
    }
    // TensorFlow: nodes, which begin with a name and an operator.
    guard head.indices.contains(inner), head[inner] == 0x0A, let start = lengthEnd(inner + 1)
    else { return nil }
    let next = start + (head.indices.contains(inner + 1) ? Int(head[inner + 1]) : 0)
    guard head.indices.contains(next), head[next] == 0x12 else { return nil }
    return .frozenGraph
  }

  /// Texts, by their first words.
  private var text: ForeignModel? {
    let text = String(decoding: head.prefix(4096), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    }
    guard
      let first = lines.first(where: { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix(";") })
    else { return nil }
    if first.hasPrefix("[net]") || first.hasPrefix("[network]") { return .darknet }
    if first.hasPrefix("<?xml") || first.hasPrefix("<net") {
      return text.contains("<net ") || text.contains("<net>") ? .openVINO : nil
    }
    if first.hasPrefix("7767517") {
      return ForeignModel("an ncnn model", "name the ONNX file that it was converted from")
    }
    let lowered = first.lowercased()
    if lowered.hasPrefix("<!doctype html") || lowered.hasPrefix("<html") {
      return ForeignModel("a web page", "the download failed: fetch the file again")
    }
    if text.contains("layer {") || text.contains("layers {") {
      return ForeignModel("a Caffe network", "convert it to ONNX with a converter for Caffe")
    }
    if first.hasPrefix("{"), text.contains("\"base_code\"") || text.contains("\"program\"") {
      return .paddle(folder: "FOLDER", program: name, parameters: nil)
    }
    return nil
  }

  private func begins(_ word: String, at place: Int = 0) -> Bool {
    head.starts(with: word.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }, at: place)
  }

  /// The place behind the length that stands at a place.
  private func lengthEnd(_ place: Int) -> Int? {
    var place = place
    while head.indices.contains(place), head[place] >= 0x80 { place += 1 }
    return head.indices.contains(place) ? place + 1 : nil
  }

  /// The numbers of the message's own fields, as far as they lie in the file.
  private func topFields() -> Set<Int> {
    var fields: Set<Int> = []
    unsafe bytes.withUnsafeBytes { memory in
      guard var reader = unsafe WireReader(memory, message: "a model") else { return }
      while let field = try? reader.next() {
        fields.insert(field.number)
        guard (try? reader.skip(field)) != nil else { return }
      }
    }
    return fields
  }
}

extension [UInt8] {
  fileprivate func starts(with word: [UInt8], at place: Int) -> Bool {
    place + word.count <= count && self[place..<place + word.count].elementsEqual(word)
  }

  /// Whether a text of ASCII is anywhere in the bytes.
  fileprivate func holds(_ text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }
}
