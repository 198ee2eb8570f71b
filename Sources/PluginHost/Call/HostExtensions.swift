/// The versioned tables that `get_extension` hands out.
enum HostExtensions {
  /// The table of an id; `nil` for one that this host has not.
  @unsafe
  static func table(_ id: String) -> UnsafeRawPointer? {
    nil
  }
}
