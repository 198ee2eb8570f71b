/// One convolution as the papers' tables have it, written down by hand and apart from the code under test.
struct Layer: Hashable {
  let name: String
  let input: Int
  let output: Int
  let kernel: Int
  var groups = 1
  /// Image pixels, each way, to one pixel of the output.
  let stride: Int
  var deformable = false
  var bias = false
  var norm = true

  var weights: Int { output * (input / groups) * kernel * kernel }
  /// Multiply-adds of an image of this many pixels.
  func multiplyAdds(pixels: Int) -> Int { pixels / (stride * stride) * weights }
  /// All values kept for the layer: weights, bias, and the four of batch norm.
  var values: Int { weights + (bias ? output : 0) + (norm ? 4 * output : 0) }
}

enum LayerTable {
  static let mobilenetV1: [Layer] =
    [Layer(name: "conv1", input: 3, output: 32, kernel: 3, stride: 2)]
    + [
      ("conv2_1", 32, 64, 2), ("conv2_2", 64, 128, 4), ("conv3_1", 128, 128, 4),
      ("conv3_2", 128, 256, 8), ("conv4_1", 256, 256, 8), ("conv4_2", 256, 512, 16),
      ("conv5_1", 512, 512, 16), ("conv5_2", 512, 512, 16), ("conv5_3", 512, 512, 16),
      ("conv5_4", 512, 512, 16), ("conv5_5", 512, 512, 16), ("conv5_6", 512, 1024, 32),
      ("conv6", 1024, 1024, 32),
    ].flatMap { name, input, output, stride in
      [
        Layer(
          name: "\(name)_dw",
          input: input,
          output: input,
          kernel: 3,
          groups: input,
          stride: stride
        ),
        Layer(name: "\(name)_sep", input: input, output: output, kernel: 1, stride: stride),
      ]
    }

  static let resnet34: [Layer] =
    [Layer(name: "conv1", input: 3, output: 64, kernel: 7, stride: 2)]
    + [(2, 3, 64, 64, 4), (3, 4, 64, 128, 8), (4, 6, 128, 256, 16), (5, 3, 256, 512, 32)].flatMap {
      (stage, blocks, input, width, stride) -> [Layer] in
      let projection = Layer(
        name: "res\(stage)a_branch1",
        input: input,
        output: width,
        kernel: 1,
        stride: stride
      )
      return [projection]
        + (0..<blocks).flatMap { block -> [Layer] in
          let name = "res\(stage)\(["a", "b", "c", "d", "e", "f"][block])_branch2"
          return [
            Layer(
              name: name + "a",
              input: block == 0 ? input : width,
              output: width,
              kernel: 3,
              stride: stride
            ),
            Layer(name: name + "b", input: width, output: width, kernel: 3, stride: stride),
          ]
        }
    }

  static let resnet50vdDCN: [Layer] =
    [
      Layer(name: "conv1_1", input: 3, output: 32, kernel: 3, stride: 2),
      Layer(name: "conv1_2", input: 32, output: 32, kernel: 3, stride: 2),
      Layer(name: "conv1_3", input: 32, output: 64, kernel: 3, stride: 2),
    ]
    + [(2, 3, 64, 64, 4), (3, 4, 256, 128, 8), (4, 6, 512, 256, 16), (5, 3, 1024, 512, 32)].flatMap
  {
    (stage, blocks, input, width, stride) -> [Layer] in
    let projection = Layer(
      name: "res\(stage)a_branch1",
      input: input,
      output: 4 * width,
      kernel: 1,
      stride: stride
    )
    return [projection]
      + (0..<blocks).flatMap { block -> [Layer] in
        let name = "res\(stage)\(["a", "b", "c", "d", "e", "f"][block])_branch2"
        // The first block of a stage reads the map before it is strided.
        let before = block == 0 && stage > 2 ? stride / 2 : stride
        var layers = [
          Layer(
            name: name + "a",
            input: block == 0 ? input : 4 * width,
            output: width,
            kernel: 1,
            stride: before
          ),
          Layer(
            name: name + "b",
            input: width,
            output: width,
            kernel: 3,
            stride: stride,
            deformable: stage == 5
          ),
          Layer(name: name + "c", input: width, output: 4 * width, kernel: 1, stride: stride),
        ]
        if stage == 5 {
          layers.append(
            Layer(
              name: name + "b_conv_offset",
              input: width,
              output: 27,
              kernel: 3,
              stride: stride,
              bias: true,
              norm: false
            )
          )
        }
        return layers
      }
  }

  /// The head over maps of these channels, coarsest first.
  static func head(_ channels: [Int], classes: Int) -> [Layer] {
    (0..<3).flatMap { level -> [Layer] in
      let width = [512, 256, 128][level]
      let stride = [32, 16, 8][level]
      let input = channels[level] + (level == 0 ? 0 : width)
      let block = "yolo_block.\(level)"
      return [
        Layer(name: "\(block).0.0", input: input, output: width, kernel: 1, stride: stride),
        Layer(name: "\(block).0.1", input: width, output: 2 * width, kernel: 3, stride: stride),
        Layer(name: "\(block).1.0", input: 2 * width, output: width, kernel: 1, stride: stride),
        Layer(name: "\(block).1.1", input: width, output: 2 * width, kernel: 3, stride: stride),
        Layer(name: "\(block).2", input: 2 * width, output: width, kernel: 1, stride: stride),
        Layer(name: "\(block).tip", input: width, output: 2 * width, kernel: 3, stride: stride),
        Layer(
          name: "yolo_output.\(level)",
          input: 2 * width,
          output: 3 * (5 + classes),
          kernel: 1,
          stride: stride,
          bias: true,
          norm: false
        ),
      ]
        + (level == 2
          ? []
          : [
            Layer(
              name: "yolo_transition.\(level)",
              input: width,
              output: width / 2,
              kernel: 1,
              stride: stride
            )
          ])
    }
  }
}
