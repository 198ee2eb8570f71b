import Testing

/// The conformance list of hosts of plugins: thirty cases, each with its number in the name of the tests that show it.
///
/// Two parts of it are shown elsewhere or not at all. 22: that a strategy keeps to the host's stream needs a GPU, on which
/// `Examples/cuda-score` is built and checked; of its other half, DLPack, the tests are here. 23 and 20: sanitizers run over the guard and
/// over what needs no torch, by `make check-long`.
struct ConformanceListTests {
  @Test func `every case of the conformance list has a test`() throws {
    var shown: Set<Int> = []
    for file in SourceTree.files(in: "Tests", endings: ["swift"]) {
      for match in try SourceTree.text(file).matches(of: #/\x60([0-9]+): /#) {
        shown.insert(Int(match.1) ?? 0)
      }
    }
    #expect(Set(1...30).subtracting(shown).isEmpty)
    #expect(shown.isSubset(of: Set(1...30)))
  }
}
