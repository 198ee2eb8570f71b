import Foundation
import TestSupport
import Testing

struct DataTests {
  @Test
  func `a drawn set is sound, and damage to it is told with path and line`() throws {
    let folder = try ScratchFolder()
    let root = folder.path("drawn")
    let drawn = try BuiltProgram.espalier([
      "data", "synth", root, "--images", "10", "--seed", "2", "--size", "96x64",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    #expect(drawn.text.contains("10 images (train 6, val 2, test 2)"))
    let sound = try BuiltProgram.espalier(["data", "check", root])
    #expect(sound.status == 0 && sound.text.contains("nothing is wrong"), "\(sound.text)")

    let annotation = folder.path("drawn/Annotations/000001.xml")
    let text = try String(contentsOfFile: annotation, encoding: .utf8)
    try text.replacing("</annotation>", with: "")
      .write(toFile: annotation, atomically: true, encoding: .utf8)
    try Data("no image".utf8).write(to: URL(filePath: folder.path("drawn/JPEGImages/000002.jpg")))
    let damaged = try BuiltProgram.espalier(["data", "check", root, "--list", "train", "--json"])
    #expect(damaged.status == 1)
    let report = try #require(
      try JSONSerialization.jsonObject(with: damaged.output) as? [String: Any]
    )
    #expect(report["schema"] as? String == "espalier.data-check/1")
    #expect(report["sound"] as? Bool == false)
    let parts = try #require(report["parts"] as? [[String: Any]])
    let problems = try #require(parts.first?["problems"] as? [[String: Any]])
    #expect(problems.compactMap { $0["kind"] as? String } == ["brokenAnnotation", "brokenImage"])
    // The file ends with a line feed, so that the parser misses the end tag on the line after the last.
    #expect(problems[0]["line"] as? Int == text.split(separator: "\n").count + 1)
    #expect((problems[1]["path"] as? String)?.hasSuffix("000002.jpg") == true)
  }

  @Test
  func `a folder that is no data set, and one that is not empty, are errors with 3`() throws {
    let folder = try ScratchFolder()
    _ = try folder.write("mine", to: "notes.txt")
    let check = try BuiltProgram.espalier(["data", "check", folder.url.path])
    #expect(check.status == 3 && check.errors.contains("--format"))
    let synth = try BuiltProgram.espalier(["data", "synth", folder.url.path])
    #expect(synth.status == 3 && synth.errors.contains("notes.txt"))
    let size = try BuiltProgram.espalier(["data", "synth", folder.path("a"), "--size", "big"])
    #expect(size.status == 2)
  }
}
