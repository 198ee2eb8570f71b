/// Manifests of plain C functions.
enum FunctionManifest {
  /// A filter's L2 norm, one call a channel.
  static let scorer =
    """
    {"symbol": "l2", "interface": "esp.pruner/1", "role": "score_channel",
     "args": [{"type": "f32*", "bind": "weight.data", "access": "read"},
              {"type": "i64", "bind": "weight.numel"}],
     "returns": {"type": "f64", "meaning": "score"}}
    """

  /// The manifest of that function.
  static let l2 = manifest(scorer)

  /// Every binding of a function that scores all channels at once.
  static let all = manifest(
    """
    {"symbol": "all", "interface": "esp.pruner/1", "role": "score",
     "args": [{"type": "f32*", "bind": "weight.data", "access": "read"},
              {"type": "u64", "bind": "weight.numel"}, {"type": "i32", "bind": "weight.ndim"},
              {"type": "i64*", "bind": "weight.shape", "access": "read"},
              {"type": "i64", "bind": "weight.shape[1]"},
              {"type": "f64*", "bind": "scores.data", "access": "write"},
              {"type": "u32", "bind": "scores.numel"}, {"type": "i64", "bind": "channels"},
              {"type": "cstr", "bind": "group.name"}, {"type": "u64", "bind": "seed"},
              {"type": "f64", "bind": "param:power", "default": 1.0, "min": 0.5, "max": 2.0},
              {"type": "i8", "bind": "param:shift", "default": -3},
              {"type": "cstr", "bind": "param:mode", "default": "plain"}],
     "returns": {"type": "i32", "meaning": "status"},
     "require": {"device": "cpu", "dtype": "f32", "contiguous": true}}
    """
  )

  static func manifest(
    _ function: String,
    sha256: String = "",
    library: String = "plugin.so"
  ) -> String {
    """
    {"manifest": 1, "id": "org.example.function", "version": "1.0.0", "library": "\(library)",
     "sha256": "\(sha256)", "abi": "c-function/1", "functions": [\(function)]}
    """
  }
}
