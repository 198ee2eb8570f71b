import Evaluation

/// What this machine has.
enum Machine {
  /// The processor's name, as the system tells it.
  static var processor: String { Processor.name }

  /// The processor's features that decide which of torch's kernels run.
  static var features: [String] {
    let found = Set((Processor.field("flags") ?? "").split(separator: " "))
    return [
      "avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16",
    ]
    .filter { found.contains(Substring($0)) }
  }

  /// Cores that this process may use.
  static var cores: Int { Processor.cores }
}
