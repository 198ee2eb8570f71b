/// The three networks in NumPy, written from the papers and the benchmark's names alone, with nothing of a graph.
///
/// Arguments: the model's path, its kind, its classes, then heights and widths in pairs. Every parameter is replaced by
/// a random one, so that offsets, masks, biases and norms all matter; ONNX Runtime's outputs are compared with
/// NumPy's. Prints the greatest difference over the greatest magnitude, and the shapes.
let numpyReference = #"""
  import os, sys
  # One thread: a machine that is busy with other tests spends more on spinning than on sums.
  os.environ["OPENBLAS_NUM_THREADS"] = "1"
  import numpy as np, onnx, onnxruntime
  from onnx import numpy_helper

  path, kind, classes = sys.argv[1], sys.argv[2], int(sys.argv[3])
  sizes = [int(a) for a in sys.argv[4:]]
  rng = np.random.default_rng(3)

  def conv(x, name, stride=1, groups=1, bias=None):
      w = P[name]
      k = w.shape[2]
      p = (k - 1) // 2
      x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
      v = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
      if groups > 1:
          y = np.einsum("nchwij,cij->nchw", v, w[:, 0])
      else:
          y = np.tensordot(v, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
      return y if bias is None else y + P[bias][:, None, None]

  def norm(x, scale, offset, mean, var):
      s = P[scale] / np.sqrt(P[var] + 1e-5)
      return (x - P[mean][:, None, None]) * s[:, None, None] + P[offset][:, None, None]

  def relu(x): return np.maximum(x, 0)
  def leaky(x): return np.where(x > 0, x, 0.1 * x)
  def sigmoid(x): return 1 / (1 + np.exp(-x))

  def backbone_norm(x, bn):
      return norm(x, bn + "_scale", bn + "_offset", bn + "_mean", bn + "_variance")

  def mobilenet(x):
      def layer(x, name, **more):
          return relu(backbone_norm(conv(x, name + "_weights", **more), name + "_bn"))
      x = layer(x, "conv1", stride=2)
      taps = []
      for name, stride in [("conv2_1", 1), ("conv2_2", 2), ("conv3_1", 1), ("conv3_2", 2),
                           ("conv4_1", 1), ("conv4_2", 2), ("conv5_1", 1), ("conv5_2", 1),
                           ("conv5_3", 1), ("conv5_4", 1), ("conv5_5", 1), ("conv5_6", 2), ("conv6", 1)]:
          x = layer(x, name + "_dw", stride=stride, groups=x.shape[1])
          x = layer(x, name + "_sep")
          taps.append((name, x))
      taps = dict(taps)
      return taps["conv3_2"], taps["conv4_2"], taps["conv6"]

  def max_pool(x):
      x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
      return np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))[:, :, ::2, ::2].max((4, 5))

  def mean_pool(x):
      n, c, h, w = x.shape
      return x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5))

  def branch(x, block, which, stride=1):
      return backbone_norm(conv(x, f"res{block}_branch{which}_weights", stride),
                           f"bn{block}_branch{which}")

  def resnet34(x):
      x = max_pool(relu(backbone_norm(conv(x, "conv1_weights", 2), "bn_conv1")))
      taps = []
      for stage, blocks in [(2, 3), (3, 4), (4, 6), (5, 3)]:
          for i in range(blocks):
              block = f"{stage}{chr(97 + i)}"
              stride = 2 if i == 0 and stage > 2 else 1
              y = branch(relu(branch(x, block, "2a", stride)), block, "2b")
              x = relu(y + (branch(x, block, "1", stride) if i == 0 else x))
          taps.append(x)
      return taps[1:]

  def sample(x, y_at, x_at):
      n, c, h, w = x.shape
      y0, x0 = np.floor(y_at), np.floor(x_at)
      total = 0
      for dy in (0, 1):
          for dx in (0, 1):
              yi, xi = y0 + dy, x0 + dx
              weight = (1 - np.abs(y_at - yi)) * (1 - np.abs(x_at - xi))
              inside = (yi >= 0) & (yi < h) & (xi >= 0) & (xi < w)
              yi, xi = np.clip(yi, 0, h - 1).astype(int), np.clip(xi, 0, w - 1).astype(int)
              picked = np.stack([x[b][:, yi[b], xi[b]] for b in range(n)])
              total = total + picked * (weight * inside)[:, None]
      return total

  def deformable(x, name, stride):
      guide = conv(x, name + "_conv_offset.w_0", stride, bias=name + "_conv_offset.b_0")
      weights, (n, _, h, w) = P[name + "_weights"], guide.shape
      rows, columns = np.meshgrid(np.arange(h) * stride - 1, np.arange(w) * stride - 1, indexing="ij")
      total = 0
      for i in range(3):
          for j in range(3):
              k = 3 * i + j
              picked = sample(x, rows + i + guide[:, 2 * k], columns + j + guide[:, 2 * k + 1])
              picked = picked * sigmoid(guide[:, 18 + k])[:, None]
              total = total + np.einsum("nchw,oc->nohw", picked, weights[:, :, i, j])
      return total

  def resnet50(x):
      for i, stride in [(1, 2), (2, 1), (3, 1)]:
          x = relu(backbone_norm(conv(x, f"conv1_{i}_weights", stride), f"bnv1_{i}"))
      x = max_pool(x)
      taps = []
      for stage, blocks in [(2, 3), (3, 4), (4, 6), (5, 3)]:
          for i in range(blocks):
              block = f"{stage}{chr(97 + i)}"
              stride = 2 if i == 0 and stage > 2 else 1
              y = relu(branch(x, block, "2a"))
              if stage == 5:
                  y = relu(backbone_norm(deformable(y, f"res{block}_branch2b", stride), f"bn{block}_branch2b"))
              else:
                  y = relu(branch(y, block, "2b", stride))
              y = branch(y, block, "2c")
              x = relu(y + (branch(mean_pool(x) if stride == 2 else x, block, "1") if i == 0 else x))
          taps.append(x)
      return taps[1:]

  def head(c3, c4, c5):
      def layer(x, name):
          bn = name + ".bn."
          return leaky(norm(conv(x, name + ".conv.weights"), bn + "scale", bn + "offset", bn + "mean", bn + "var"))
      outputs, route = [], None
      for i, x in enumerate([c5, c4, c3]):
          if route is not None:
              route = layer(route, f"yolo_transition.{i - 1}").repeat(2, axis=2).repeat(2, axis=3)
              x = np.concatenate([route, x], axis=1)
          for part in ["0.0", "0.1", "1.0", "1.1", "2"]:
              x = layer(x, f"yolo_block.{i}.{part}")
          route = x
          tip = layer(x, f"yolo_block.{i}.tip")
          outputs.append(conv(tip, f"yolo_output.{i}.conv.weights", bias=f"yolo_output.{i}.conv.bias"))
      return outputs

  model = onnx.load(path)
  onnx.checker.check_model(model, full_check=True)
  P = {}
  for tensor in model.graph.initializer:
      if tensor.data_type != onnx.TensorProto.FLOAT or tensor.name.endswith(".scales"):
          continue
      shape, name = tuple(tensor.dims), tensor.name
      last = "branch2b" if kind == "resnet34" else "branch2c"
      if name.endswith((last + "_scale", "branch1_scale")):
          value = rng.uniform(0.2, 0.6, shape)  # or sums of branches grow, and offsets point outside the map
      elif name.endswith(("scale", "var", "variance")):
          value = rng.uniform(0.5, 1.5, shape)
      elif len(shape) == 1:
          value = rng.normal(0, 0.1 if "conv_offset" not in name else 1, shape)
      elif "conv_offset" in name:
          value = rng.normal(0, 0.01, shape)
      else:
          value = numpy_helper.to_array(tensor)
      P[name] = value.astype(np.float32)
      tensor.CopyFrom(numpy_helper.from_array(P[name], name))
  options = onnxruntime.SessionOptions()
  options.intra_op_num_threads = 1
  session = onnxruntime.InferenceSession(
      model.SerializeToString(), options, providers=["CPUExecutionProvider"])
  assert [o.name for o in session.get_outputs()] == [f"yolo_output.{i}" for i in range(3)]
  networks = {"mobilenet_v1": mobilenet, "resnet34": resnet34, "resnet50vd_dcn": resnet50}
  for height, width in zip(sizes[::2], sizes[1::2]):
      image = rng.normal(size=(2, 3, height, width)).astype(np.float32)
      found = session.run(None, {"image": image})
      expected = head(*networks[kind](image))
      for i, (a, b) in enumerate(zip(found, expected)):
          stride = 32 >> i
          assert a.shape == b.shape == (2, 3 * (5 + classes), height // stride, width // stride), a.shape
          print(np.abs(a - b).max() / max(1, np.abs(b).max()))
  """#
