import Compression
import Foundation
import Graphs
import TestSupport
import Testing

/// Files that other programs read, read by programs that are not ours.
struct FileFormTests {
  @Test
  func `CRC-32C is the one of RFC 3720`() {
    // Its appendix B.4, and lengths around the eight bytes that are taken at once.
    var zeros = CRC32C()
    zeros.update([UInt8](repeating: 0, count: 32))
    #expect(zeros.value == 0x8A91_36AA)
    var rising = CRC32C()
    rising.update(Array(0..<32))
    #expect(rising.value == 0x46DD_794E)
    var digits = CRC32C()
    for part in ["1", "2345678", "9"] { digits.update(Array(part.utf8)) }
    #expect(digits.value == 0xE306_9283)
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `TensorBoard's events are whole, with their checksums`() throws {
    let folder = try ScratchFolder()
    let events = try EventFile(in: folder.path("events"), from: 40)
    try events.write([("loss", 2.5), ("loss/xy", -1)], step: 41)
    try events.write([("loss", 1e-3)], step: 300)
    let text = try Python.run(Self.reader, [folder.path("events")])
    #expect(
      text == """
        0 version brain.Event:2
        40 session 1
        41 loss 2.5
        41 loss/xy -1.0
        300 loss 0.001

        """
    )
  }

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
      #expect(throws: SafetensorsError.self) { try Safetensors.read(path) }
    }
  }

  @Test
  func `a full disk is an error, and nothing of the file's name is left`() throws {
    let path = "/dev/full/x"
    #expect(throws: WholeFile.Failure.self) { try StreamedFile(path) }
    let folder = try ScratchFolder()
    do {
      let file = try StreamedFile(folder.path("half"))
      try unsafe [UInt8](repeating: 1, count: 10).withUnsafeBytes { try unsafe file.write($0) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")).isEmpty)
  }

  /// TFRecords and protobuf by hand, with a bitwise CRC-32C.
  private static let reader = """
    import os, struct, sys
    def crc(data):
        value = 0xFFFFFFFF
        for byte in data:
            value ^= byte
            for _ in range(8):
                value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        value ^= 0xFFFFFFFF
        return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF
    def varint(data, at):
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if data[at - 1] < 128: return value, at
    def fields(data):
        at = 0
        while at < len(data):
            key, at = varint(data, at)
            if key & 7 == 0: value, at = varint(data, at)
            elif key & 7 == 1: value, at = data[at:at + 8], at + 8
            elif key & 7 == 5: value, at = data[at:at + 4], at + 4
            else:
                count, at = varint(data, at)
                value, at = data[at:at + count], at + count
            yield key >> 3, value
    folder = sys.argv[1]
    (name,) = os.listdir(folder)
    assert name.startswith('events.out.tfevents.')
    data = open(os.path.join(folder, name), 'rb').read()
    while data:
        (count,), length = struct.unpack('<Q', data[:8]), data[:8]
        assert struct.unpack('<I', data[8:12])[0] == crc(length)
        body = data[12:12 + count]
        assert struct.unpack('<I', data[12 + count:16 + count])[0] == crc(body)
        data = data[16 + count:]
        event = dict(fields(body))
        assert struct.unpack('<d', event[1])[0] > 1e9
        step = event.get(2, 0)
        if 3 in event: print(step, 'version', event[3].decode())
        if 7 in event: print(step, 'session', dict(fields(event[7]))[1])
        for _, value in fields(event.get(5, b'')):
            value = dict(fields(value))
            print(step, value[1].decode(), round(struct.unpack('<f', value[2])[0], 6))
    """

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
