import Evaluation
import Testing

struct InferenceLocationsTests {
  private let files = [
    "/usr/bin/python3",
    "/usr/local/lib/python3.11/dist-packages/onnxruntime/capi/libonnxruntime.so.1.20.1",
    "/env/lib/python3.12/site-packages/onnxruntime/capi/libonnxruntime.so.1.31.0",
    "/env/lib/python3.12/site-packages/onnxruntime/capi/libonnxruntime.so.1.32.0",
  ]

  private func matching(_ pattern: String) -> [String] {
    files.filter { file in
      var rest = file[...]
      for (index, part) in pattern.split(separator: "*", omittingEmptySubsequences: false)
        .enumerated()
      {
        guard let found = rest.firstRange(of: part) else { return part.isEmpty }
        if index == 0, found.lowerBound != rest.startIndex { return false }
        rest = rest[found.upperBound...]
      }
      return pattern.hasSuffix("*") || rest.isEmpty
    }
  }

  @Test
  func `a library that is named is the only one that is tried`() {
    let variables = ["ESPALIER_ONNXRUNTIME": "/b.so", "PATH": "/usr/bin"]
    let named = InferenceLocations(
      .onnxRuntime,
      named: "/a.so",
      environment: { variables[$0] },
      matching: matching
    )
    #expect(named.candidates == ["/a.so"])
    let inherited = InferenceLocations(
      .onnxRuntime,
      environment: { variables[$0] },
      matching: matching
    )
    #expect(inherited.candidates == ["/b.so"])
  }

  @Test
  func `the loader's path comes first, then the packages of both Pythons, later versions first`() {
    let variables = [
      "ESPALIER_PYTHON": "/env/bin/python", "PATH": "/opt/bin:/usr/bin", "HOME": "/home/a",
    ]
    let found = InferenceLocations(
      .onnxRuntime,
      environment: { variables[$0] },
      matching: matching
    )
    #expect(
      found.candidates
        == ["libonnxruntime.so.1", "libonnxruntime.so", files[3], files[2], files[1]]
    )
    #expect(
      found.searched.contains(
        "/home/a/.local/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so.*"
      )
    )
  }

  @Test
  func `without any Python only the loader's path is left`() {
    let found = InferenceLocations(.openVINO, environment: { _ in nil }, matching: { _ in [] })
    #expect(found.candidates == ["libopenvino_c.so"])
    #expect(found.searched == ["libopenvino_c.so on the loader's path"])
  }
}
