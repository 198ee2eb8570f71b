import Foundation
import TestSupport
import Testing
import Training

/// Files that other programs read, read by programs that are not ours.
struct FileFormTests {
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
}
