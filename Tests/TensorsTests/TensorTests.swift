import CEspalier
import Synchronization
import Tensors
import Testing

final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add() { count.add(1, ordering: .sequentiallyConsistent) }
  var value: Int { count.load(ordering: .sequentiallyConsistent) }
}

/// Memory that stays where it is until the object goes.
final class Block: Sendable {
  private let address: UInt
  private let count: Int
  private let freed: Counter

  init(_ values: [Float], freed: Counter) {
    let pointer = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
    for index in values.indices { unsafe pointer[index] = values[index] }
    address = UInt(bitPattern: pointer)
    count = values.count
    self.freed = freed
  }
  deinit {
    unsafe UnsafeMutablePointer<Float>(bitPattern: address)?.deallocate()
    freed.add()
  }
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count * 4)
  }
}

struct TensorTests {
  @Test func `keeps values, shape and type`() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(tensor.strides == [3, 1])
    #expect(tensor.rank == 2)
    #expect(tensor.count == 6)
    #expect(tensor.dtype == .float32)
    #expect(tensor.device == .cpu)
    #expect(tensor.isContiguous)
    #expect(try tensor.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try tensor.doubles() == [1, 2, 3, 4, 5, 6])
    #expect(try tensor.ints() == [1, 2, 3, 4, 5, 6])
    #expect("\(tensor)" == "float32[2, 3]")
  }

  @Test func `reads integers, booleans and scalars`() throws {
    #expect(try Tensor([-1, 0, 7] as [Int64], shape: [3]).ints() == [-1, 0, 7])
    #expect(try Tensor([-1, 0, 7] as [Int64], shape: [3]).bools() == [true, false, true])
    #expect(try Tensor([true, false], shape: [2]).floats() == [1, 0])
    let scalar = try Tensor([2.5] as [Double], shape: [])
    #expect(scalar.shape == [])
    #expect(scalar.strides == [])
    #expect(try scalar.doubles() == [2.5])
    let empty = try Tensor([] as [Float], shape: [0, 3])
    #expect(empty.shape == [0, 3])
    #expect(try empty.floats() == [])
  }

  @Test(arguments: DType.allCases)
  func `copies bytes of every type`(dtype: DType) throws {
    let bytes = [UInt8](repeating: 1, count: dtype.byteCount * 2)
    let tensor = try unsafe bytes.withUnsafeBytes {
      try unsafe Tensor(bytes: $0, shape: [2], dtype: dtype)
    }
    #expect(tensor.dtype == dtype)
    let back = try unsafe tensor.withUnsafeBytes { unsafe Array($0) }
    #expect(back == bytes)
    #expect(DType(torchCode: dtype.torchCode) == dtype)
  }

  @Test(arguments: [
    (DType.int4, [0xF8, 7] as [UInt8], [-8, 7] as [Float]), (.uint4, [8, 15], [8, 15]),
    (.int2, [0xFE, 1], [-2, 1]), (.uint2, [2, 3], [2, 3]), (.float4e2m1, [15, 1], [-6, 0.5]),
    (.float8e4m3fn, [0x7E, 0x80], [448, -0.0]), (.float8e8m0, [0, 128], [0x1p-127, 2]),
  ])
  func `reads types that torch only stores`(
    dtype: DType,
    bytes: [UInt8],
    values: [Float]
  ) throws {
    let tensor = try unsafe bytes.withUnsafeBytes {
      try unsafe Tensor(bytes: $0, shape: [1, 2], dtype: dtype)
    }
    #expect(dtype.isStorageOnly)
    #expect(try tensor.widened().dtype.isStorageOnly == false)
    #expect(try tensor.floats().map(\.bitPattern) == values.map(\.bitPattern))
    // Columns are no rows: what is read is put in order without computing.
    let columns = try ATen.one("expand", "", tensor, [2, 2])
    let turned = try ATen.one("transpose", "int", columns, 0, 1)
    let found = try unsafe turned.withUnsafeBytes { unsafe Array($0) }
    #expect(found == [bytes[0], bytes[0], bytes[1], bytes[1]])
    #expect(try turned.floats() == [values[0], values[0], values[1], values[1]])
  }

  @Test func `refuses bytes that do not fill the shape`() throws {
    let error = #expect(throws: TensorError.self) {
      _ = try Tensor([1, 2, 3] as [Float], shape: [2, 2])
    }
    #expect(error == .byteCount(shape: [2, 2], dtype: .float32, found: 12))
    #expect("\(try #require(error))" == "float32[2, 2] takes 16 bytes, got 12")
    #expect(throws: TensorError.self) { _ = try Tensor([] as [Float], shape: [-1, 0]) }
    #expect(throws: TensorError.self) { _ = try Tensor([] as [Float], shape: [.max, .max]) }
  }

  @Test func `borrows memory and lets it go once, after the last use`() throws {
    let freed = Counter()
    var view: Tensor?
    do {
      let block = Block([1, 2, 3, 4], freed: freed)
      let tensor = try unsafe Tensor(
        borrowing: block.bytes,
        shape: [2, 2],
        dtype: .float32,
        owner: block
      )
      let address = unsafe UInt(bitPattern: block.bytes.baseAddress)
      let own = try unsafe tensor.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      #expect(own == address)
      view = try ATen.one("select", "int", tensor, 0, 1)
    }
    #expect(freed.value == 0)
    #expect(try view?.floats() == [3, 4])
    view = nil
    #expect(freed.value == 1)
  }

  @Test func `lets borrowed memory go once when the tensor cannot be made`() throws {
    let freed = Counter()
    do {
      let block = Block([1, 2, 3, 4], freed: freed)
      #expect(throws: TensorError.self) {
        _ = try unsafe Tensor(
          borrowing: block.bytes,
          shape: [-2, -2],
          dtype: .float32,
          owner: block
        )
      }
    }
    #expect(freed.value == 1)
  }

  @Test func `reads what is not contiguous, in row-major order`() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let transposed = try ATen.one("t", tensor)
    #expect(!transposed.isContiguous)
    #expect(transposed.strides == [1, 3])
    #expect(try transposed.floats() == [1, 4, 2, 5, 3, 6])
    let size = try unsafe transposed.withUnsafeBytes { $0.count }
    #expect(size == 24)
  }

  @Test func `reads oneDNN's own order`() throws {
    let tensor = try Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2])
    let packed = try ATen.one("to_mkldnn", tensor)
    #expect(packed.isMKLDNN)
    #expect(packed.strides == nil)
    #expect(packed.shape == [1, 1, 2, 2])
    #expect(try packed.floats() == [1, 2, 3, 4])
  }

  @Test func `shows plugins a view in DLPack's terms`() throws {
    let tensor = try ATen.one("t", Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
    try unsafe tensor.withView { view in
      let numbers = unsafe [
        Int(view.ndim), Int(view.dtype_code), Int(view.dtype_bits), Int(view.flags),
      ]
      #expect(numbers == [2, Int(ESP_DTYPE_FLOAT), 32, Int(ESP_VIEW_READ_ONLY)])
      let steps = unsafe [view.shape?[0], view.shape?[1], view.strides?[0], view.strides?[1]]
      #expect(steps == [3, 2, 1, 3])
      let second = unsafe view.data?.load(fromByteOffset: 4, as: Float.self)
      #expect(second == 2)
      let hasHandle = unsafe view.handle != nil
      #expect(hasHandle)
    }
  }

  @Test func `hands out handles that are counted`() throws {
    let freed = Counter()
    var second: Tensor?
    do {
      let block = Block([1, 2], freed: freed)
      let first = try unsafe Tensor(
        borrowing: block.bytes,
        shape: [2],
        dtype: .float32,
        owner: block
      )
      second = unsafe Tensor(adopting: first.retainedHandle())
      let third = try unsafe first.withHandle { handle throws(TensorError) in
        try unsafe Tensor(retaining: handle)
      }
      #expect(third.shape == [2])
    }
    #expect(freed.value == 0)
    #expect(try second?.floats() == [1, 2])
    second = nil
    #expect(freed.value == 1)
  }

  @Test func `is released from many threads`() async throws {
    let freed = Counter()
    let block = Block([1, 2], freed: freed)
    let tensor = try unsafe Tensor(
      borrowing: block.bytes,
      shape: [2],
      dtype: .float32,
      owner: block
    )
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<64 {
        group.addTask { (try? ATen.one("add", "Tensor", tensor, tensor).count) ?? 0 }
      }
      var total = 0
      for await count in group { total += count }
      #expect(total == 128)
    }
    #expect(try tensor.floats() == [1, 2])
  }
}
