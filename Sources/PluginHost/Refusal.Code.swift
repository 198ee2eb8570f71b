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
    case manifestIsLibrary = "ESP-P113"
    case identifierReserved = "ESP-P114"
    case fileMissing = "ESP-P201"
    case fileIsLink = "ESP-P202"
    case fileNotRegular = "ESP-P203"
    case fileOwner = "ESP-P204"
    case fileWritable = "ESP-P205"
    case folderUntrusted = "ESP-P206"
    case fileTooLarge = "ESP-P207"
    case folderIsLink = "ESP-P208"
    case unpinned = "ESP-P301"
    case hashMismatch = "ESP-P302"
    case unvalidated = "ESP-P303"
    case signatureWrong = "ESP-P304"
    case signerUnknown = "ESP-P305"
    case lockMismatch = "ESP-P306"
    case notLocked = "ESP-P307"
    case trustMalformed = "ESP-P308"
    case keyUnusable = "ESP-P309"
    case elfMalformed = "ESP-P401"
    case elfMachine = "ESP-P402"
    case elfSymbolMissing = "ESP-P403"
    case elfNeeds = "ESP-P404"
    case elfTextRelocation = "ESP-P405"
    case elfExecutableStack = "ESP-P406"
    case elfRunPath = "ESP-P407"
    case elfFilter = "ESP-P408"
    case elfNeedsUnknown = "ESP-P409"
    case functionContradicted = "ESP-P410"
    case stagingFailed = "ESP-P501"
    case strictFiles = "ESP-P502"
    case loadFailed = "ESP-P601"
    case libraryClash = "ESP-P602"
    case declined = "ESP-P701"
    case versionMajor = "ESP-P702"
    case versionFloor = "ESP-P703"
    case tableMalformed = "ESP-P705"
    case tableIdentity = "ESP-P706"
    case strategyMissing = "ESP-P707"
    case strategyMalformed = "ESP-P708"
    case parameterMalformed = "ESP-P709"
    case entryThrew = "ESP-P710"
    case archiveMalformed = "ESP-P801"
    case archiveMember = "ESP-P802"
    case archiveTooLarge = "ESP-P803"
    case alreadyInstalled = "ESP-P804"
    case notInstalled = "ESP-P805"
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
    case .manifestIsLibrary:
      "name the plugin's folder or its manifest.json: `espalier plugin new` makes a plugin with one, `espalier plugin draft` writes one for a library of plain C functions, `espalier plugin add` installs a packed plugin"
    case .identifierReserved:
      "use a domain of your own, such as org.example.taylor; espalier.* are the built-ins'"
    case .fileMissing: "build the plugin, or correct \"library\" in the manifest"
    case .fileIsLink: "put the file itself there instead of a symbolic link"
    case .fileNotRegular: "name a regular file"
    case .fileOwner: "the file must belong to you or to root: chown it"
    case .fileWritable:
      "remove the write permission of group and others: chmod go-w; by umask 022 new files have none"
    case .folderUntrusted:
      "the folder must belong to you or to root, and be writable for its owner only: chmod go-w"
    case .fileTooLarge: "a plugin's library has at most 1 GiB"
    case .folderIsLink: "put the folder itself there instead of a symbolic link"
    case .unpinned: "write the library's sha256 into the manifest, or pass --allow-unpinned"
    case .hashMismatch:
      "the library is not the one that the manifest describes: reinstall it, or renew \"sha256\""
    case .unvalidated:
      "run `espalier plugin validate` on it, or pass --isolate to run it in a process of its own, or --allow-unvalidated"
    case .signatureWrong: "get the plugin anew from who made it; a changed manifest is signed anew"
    case .signerUnknown:
      "compare the key with what its owner publishes, then: espalier plugin trust --key KEY"
    case .lockMismatch:
      "install it anew: espalier plugin add --replace; if nobody changed it on purpose, find out who did"
    case .notLocked: "install it by `espalier plugin add`, or keep it in a folder without a lock"
    case .trustMalformed:
      "repair or remove the file; `espalier plugin add` and `espalier plugin trust` write it"
    case .keyUnusable:
      "make a key by `espalier plugin keygen`, and keep it readable for yourself only"
    case .elfMalformed: "the file is not a complete 64-bit ELF shared library"
    case .elfMachine: "build the plugin for this machine"
    case .elfSymbolMissing:
      "export the symbol: extern \"C\", default visibility, kept by the version script"
    case .elfNeeds: "do not link libtorch or libc10: ask the host for \"esp.ops/1\""
    case .elfFilter: "link without --filter, --auxiliary and --audit"
    case .elfNeedsUnknown:
      "put that library beside the plugin's with its sha256 under \"files\" in the manifest, or link it statically"
    case .elfTextRelocation: "compile with -fPIC"
    case .elfExecutableStack: "link with -z noexecstack"
    case .elfRunPath:
      "link without -rpath, or with one below $ORIGIN; libraries beside the plugin's are found without"
    case .functionContradicted:
      "write the function's own types: `espalier plugin draft` reads them from the library"
    case .stagingFailed: "check the space and the rights of the cache folder"
    case .strictFiles: "leave --strict out, or link everything into one library"
    case .loadFailed: "see the loader's message; `ldd` names what is missing"
    case .libraryClash:
      "give the bundled library a name of the plugin's own, by -soname, or link it statically"
    case .declined: "see the plugin's reason"
    case .versionMajor: "get a build of the plugin for this host's major version"
    case .versionFloor: "update Espalier, or get a plugin that asks for less"
    case .tableMalformed: "rebuild the plugin against espalier_plugin.h; set every struct_size"
    case .tableIdentity: "make the manifest and the plugin's table agree"
    case .strategyMissing: "list the same strategies in the manifest and in the plugin's table"
    case .strategyMalformed: "fill every required field of esp_strategy and of its vtable"
    case .parameterMalformed: "give each parameter a type, finite bounds, and a default within them"
    case .entryThrew: "catch every exception inside the plugin"
    case .archiveMalformed: "give a file that `espalier plugin pack` wrote, complete"
    case .archiveMember:
      "pack it by `espalier plugin pack`: the manifest and the files that it names, nothing else"
    case .archiveTooLarge: "a packed plugin has at most 128 files and 1 GiB"
    case .alreadyInstalled: "pass --replace to put this one in its place"
    case .notInstalled:
      "`espalier plugin list` tells which plugins there are, and where they were found"
    }
  }
}
