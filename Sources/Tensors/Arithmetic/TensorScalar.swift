/// A number beside a tensor, the same for all elements.
///
/// It never widens floats: `float32 * 0.5` stays float32. Beside whole numbers an `Int` keeps them whole, and a
/// fraction makes them floats.
public protocol TensorScalar: ATenArgument {}

extension Int: TensorScalar {}
extension Double: TensorScalar {}
extension Float: TensorScalar {}
