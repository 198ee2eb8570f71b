import Tensors
import Testing

struct DLPackTests {
  @Test(arguments: [DLPackVersion.one, .legacy])
  func `22: goes out and comes back on the same memory`(version: DLPackVersion) throws {
    let freed = Counter()
    var back: Tensor?
    do {
      let block = Block([1, 2, 3, 4, 5, 6], freed: freed)
      let tensor = try unsafe Tensor(
        borrowing: block.bytes,
        shape: [2, 3],
        dtype: .float32,
        owner: block
      )
      let transposed = try ATen.one("t", tensor)
      back = try unsafe Tensor(dlpack: transposed.dlpack(version), version)
    }
    #expect(freed.value == 0)
    #expect(back?.shape == [3, 2])
    #expect(back?.strides == [1, 3])
    #expect(try back?.floats() == [1, 4, 2, 5, 3, 6])
    back = nil
    #expect(freed.value == 1)
  }

  @Test func `22: refuses a foreign major version after calling its deleter`() throws {
    let freed = Counter()
    do {
      let block = Block([1], freed: freed)
      let tensor = try unsafe Tensor(
        borrowing: block.bytes,
        shape: [1],
        dtype: .float32,
        owner: block
      )
      let managed = try unsafe tensor.dlpack(.one)
      // DLManagedTensorVersioned begins with its version, major first.
      unsafe managed.storeBytes(of: 9, as: UInt32.self)
      let error = #expect(throws: TensorError.self) { _ = try unsafe Tensor(dlpack: managed, .one) }
      #expect("\(try #require(error))".contains("DLPack major version 9"))
    }
    #expect(freed.value == 1)
  }
}
