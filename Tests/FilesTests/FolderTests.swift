import Files
import Foundation
import TestSupport
import Testing

struct FolderTests {
  @Test func `many make the same folders at once`() throws {
    let scratch = try ScratchFolder()
    for round in 0..<200 {
      let failures = LockedCount()
      DispatchQueue.concurrentPerform(iterations: 4) { index in
        do { try Folder.make("\(scratch.path("\(round)"))/a/b/c-\(index)") } catch {
          failures.add()
        }
      }
      #expect(failures.value == 0)
      #expect(try Folder.names(in: scratch.path("\(round)/a/b")).count == 4)
    }
  }

  @Test func `a folder is removed with all that is in it, links are not followed`() throws {
    let scratch = try ScratchFolder()
    try Folder.make(scratch.path("a/b"))
    let kept = try scratch.write("kept", to: "kept.txt")
    _ = try scratch.write("gone", to: "a/b/gone.txt")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("a/link"),
      withDestinationPath: scratch.path("")
    )
    try Folder.remove(scratch.path("a"))
    #expect(!File.exists(scratch.path("a")) && File.exists(kept))
    try Folder.remove(scratch.path("a"))
  }
}

private final class LockedCount: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func add() { lock.withLock { count += 1 } }
}
