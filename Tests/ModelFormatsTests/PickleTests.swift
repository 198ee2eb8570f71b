import Graphs
import ModelFormats
import TestSupport
import Testing

/// Pickles by hand; `pickletools` names the codes.
struct PickleTests {
  private func read(_ codes: String, _ more: [UInt8] = []) throws(WeightError) -> Pickle.Value {
    let bytes = codes.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return try Pickle.read(Bytes(bytes + more), path: "p")
  }

  @Test(arguments: [
    ("cposix\nsystem\n.", "posix.system"), ("iposix\nsystem\n.", "posix.system"),
    ("\u{8c}\u{05}posix\u{8c}\u{06}system\u{93}.", "posix.system"),
    ("c__builtin__\neval\n.", "__builtin__.eval"), ("cnumpy\nload\n.", "numpy.load"),
    ("ccollections\nOrderedDict\n.", "collections.OrderedDict"),
  ])
  func `a name that is not numpy's arrays is refused, before anything is done with it`(
    codes: String,
    name: String
  ) {
    let error = #expect(throws: WeightError.self) { try read(codes) }
    guard case .damaged(_, _, .forbidden(let global)) = error else {
      Issue.record("another error than a forbidden name")
      return
    }
    #expect(global == name)
  }

  @Test(arguments: [
    ("N\u{85}", "\u{85}"), ("]", "\u{85}"), ("}", "\u{85}"),
  ])
  func `a million values in each other are refused, not unwound`(start: String, code: String) {
    let error = #expect(throws: WeightError.self) {
      try read(start + String(repeating: code, count: 1_000_000) + ".")
    }
    #expect("\(error, default: "")".contains("more than 32 deep"))
  }

  @Test(arguments: [30, 31, 32])
  func `thirty-two levels are read`(tuples: Int) throws {
    let codes = "]" + String(repeating: "\u{85}", count: tuples) + "."
    if tuples < 32 {
      var value = try read(codes)
      for _ in 0..<tuples { value = try #require(value.items?.first) }
      #expect(value.items?.isEmpty == true)
    } else {
      #expect(throws: WeightError.self) { try read(codes) }
    }
  }

  @Test(arguments: [
    // A list that is put into itself; one that grows inside another; a dictionary likewise.
    "]q\u{00}h\u{00}a.", "]q\u{00}]h\u{00}a0h\u{00}Na.", "}q\u{00}]h\u{00}a0h\u{00}NNs.",
  ])
  func `what lies in another value no longer changes`(codes: String) {
    let error = #expect(throws: WeightError.self) { try read(codes) }
    #expect("\(error, default: "")".contains("changes inside another"))
  }

  @Test func `a value may lie in two others`() throws {
    let value = try read("K\u{07}\u{85}q\u{00}h\u{00}\u{86}.")
    #expect(value.items?.compactMap { $0.items?.first?.number } == [7, 7])
  }

  @Test(arguments: [
    ("I42\n.", 42.0), ("I01\n.", 1), ("L-5L\n.", -5), ("F0.25\n.", 0.25), ("K\u{ff}.", 255),
    ("M\u{01}\u{02}.", 513), ("J\u{ff}\u{ff}\u{ff}\u{ff}.", -1), ("\u{88}.", 1), ("\u{89}.", 0),
    ("\u{8a}\u{01}\u{ff}.", -1), ("\u{8a}\u{00}.", 0),
    ("G\u{3f}\u{d0}\u{00}\u{00}\u{00}\u{00}\u{00}\u{00}.", 0.25),
  ])
  func `every spelling of a number is read`(codes: String, number: Double) throws {
    #expect(try read(codes).number == number)
  }

  @Test(arguments: [
    ("S'a\\x62\\n'\n.", "ab\n"), ("Vb\\u00e9\n.", "b\u{e9}"), ("U\u{02}ab.", "ab"),
    ("C\u{02}ab.", "ab"), ("X\u{02}\u{00}\u{00}\u{00}\u{c3}\u{a9}.", "\u{e9}"),
    ("\u{8c}\u{02}ab.", "ab"), ("T\u{02}\u{00}\u{00}\u{00}ab.", "ab"),
  ])
  func `every spelling of a text is read`(codes: String, text: String) throws {
    #expect(try read(codes).text == text)
  }

  @Test(arguments: ["", "N", ".", "0.", "t.", "a.", "s.", "h\u{00}.", "(NdN.", "\u{80}\u{06}N."])
  func `a pickle that is not whole is an error`(codes: String) {
    #expect(throws: WeightError.self) { try read(codes) }
  }
}
