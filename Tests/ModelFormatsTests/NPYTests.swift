import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct NPYTests {
  private func bytes(_ path: String) throws -> Bytes {
    Bytes([UInt8](try Data(contentsOf: URL(filePath: path))))
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `reads what numpy writes, and numpy reads what is written`() throws {
    let folder = try ScratchFolder()
    let script = """
      import numpy as np, sys
      for code in ['<f4','<f8','<f2','|i1','<i2','<i4','<i8','|u1','<u2','<u4','<u8','|b1']:
        for shape in [(), (0,), (5,), (2, 3), (1, 2, 3, 4)]:
          name = f"{sys.argv[1]}/{code[1:]}-{'x'.join(map(str, shape))}.npy"
          np.save(name, (np.arange(np.prod(shape, dtype=int)) % 2 + 1).reshape(shape).astype(code))
          print(name)
      """
    let names = try Python.run(script, [folder.url.path]).split(separator: "\n")
    #expect(names.count == 60)
    for name in names {
      let original = try bytes(String(name))
      let array = try NPY.decode(original)
      let copy = "\(name).copy.npy"
      try Data(try NPY.encode(array)).write(to: URL(filePath: copy))
    }
    let compare = """
      import numpy as np, sys
      for name in sys.stdin.read().split() or sys.argv[1:]:
        a, b = np.load(name), np.load(name + '.copy.npy')
        assert a.dtype == b.dtype and a.shape == b.shape and (a == b).all(), name
      print('equal')
      """
    #expect(try Python.run(compare, names.map(String.init)) == "equal\n")
  }

  @Test
  func `widens bfloat16, which numpy lacks`() throws {
    let array = Constant(type: .bfloat16, shape: [2], bytes: Bytes([UInt16(0x3F80), 0xC000]))
    let read = try NPY.decode(Bytes(try NPY.encode(array)))
    #expect(read.floats == [1, -2])
  }

  @Test(arguments: [
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", NPYError.elementType(">f4")),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", .elementType("|O")),
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", .fortranOrder),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", .header("the shape (-1,)")),
    ("{'descr': '<f4', 'fortran_order': False}", .header("no 'shape'")),
    (
      "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 3), }",
      .header("the shape is too large")
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", .cutOff(needed: 84, found: 72)),
  ])
  func `refuses what it cannot read, with the reason`(header: String, error: NPYError) {
    let text = Array(header.utf8)
    let file: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text + [0, 0, 0, 0]
    var expected = error
    if case .cutOff = error { expected = .cutOff(needed: 10 + text.count + 16, found: file.count) }
    #expect(throws: expected) { try NPY.decode(Bytes(file)) }
  }

  @Test
  func `survives every prefix and every damaged byte`() throws {
    let file = try NPY.encode(Constant([1, 2, 3], shape: [3]))
    for count in 0..<file.count { _ = try? NPY.decode(Bytes(Array(file.prefix(count)))) }
    for index in file.indices {
      for damage: UInt8 in [0, 0x7F, 0xFF, 0x28] {
        var copy = file
        copy[index] = damage
        _ = try? NPY.decode(Bytes(copy))
      }
    }
  }
}
