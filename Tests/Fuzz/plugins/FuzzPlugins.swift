// libFuzzer's entry: bytes of strangers as each reader of plugins gets them. The first byte says which; what may not happen is a trap,
// a leak, a hang, or memory that an input of this size cannot justify.
import Files
import Packaging
import PluginHost

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
  switch start.pointee % 5 {
  case 0: manifest(bytes)
  case 1: archive(bytes)
  case 2: library(bytes)
  case 3: _ = DebugInfo(bytes)
  default: signature(bytes)
  }
  return 0
}

private func manifest(_ bytes: [UInt8]) {
  guard let manifest = try? Manifest(bytes: bytes, path: "/fuzz/manifest.json", isBuiltIn: false)
  else { return }
  precondition(
    !manifest.library.hasPrefix("/") && !manifest.library.split(separator: "/").contains("..")
  )
  precondition(!manifest.id.hasPrefix("espalier.") && manifest.id.contains("."))
  precondition(manifest.files.allSatisfy { !$0.name.contains("/") })
}

private func archive(_ bytes: [UInt8]) {
  var limits = PluginArchive.Limits()
  limits.bytes = 1 << 20
  guard let members = try? PluginArchive.read(bytes, path: "fuzz", limits: limits) else { return }
  for member in members {
    precondition(!member.name.hasPrefix("/"))
    precondition(!member.name.split(separator: "/").contains { $0.hasPrefix(".") })
  }
  precondition(members.reduce(0) { $0 + $1.bytes.count } <= limits.bytes)
  _ = try? PluginFiles(members, source: "fuzz")
  // What was read is packed and read again as it was.
  let sorted = members.sorted { $0.name < $1.name }
  guard let packed = try? PluginArchive.write(sorted, path: "fuzz") else { return }
  if let again = try? PluginArchive.read(packed, path: "fuzz", limits: limits) {
    precondition(again == sorted)
  }
}

private func library(_ bytes: [UInt8]) {
  guard let image = try? ELFImage(bytes) else { return }
  try? image.check(symbols: ["esp_plugin_entry_v1"], path: "fuzz")
}

private func signature(_ bytes: [UInt8]) {
  guard let signature = try? Signature(reading: bytes, path: "fuzz") else { return }
  // Nobody who cannot sign makes a signature of another manifest.
  precondition(!signature.isOf(Array("another".utf8)))
}
