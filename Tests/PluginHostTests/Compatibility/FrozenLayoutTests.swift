import CEspalier
import Files
import FoundationEssentials
import Testing

/// The files that hold sizes, offsets and numbers of released minors: the case 27 of the conformance list.
struct FrozenLayoutTests {
  private static let folder = Workshop.packageRoot + "/Sources/CEspalier"

  private static func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  private static let layouts: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.contains("layout") && $0.hasSuffix(".c") }.sorted()

  private static let headers: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/include")) ?? [])
    .filter { $0.hasSuffix(".h") && $0 != "espalier_runtime.h" }.sorted()

  /// The hash of each frozen file, by its name.
  private static func frozen() throws -> [String: String] {
    let lines = try text("layouts.sha256").split(separator: "\n").map { $0.split(separator: " ") }
    return Dictionary(lines.map { (String($0[1]), String($0[0])) }) { first, _ in first }
  }

  @Test func `27: the files of released minors have the bytes with which they were frozen`() throws
  {
    let frozen = try Self.frozen()
    #expect(frozen.count >= 5)
    for (name, hash) in frozen {
      let bytes = Array(try Data(contentsOf: URL(filePath: Self.folder + "/" + name)))
      #expect(
        SHA256.hexadecimal(of: bytes.span) == hash,
        "\(name) is frozen: undo the change, and put what is new into a file of its own"
      )
    }
  }

  @Test func `27: every file of a minor before this one is frozen`() throws {
    let frozen = try Self.frozen()
    for name in Self.layouts {
      let minor = name.firstMatch(of: /^layout_v1_(\d+)/).flatMap { UInt32($0.output.1) }
      guard (minor ?? 0) < ESP_ABI_MINOR else { continue }
      #expect(frozen[name] != nil, "\(name) is released: add its hash to layouts.sha256")
    }
  }

  @Test(.requiresCompiler, arguments: layouts, [false, true])
  func `27: is true in C11 and in C++17, without a warning`(name: String, cxx: Bool) throws {
    let language =
      cxx
      ? ["/usr/bin/c++", "-x", "c++", "-std=c++17", "-D_Static_assert=static_assert"]
      : ["/usr/bin/cc", "-std=c11"]
    let result = try runProcess(
      language + ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
        + ["-I", Self.folder + "/include", Self.folder + "/" + name]
    )
    #expect(result.status == 0, "\(result.output)")
  }

  @Test(arguments: headers)
  func `every struct that plugins see has its size and its fields in one of them`(
    header: String
  ) throws {
    let stated = try Self.layouts.map(Self.text).joined()
    for (name, fields) in Self.structs(in: try Self.text("include/" + header)) {
      #expect(
        stated.contains("SIZE(\(name), ") || stated.contains("FROZEN(\(name), "),
        "the size of \(name) is in no layout file"
      )
      for field in fields where field != "struct_size" && field != "reserved" {
        let isStated =
          ["OFFSET(\(name), \(field), ", "AT(\(name), \(field), "].contains(where: stated.contains)
          || name == "esp_ops_v1" && stated.contains("RANK(\(field), ")
        #expect(isStated, "the offset of \(name).\(field) is in no layout file")
      }
    }
  }

  @Test func `the reader of structs sees every kind of field`() {
    let text = """
      typedef struct a {
        uint32_t struct_size, n; /* one; two */
        union {
          int64_t i;
        } u;
        union {
          int64_t x;
          double y;
        };
        const char *ESP_NULLABLE *ESP_NONNULL p, *ESP_NULLABLE q;
        esp_status (*ESP_NULLABLE call)(void *self, esp_str (*ESP_NULLABLE inner)(int));
      } a;
      typedef struct opaque opaque;
      """
    let found = Self.structs(in: text)
    #expect(found.map(\.name) == ["a"])
    #expect(found.first?.fields == ["struct_size", "n", "u", "x", "y", "p", "q", "call"])
  }

  /// The structs that a header defines, each with the names of its fields.
  private static func structs(in header: String) -> [(name: String, fields: [String])] {
    let code = header.replacing(/\/\*.*?\*\//.dotMatchesNewlines(), with: "")
    return code.matches(of: /typedef struct \w+ \{(.*?)\n\} (\w+);/.dotMatchesNewlines()).map {
      let body = String($0.output.1)
        // Of a union with a name only the name is a field.
        .replacing(/union \{[^}]*\}\s*(\w+);/) { match in "int \(match.output.1);" }
        .replacing("union {", with: "").replacing("};", with: "")
      return (String($0.output.2), body.split(separator: ";").flatMap(fields))
    }
  }

  private static func fields(_ statement: Substring) -> [String] {
    if let function = statement.firstMatch(of: /\(\*\s*(?:ESP_\w+\s+)?(\w+)\)\(/) {
      return [String(function.output.1)]
    }
    return statement.split(separator: ",").compactMap { part in
      part.matches(of: /\w+/).last.map { String($0.output) }
    }
  }
}
