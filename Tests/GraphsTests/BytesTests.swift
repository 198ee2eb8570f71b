import Graphs
import Synchronization
import Testing

struct BytesTests {
  @Test func `slices share the memory`() {
    let bytes = Bytes([UInt8](0..<100))
    let slice = bytes[10..<20][2..<5]
    #expect(slice.elements(as: UInt8.self) == [12, 13, 14])
    #expect(slice.owner === bytes.owner)
    #expect(slice == Bytes([UInt8]([12, 13, 14])))
  }

  @Test func `the owner is released once, with the last slice`() {
    final class Count: Sendable {
      let value = Atomic<Int>(0)
    }
    let released = Count()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 7)
    var slice: Bytes?
    do {
      let region = unsafe Bytes.Region(UnsafeRawBufferPointer(memory)) { memory in
        unsafe memory.deallocate()
        released.value.add(1, ordering: .relaxed)
      }
      slice = Bytes(region)[2..<4]
    }
    #expect(released.value.load(ordering: .relaxed) == 0)
    #expect(slice?.elements(as: UInt8.self) == [7, 7])
    slice = nil
    #expect(released.value.load(ordering: .relaxed) == 1)
  }

  @Test func `copies are aligned to 64 bytes`() {
    for count in [1, 63, 64, 1000] {
      let bytes = Bytes([UInt8](repeating: 1, count: count))
      unsafe bytes.withUnsafeBytes {
        #expect(UInt(bitPattern: $0.baseAddress) % 64 == 0)
      }
    }
  }

  @Test func `reads elements at odd addresses and leaves out a rest`() {
    let bytes = Bytes([UInt8]([9, 1, 0, 2, 0, 3]))
    #expect(bytes[1..<6].elements(as: UInt16.self) == [1, 2])
  }

  @Test(arguments: [0, 1, 7, 8, 9, 16, 33])
  func `compares every byte`(count: Int) {
    let values = (0..<count).map { UInt8($0) }
    #expect(Bytes(values) == Bytes(values))
    #expect(Bytes(values).hashValue == Bytes(values).hashValue)
    for index in 0..<count {
      var other = values
      other[index] ^= 0x80
      #expect(Bytes(values) != Bytes(other))
    }
    #expect(Bytes(values) != Bytes(values + [0]))
  }

  @Test func `a failed filling throws its error`() {
    struct Refused: Error {}
    #expect(throws: Refused.self) {
      try unsafe Bytes(count: 8) { (_) throws(Refused) in throw Refused() }
    }
  }

  @Test func `no bytes are no memory`() {
    #expect(Bytes().isEmpty)
    #expect(Bytes().owner == nil)
    #expect(Bytes() == Bytes([UInt8]()))
    #expect(Bytes().elements(as: Int64.self) == [])
  }
}
