import Tensors

/// The NVIDIA GPU that tests compare with the CPU, where there is one.
enum GPU {
  static let isPresent: Bool = {
    do {
      try Runtime.loadCUDA()
      return try Runtime.cudaDeviceCount() > 0
    } catch { return false }
  }()

  static let device = Device.cuda()
}
