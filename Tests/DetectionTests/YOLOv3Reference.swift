import Datasets
import Detection
import Foundation
import Tensors
import TestSupport

/// Maps, boxes, the loss and its gradient, as a plain numpy program draws and computes them.
struct YOLOv3Case: Decodable, Sendable {
  let maps: [[Float]]
  let shapes: [[Int]]
  /// For each image its boxes: centre, width, height, class, weight.
  let boxes: [[[Float]]]
  let position: Double
  let size: Double
  let objectness: Double
  let classes: Double
  let iou: Double
  /// Places in the maps, end to end, and the derivative of the total there.
  let probes: [Int]
  let gradient: [Double]

  init(_ arguments: [String]) throws {
    let text = try Python.run(Self.program, arguments)
    self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
  }

  var targets: TaskTargets {
    TaskTargets(
      boxes: boxes.map { $0.map(Self.box) },
      inputSize: PixelSize(width: 96, height: 64)
    )
  }

  private static func box(_ numbers: [Float]) -> TargetBox {
    TargetBox(
      centerX: numbers[0],
      centerY: numbers[1],
      width: numbers[2],
      height: numbers[3],
      category: Int(numbers[4]),
      weight: numbers[5]
    )
  }

  /// The maps as outputs that record gradients.
  func outputs() throws -> [String: Tensor] {
    var outputs: [String: Tensor] = [:]
    for (level, values) in maps.enumerated() {
      let tensor = try Tensor(values, shape: shapes[level])
      outputs["yolo_output.\(level)"] = try tensor.setRequiresGradient()
    }
    return outputs
  }

