import Files
import TestSupport
import Testing

struct SHA256Tests {
  // The vectors of FIPS 180-4's examples, and `sha256sum` of the lengths around a block's end.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `agrees with the standard`(text: String, digest: String) {
    #expect(SHA256.hexadecimal(of: Array(text.utf8).span) == digest)
  }

  // By itself: as an argument the text is a line of the runner's log, beside which others were lost.
  @Test func `agrees with the standard on a million letters`() {
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(SHA256.hexadecimal(of: letters.span) == digest)
  }

  @Test(arguments: [55, 56, 63, 64, 65, 119, 128])
  func `agrees with sha256sum around the end of a block`(length: Int) throws {
    let folder = try ScratchFolder()
    let text = String(repeating: "x", count: length)
    let result = try Subprocess.run("/usr/bin/sha256sum", [try folder.write(text, to: "file")])
    #expect(result.text.hasPrefix(SHA256.hexadecimal(of: Array(text.utf8).span) + " "))
  }
}
