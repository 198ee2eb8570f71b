import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct SafetensorsTests {
  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `safetensors are read by their own rules`() throws {
    let folder = try ScratchFolder()
    let file = Safetensors(
      arrays: [
        ("b/second", Constant([1, -2.5, 3], shape: [3])),
        ("a", Constant([7, -1])),
        ("empty", Constant([Float](), shape: [0, 4])),
      ],
      metadata: ["step": "12", "text": "a \"b\"\n"]
    )
    let path = folder.path("x.safetensors")
    try file.write(to: path)
    let text = try Python.run(Self.safetensors, [path])
    #expect(
      text == """
        b/second F32 [3] [1.0, -2.5, 3.0]
        a I64 [2] [7, -1]
        empty F32 [0, 4] []
        12 'a "b"\\n' True

        """
    )
    let back = try Safetensors.read(path)
    #expect(back.arrays.map(\.name) == ["b/second", "a", "empty"])
    #expect(zip(back.arrays, file.arrays).allSatisfy { $0.array == $1.array })
    #expect(back.metadata == file.metadata)
  }

  @Test(arguments: [0, 7, 8, 20, 60, 200, 1000])
  func `a safetensors file with a bit turned, or cut off, is refused`(place: Int) throws {
    let folder = try ScratchFolder()
    let path = folder.path("x.safetensors")
    let values = (0..<500).map { Float($0) }
    try Safetensors(arrays: [("a", Constant(values, shape: [500]))], metadata: ["step": "1"])
      .write(to: path)
    let whole = try Data(contentsOf: URL(filePath: path))
    var turned = whole
    turned[place] ^= 16
    for damaged in [turned, whole.prefix(place)] {
      try damaged.write(to: URL(filePath: path))
      #expect(throws: WeightError.self) { try Safetensors.read(path) }
    }
  }

  @Test
  func `what was written and then changed is told by its checksum`() throws {
    let path = try ScratchFolder().path("x.safetensors")
    try FileManager.default.createDirectory(
      atPath: URL(filePath: path).deletingLastPathComponent().path,
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors(arrays: [("a", Constant([1, 2], shape: [2]))]).write(to: path)
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(filePath: path))
    let error = #expect(throws: WeightError.self) { try Safetensors.read(path) }
    guard case .damaged(_, _, .checksum(let stored, let found)) = error else {
      Issue.record("another error than a checksum")
      return
    }
    #expect(stored != found && stored.count == 8 && found.count == 8)
  }

  @Test
  func `types that the format has no name for are refused, and nothing is written`() throws {
    let folder = try ScratchFolder()
    let array = Constant(type: .complex64, shape: [1], bytes: Bytes([Float(1), 2]))
    #expect(throws: WeightError.unwritable(tensor: "z", .complex64)) {
      try Safetensors(arrays: [("z", array)]).write(to: folder.path("x"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  }

  @Test(arguments: [
    (#"{"__metadata__":{"step":1}}"#, "something other than texts"),
    (#"{"__metadata__":{"step":"1","step":"2"}}"#, "'step' is there twice"),
    (#"{"__metadata__":{"crc32c":"12"}}"#, "not eight digits"),
    (#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}},"#, "not JSON: expected the end"),
    (#"{"a":{"dtype":"U8","shape":[0.5],"data_offsets":[0,0]}}"#, "needs 'dtype'"),
    ("[]", "not JSON: expected an object"),
  ])
  func `a header that is not the format's is refused`(header: String, words: String) {
    let text = Array(header.utf8)
    let bytes = Bytes([UInt8(text.count), 0, 0, 0, 0, 0, 0, 0] + text)
    let error = #expect(throws: WeightError.self) { try Safetensors(bytes, path: "m") }
    #expect("\(error, default: "")".contains(words))
  }

  private static let safetensors = """
    import json, sys
    import numpy
    data = open(sys.argv[1], 'rb').read()
    length = int.from_bytes(data[:8], 'little')
    header = json.loads(data[8:8 + length])
    texts = header.pop('__metadata__')
    assert length % 8 == 0
    end = 0
    for name, entry in header.items():
        begin, stop = entry['data_offsets']
        assert begin == end
        end = stop
        kind = {'F32': '<f4', 'I64': '<i8'}[entry['dtype']]
        array = numpy.frombuffer(data[8 + length + begin:8 + length + stop], kind)
        print(name, entry['dtype'], entry['shape'], array.reshape(entry['shape']).tolist())
    assert 8 + length + end == len(data)
    print(texts['step'], repr(texts['text']), len(texts['crc32c']) == 8)
    """
}