  /// Arguments: seed, kind (standard or fine_grained), label smoothing, IoU factor.
  private static let program = """
    import json, math, sys
    import numpy as np
    seed, kind, smooth, iou_factor = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
    rng = np.random.RandomState(seed)
    N, C, IW, IH = 4, 3, 96, 64
    anchors = [(10,13),(16,30),(33,23),(30,61),(62,45),(59,119),(116,90),(156,198),(373,326)]
    masks = [[6,7,8],[3,4,5],[0,1,2]]
    grids = [(2,3),(4,6),(8,12)]
    maps = [rng.randn(N, 3*(5+C), h, w).astype(np.float32).astype(np.float64) for h, w in grids]
    boxes = [[], [], [], []]
    for _ in range(12):                                  # ordinary ones, mixed-in weights
        w, h = rng.uniform(.05, .9), rng.uniform(.05, .9)
        boxes[0].append([rng.uniform(w/2, 1-w/2), rng.uniform(h/2, 1-h/2), w, h, rng.randint(C), rng.uniform(.2, 1)])
    for c in range(3):                                   # three in one cell, with one anchor
        boxes[1].append([.40+.01*c, .30, .3+.001*c, .5, c, .9-.3*c])
    boxes[1].append([.5, .5, 1e-7, .3, 0, 1.0])          # no extent
    boxes[1].append([.7, .7, .004, .005, 1, 1.0])        # tiny
    boxes[1].append([1.0, 1.0, .2, .2, 2, 1.0])          # at the far corner
    boxes[1].append([0.0, 0.0, .2, .2, 2, .5])           # at the near corner
    boxes[3].append([.5, .5, .9, .95, 1, 0.0])           # mixed in with weight 0
    boxes[3].append([.25, .25, .1, .2, 1, 1.0])
    boxes = [[[float(np.float32(v)) for v in b] for b in image] for image in boxes]
    # Predictions that cover boxes well, so that the threshold matters.
    for b in boxes[0][:6]:
        for level, (h, w) in enumerate(grids):
            i, j = int(b[0]*w), int(b[1]*h)
            for k, a in enumerate(masks[level]):
                x, y = np.clip(b[0]*w-i, .02, .98), np.clip(b[1]*h-j, .02, .98)
                base = k*(5+C)
                maps[level][0, base:base+4, j, i] = [math.log(x/(1-x)), math.log(y/(1-y)),
                    math.log(b[2]*IW/anchors[a][0]) + rng.uniform(-.3, .3), math.log(b[3]*IH/anchors[a][1])]
                maps[level][0] = maps[level][0].astype(np.float32).astype(np.float64)
    def bce(z, t): return max(z, 0) - z*t + math.log1p(math.exp(-abs(z)))
    def sig(z): return 1/(1+math.exp(-z))
    def iou(a, b):
        w = min(a[0]+a[2]/2, b[0]+b[2]/2) - max(a[0]-a[2]/2, b[0]-b[2]/2)
        h = min(a[1]+a[3]/2, b[1]+b[3]/2) - max(a[1]-a[3]/2, b[1]-b[3]/2)
        if w <= 0 or h <= 0: return 0.0
        return w*h / (a[2]*a[3] + b[2]*b[3] - w*h)
    def shape_iou(w, h, a):
        m = min(w, a[0])*min(h, a[1])
        return m / (w*h + a[0]*a[1] - m)
    def decode(p, i, j, w, h, a):
        return ((i+sig(p[0]))/w, (j+sig(p[1]))/h, math.exp(p[2])*a[0]/IW, math.exp(p[3])*a[1]/IH)
    def terms(maps, image):
        out = dict(position=0.0, size=0.0, objectness=0.0, classes=0.0, iou=0.0)
        if kind == 'standard': gts = [b for b in boxes[image] if b[2] > 1e-6 and b[3] > 1e-6]
        else: gts = [b for b in boxes[image] if b[2] > 0 and b[3] > 0 and b[5] > 0]
        for level, (h, w) in enumerate(grids):
            m = maps[level][image].reshape(3, 5+C, h, w)
            slots = {}
            for b in gts:
                ious = [shape_iou(b[2]*IW, b[3]*IH, a) for a in anchors]
                best = max(range(9), key=lambda k: ious[k])
                if best not in masks[level]: continue
                i, j = min(int(b[0]*w), w-1), min(int(b[1]*h), h-1)
                slots.setdefault((masks[level].index(best), j, i), []).append(b)
            for (k, j, i), found in slots.items():
                p, a = m[k, :, j, i], anchors[masks[level][k]]
                if kind == 'standard':
                    jobs = [(b, [1-smooth if c == b[4] else smooth for c in range(C)]) for b in found]
                else:
                    jobs = [(found[-1], [1.0 if any(b[4] == c for b in found) else 0.0 for c in range(C)])]
                for b, labels in jobs:
                    scale = (2 - b[2]*b[3])*b[5]
                    out['position'] += scale*(bce(p[0], b[0]*w-i) + bce(p[1], b[1]*h-j))
                    out['size'] += scale*(abs(p[2]-math.log(b[2]*IW/a[0])) + abs(p[3]-math.log(b[3]*IH/a[1])))
                    out['classes'] += b[5]*sum(bce(p[5+c], labels[c]) for c in range(C))
                    v = iou(decode(p, i, j, w, h, a), b)
                    out['iou'] += iou_factor*scale*(1 - v*v)
            for k in range(3):
                for j in range(h):
                    for i in range(w):
                        p = m[k, :, j, i]
                        owner = slots.get((k, j, i))
                        if owner and owner[-1][5] > 1e-5:
                            out['objectness'] += owner[-1][5]*bce(p[4], 1.0)
                        elif owner or all(iou(decode(p, i, j, w, h, anchors[masks[level][k]]), b) <= .7 for b in gts):
                            out['objectness'] += bce(p[4], 0.0)
        return out
    def total(maps, image): return sum(terms(maps, image).values()) / N
    every = [terms(maps, n) for n in range(N)]
    result = {name: sum(t[name] for t in every)/N for name in every[0]}
    sizes = [m.size for m in maps]
    # Every number of the first cells, and drawn ones.
    probes = sorted(set(rng.randint(0, sum(sizes), 80)))
    for b in boxes[1][:1] + boxes[1][4:7]:
        for level, (h, w) in enumerate(grids):
            i, j = min(int(b[0]*w), w-1), min(int(b[1]*h), h-1)
            flat = np.arange(sizes[level]).reshape(maps[level].shape)
            probes += [int(v) + sum(sizes[:level]) for v in flat[1, :, j, i]]
    gradient = []
    for place in probes:
        level, rest = 0, int(place)
        while rest >= sizes[level]: rest -= sizes[level]; level += 1
        image = rest // (sizes[level] // N)
        values = []
        for step in (1e-5, -1e-5):
            moved = [m.copy() for m in maps]
            moved[level].flat[rest] += step
            values.append(total(moved, image))
        gradient.append((values[0]-values[1])/2e-5)
    result.update(maps=[m.ravel().tolist() for m in maps], shapes=[list(m.shape) for m in maps],
                  boxes=boxes, probes=[int(p) for p in probes], gradient=gradient)
    print(json.dumps(result))
    """
}
