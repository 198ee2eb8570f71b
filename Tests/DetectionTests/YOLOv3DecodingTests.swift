import Datasets
import Detection
import Foundation
import Metrics
import Tensors
import TestSupport
import Testing

struct YOLOv3DecodingTests {
  /// Maps and the boxes that a plain numpy program finds in them.
  struct Case: Decodable, Sendable {
    let maps: [[Float]]
    let shapes: [[Int]]
    let sizes: [[Int]]
    /// For each image the rows: class, score, left, top, right, bottom.
    let found: [[[Double]]]

    var outputs: [String: Tensor] {
      get throws {
        var outputs: [String: Tensor] = [:]
        for level in maps.indices {
          outputs["yolo_output.\(level)"] = try Tensor(maps[level], shape: shapes[level])
        }
        return outputs
      }
    }
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [(1, 3, 1000, 100), (2, 1, 1000, 100), (3, 20, 20, 100), (4, 5, 1000, 7)]
  )
  func `boxes equal numpy's`(
    _ seed: Int,
    _ classes: Int,
    _ candidates: Int,
    _ kept: Int
  ) throws {
    let text = try Python.run(
      Self.program,
      ["\(seed)", "\(classes)", "\(candidates)", "\(kept)"]
    )
    let known = try JSONDecoder().decode(Case.self, from: Data(text.utf8))
    var options = YOLOv3Options(classes: classes)
    options.suppression.candidates = candidates
    options.suppression.kept = kept
    let images = TaskImages(
      indices: [10, 7, 8],
      originalSizes: known.sizes.map { PixelSize(width: $0[0], height: $0[1]) },
      inputSize: PixelSize(width: 128, height: 96)
    )
    let found = try YOLOv3Task(options: options).detections(known.outputs, images)
    #expect(found.count == 3)
    for (image, wanted) in known.found.enumerated() {
      #expect(found[image].count == wanted.count)
      #expect(found[image].allSatisfy { $0.image == images.indices[image] })
      for (box, row) in zip(found[image], wanted) {
        #expect(Double(box.category) == row[0])
        let numbers = [box.score, box.box.x, box.box.y, box.box.right, box.box.bottom]
        for (number, value) in zip(numbers, row.dropFirst()) {
          #expect(abs(number - value) <= 1e-4 * max(1, abs(value)), "\(numbers), numpy \(row)")
        }
      }
    }
    #expect(known.found.joined().count > 10)
  }

  @Test func `equal scores keep the order of class, then box`() {
    let suppression = Suppression(overlap: 0.45, candidates: 10, kept: 3, addsOne: true)
    let boxes = (0..<4).map { place in
      Suppression.Corners(
        left: Float(100 * place),
        top: 0,
        right: Float(100 * place + 10),
        bottom: 10
      )
    }
    let keys = [
      [Suppression.key(score: 0.5, box: 3), Suppression.key(score: 0.5, box: 1)],
      [Suppression.key(score: 0.5, box: 0), Suppression.key(score: 0.75, box: 2)],
    ]
    let found = suppression.survivors(of: boxes, keys: keys)
    #expect(found.map(\.box) == [2, 1, 3])
    #expect(found.map(\.category) == [1, 0, 0])
  }

  @Test func `widths count one more where boxes are pixels`() {
    // 10x10 and shifted by 4: 60/140 = 0.429 plain; 11·7 = 77 of 165 = 0.467 with one more.
    let boxes = [
      Suppression.Corners(left: 0, top: 0, right: 10, bottom: 10),
      Suppression.Corners(left: 4, top: 0, right: 14, bottom: 10),
    ]
    let keys = [[Suppression.key(score: 0.9, box: 0), Suppression.key(score: 0.8, box: 1)]]
    for (addsOne, count) in [(true, 1), (false, 2)] {
      let rule = Suppression(overlap: 0.45, candidates: 10, kept: 10, addsOne: addsOne)
      #expect(rule.survivors(of: boxes, keys: keys).count == count)
    }
  }

  @Test func `numbers that are not finite make no box`() throws {
    var outputs = try YOLOv3LossTests.drawn(classes: 2)
    for (name, tensor) in outputs {
      outputs[name] = try Tensor.full(tensor.shape, name == "yolo_output.1" ? .nan : .infinity)
    }
    let images = TaskImages(
      indices: [0],
      originalSizes: [PixelSize(width: 64, height: 64)],
      inputSize: PixelSize(width: 64, height: 64)
    )
    for box in try YOLOv3Task(classes: 2).detections(outputs, images)[0] {
      #expect(box.score.isFinite && box.box.area.isFinite)
    }
  }

  /// Arguments: seed, classes, candidates of a class, boxes kept.
  private static let program = """
    import json, sys
    import numpy as np
    seed, C, top, keep = map(int, sys.argv[1:])
    rng = np.random.RandomState(seed)
    IW, IH, N = 128, 96, 3
    anchors = [(10,13),(16,30),(33,23),(30,61),(62,45),(59,119),(116,90),(156,198),(373,326)]
    masks = [[6,7,8],[3,4,5],[0,1,2]]
    grids = [(3,4),(6,8),(12,16)]
    sizes = [(128, 96), (500, 375), (61, 200)]
    maps = []
    for h, w in grids:
        m = rng.randn(N, 3, 5+C, h, w)
        m[:, :, 4] = m[:, :, 4]*3 - 3
        m[2, :, 4] -= 100                                    # an image without anything
        m[2, 0, 4:, 1, 1] = 3
        maps.append(m.reshape(N, -1, h, w).astype(np.float32))
    sig = lambda z: 1/(1+np.exp(-z.astype(np.float64)))
    def iou(a, b):
        if b[0] > a[2] or b[2] < a[0] or b[1] > a[3] or b[3] < a[1]: return 0.0
        inter = (min(a[2],b[2])-max(a[0],b[0])+1)*(min(a[3],b[3])-max(a[1],b[1])+1)
        area = lambda r: (r[2]-r[0]+1)*(r[3]-r[1]+1)
        return inter/(area(a)+area(b)-inter)
    found = []
    for n in range(N):
        ow, oh = sizes[n]
        rows, scores = [], []
        for m, mask, (h, w) in zip(maps, masks, grids):
            p = m[n].reshape(3, 5+C, h, w)
            for k, a in enumerate(mask):
                for j in range(h):
                    for i in range(w):
                        q = p[k, :, j, i]
                        conf = sig(q[4])
                        if conf < .01: continue
                        x, y = (i+sig(q[0]))*ow/w, (j+sig(q[1]))*oh/h
                        bw = np.exp(float(q[2]))*anchors[a][0]*ow/IW
                        bh = np.exp(float(q[3]))*anchors[a][1]*oh/IH
                        clip = lambda v, e: min(max(v, 0.0), e-1.0)
                        rows.append((clip(x-bw/2, ow), clip(y-bh/2, oh), clip(x+bw/2, ow), clip(y+bh/2, oh)))
                        scores.append(conf*sig(q[5:]))
        kept = []
        for c in range(C):
            order = sorted((r for r in range(len(rows)) if scores[r][c] > .01), key=lambda r: -scores[r][c])[:top]
            chosen = []
            for r in order:
                if all(iou(rows[r], rows[s]) <= .45 for s in chosen): chosen.append(r)
            kept += [[c, float(scores[r][c])] + [float(v) for v in rows[r]] for r in chosen]
        found.append(sorted(kept, key=lambda r: -r[1])[:keep])
    print(json.dumps(dict(maps=[m.ravel().tolist() for m in maps], shapes=[list(m.shape) for m in maps],
                          sizes=sizes, found=found)))
    """
}
