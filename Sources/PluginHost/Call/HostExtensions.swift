import CEspalier
import PluginKit
import Tensors

/// The versioned tables that `get_extension` hands out.
enum HostExtensions {
  /// The table of an id; `nil` for one that this host has not.
  ///
  /// Asking for `esp.ops/1` loads libtorch where that has not happened; whoever asks wants to use it.
  @unsafe
  static func table(_ id: String, for host: HostRecord?) -> UnsafeRawPointer? {
    guard id == ESP_OPS_ID else { return nil }
    do throws(TensorError) {
      return unsafe UnsafeRawPointer(try Runtime.ops())
    } catch {
      host?.log(.warning, host?.plugin ?? "", "esp.ops/1 is not available: \(error)")
      return nil
    }
  }
}
