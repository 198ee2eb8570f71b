/// Why a plugin was not taken: a stable code, the file, what was found, and the cure.
package struct Refusal: Error, Sendable, Hashable {
  package let code: Code
  package let path: String
  package let detail: String

  package init(_ code: Code, _ path: String, _ detail: String) {
    self.code = code
    self.path = path
    self.detail = detail
  }
}

extension Refusal {
  /// The codes of docs/plugins.md.
  ///
  /// A code never changes its meaning.
  package enum Code: String, Sendable, Hashable, CaseIterable {
    case manifestUnreadable = "ESP-P101"
    case manifestTooLarge = "ESP-P102"
    case manifestSyntax = "ESP-P103"
    case manifestDuplicateKey = "ESP-P104"
    case manifestUnknownKey = "ESP-P105"
    case manifestField = "ESP-P106"
    case manifestVersion = "ESP-P107"
    case manifestIdentifier = "ESP-P108"
    case manifestLibraryPath = "ESP-P109"
    case manifestInterface = "ESP-P110"
    case manifestFunction = "ESP-P111"
    case searchPathRelative = "ESP-P112"
    case fileMissing = "ESP-P201"
    case fileIsLink = "ESP-P202"
    case fileNotRegular = "ESP-P203"
    case fileOwner = "ESP-P204"
    case fileWritable = "ESP-P205"
    case folderUntrusted = "ESP-P206"
    case fileTooLarge = "ESP-P207"
    case unpinned = "ESP-P301"
    case hashMismatch = "ESP-P302"
    case unvalidated = "ESP-P303"
    case quarantined = "ESP-P304"
    case elfMalformed = "ESP-P401"
    case elfMachine = "ESP-P402"
    case elfSymbolMissing = "ESP-P403"
    case elfNeeds = "ESP-P404"
    case elfTextRelocation = "ESP-P405"
    case elfExecutableStack = "ESP-P406"
    case elfRunPath = "ESP-P407"
    case stagingFailed = "ESP-P501"
    case loadFailed = "ESP-P601"
    case declined = "ESP-P701"
    case versionMajor = "ESP-P702"
    case versionFloor = "ESP-P703"
    case tableMalformed = "ESP-P705"
    case tableIdentity = "ESP-P706"
    case strategyMissing = "ESP-P707"
    case strategyMalformed = "ESP-P708"
    case parameterMalformed = "ESP-P709"
    case entryThrew = "ESP-P710"
  }
}

extension Refusal.Code {
  /// What to do about it.
  package var cure: String {
    switch self {
    case .manifestUnreadable: "check that the manifest exists and can be read"
    case .manifestTooLarge: "a manifest has at most 256 KiB"
    case .manifestSyntax: "write strict JSON: UTF-8, no comments, no trailing comma"
    case .manifestDuplicateKey: "give each key once"
    case .manifestUnknownKey:
      "remove the key or correct its spelling; keys of your own begin with x-"
    case .manifestField: "see the table of keys in docs/plugins.md"
    case .manifestVersion: "this host reads manifests of version 1"
    case .manifestIdentifier:
      "use reverse DNS in lower case, such as org.example.taylor; ids without a dot are the built-ins'"
    case .manifestLibraryPath: "name a file beside the manifest or in a folder below it"
    case .manifestInterface:
      "an interface is written as esp.pruner/1; this host offers \(PluginInterface.allCases.map(\.rawValue).joined(separator: ", ")), by the ABIs esp/1 and c-function/1"
    case .manifestFunction: "see \"A plain C function\" in docs/plugins.md"
    case .searchPathRelative: "give absolute folders; the current directory is never searched"
    case .fileMissing: "build the plugin, or correct \"library\" in the manifest"
    case .fileIsLink: "put the file itself there instead of a symbolic link"
    case .fileNotRegular: "name a regular file"
    case .fileOwner: "the file must belong to you or to root: chown it"
    case .fileWritable: "remove the write permission of group and others: chmod go-w"
    case .folderUntrusted:
      "the folder must belong to you or to root, and be writable for its owner only"
    case .fileTooLarge: "a plugin's library has at most 1 GiB"
    case .unpinned: "write the library's sha256 into the manifest, or pass --allow-unpinned"
    case .hashMismatch:
      "the library is not the one that the manifest describes: reinstall it, or renew \"sha256\""
    case .unvalidated: "pass --allow-unvalidated to run it inside this process"
    case .quarantined:
      "get a build without the fault, or lift it: espalier plugin trust ID, or --allow-quarantined for one run"
    case .elfMalformed: "the file is not a complete 64-bit ELF shared library"
    case .elfMachine: "build the plugin for this machine"
    case .elfSymbolMissing:
      "export the symbol: extern \"C\", default visibility, kept by the version script"
    case .elfNeeds: "do not link libtorch or libc10: ask the host for \"esp.ops/1\""
    case .elfTextRelocation: "compile with -fPIC"
    case .elfExecutableStack: "link with -z noexecstack"
    case .elfRunPath: "link without -rpath, or with one below $ORIGIN"
    case .stagingFailed: "check the space and the rights of the cache folder"
    case .loadFailed: "see the loader's message; `ldd` names what is missing"
    case .declined: "see the plugin's reason"
    case .versionMajor: "get a build of the plugin for this host's major version"
    case .versionFloor: "update Espalier, or get a plugin that asks for less"
    case .tableMalformed: "rebuild the plugin against espalier_plugin.h; set every struct_size"
    case .tableIdentity: "make the manifest and the plugin's table agree"
    case .strategyMissing: "list the same strategies in the manifest and in the plugin's table"
    case .strategyMalformed: "fill every required field of esp_strategy and of its vtable"
    case .parameterMalformed: "give each parameter a type, finite bounds, and a default within them"
    case .entryThrew: "catch every exception inside the plugin"
    }
  }
}

extension Refusal: CustomStringConvertible {
  package var description: String {
    "\(code.rawValue) \(path): \(detail); \(code.cure)"
  }
}
