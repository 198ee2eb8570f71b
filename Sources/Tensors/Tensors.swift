/// placeholder until the runtime lands
public final class Tensor: Sendable {}
