import Files
import Testing

struct CRC32CTests {
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

  @Test func `a checksum is masked as TensorFlow's record files have it`() {
    // 0xE3069283 turned by 15 bits to the right is 0x2507C60D; their constant is 0xA282EAD8.
    var digits = CRC32C()
    digits.update(Array("123456789".utf8))
    #expect(digits.masked == 0xC78A_B0E5)
    #expect(CRC32C().value == 0 && CRC32C().masked == 0xA282_EAD8)
  }
}
