import Datasets
import Detection
import Foundation
import Metrics
import Tensors
import TestSupport
import Testing

struct SSDFaceTests {
  /// Maps, faces, and what a plain numpy program makes of them.
  struct Case: Decodable, Sendable {
    let maps: [String: [Float]]
    let shapes: [String: [Int]]
    let faces: [[[Float]]]
    let boxes: Double
    let scores: Double
    let gradient: [String: [Double]]
    let probes: [String: [Int]]
    let found: [[[Double]]]

    func outputs() throws -> [String: Tensor] {
      var outputs: [String: Tensor] = [:]
      for (name, values) in maps {
        let tensor = try Tensor(values, shape: shapes[name] ?? [])
        outputs[name] = try tensor.setRequiresGradient()
      }
      return outputs
    }
  }

  private static let size = PixelSize(width: 96, height: 64)

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)), arguments: [1, 2])
  func `loss, gradient and boxes equal numpy's`(_ seed: Int) throws {
    let text = try Python.run(Self.program, ["\(seed)"])
    let known = try JSONDecoder().decode(Case.self, from: Data(text.utf8))
    let outputs = try known.outputs()
    let faces = known.faces.map {
      $0.map {
        TargetBox(centerX: $0[0], centerY: $0[1], width: $0[2], height: $0[3], category: 0)
      }
    }
    let loss = try SSDFaceTask().loss(outputs, TaskTargets(boxes: faces, inputSize: Self.size))
    #expect(loss.terms.map(\.name) == ["boxes", "scores"])
    #expect(abs(try loss.terms[0].value.doubles()[0] - known.boxes) < 1e-4 * known.boxes)
    #expect(abs(try loss.terms[1].value.doubles()[0] - known.scores) < 1e-4 * known.scores)
    try loss.total.backward()
    for (name, places) in known.probes {
      let gradient = try #require(try outputs[name]?.gradient).doubles()
      for (place, value) in zip(places, known.gradient[name] ?? []) {
        #expect(abs(gradient[place] - value) < 1e-4 * max(1, abs(value)), "\(name) at \(place)")
      }
    }
    let images = TaskImages(
      indices: [0, 1, 2],
      originalSizes: [Self.size, PixelSize(width: 300, height: 200), Self.size],
      inputSize: Self.size
    )
    let found = try SSDFaceTask().detections(outputs, images)
    for (boxes, rows) in zip(found, known.found) {
      #expect(boxes.count == rows.count)
      for (box, row) in zip(boxes, rows) {
        let numbers = [box.score, box.box.x, box.box.y, box.box.right, box.box.bottom]
        for (number, value) in zip(numbers, row) {
          #expect(abs(number - value) < 1e-3 * max(1, abs(value)), "\(numbers), numpy \(row)")
        }
      }
    }
  }

  @Test func `images without faces give a loss of zero that has gradients`() throws {
    var outputs: [String: Tensor] = [:]
    for (name, shape) in [
      ("face_box.0", [1, 8, 8, 12]), ("face_box.1", [1, 24, 4, 6]),
      ("face_score.0", [1, 4, 8, 12]), ("face_score.1", [1, 12, 4, 6]),
    ] {
      outputs[name] = try Tensor.full(shape, 0.5).setRequiresGradient()
    }
    let loss = try SSDFaceTask().loss(outputs, TaskTargets(boxes: [[]], inputSize: Self.size))
    #expect(try loss.total.doubles() == [0])
    try loss.total.backward()
    for tensor in outputs.values { #expect(try tensor.gradient != nil) }
    outputs["face_box.1"] = nil
    #expect(throws: DetectionError.self) {
      try SSDFaceTask().loss(outputs, TaskTargets(boxes: [[]], inputSize: Self.size))
    }
  }

  private static let program = """
    import json, math, sys
    import numpy as np
    rng = np.random.RandomState(int(sys.argv[1]))
    N, IW, IH = 3, 96, 64
    shapes = {'face_box.0': (N,8,8,12), 'face_box.1': (N,24,4,6), 'face_score.0': (N,4,8,12), 'face_score.1': (N,12,4,6)}
    maps = {k: rng.randn(*s).astype(np.float32).astype(np.float64) for k, s in shapes.items()}
    for k in ('face_score.0', 'face_score.1'): maps[k] *= 2
    f32 = lambda v: float(np.float32(v))
    faces = [[[f32(rng.uniform(.1,.9)), f32(rng.uniform(.1,.9)), f32(rng.uniform(.05,.6)), f32(rng.uniform(.05,.6))] for _ in range(5)],
             [[f32(.02), f32(.97), f32(.01), f32(.015)], [f32(.5), f32(.5), f32(.33), f32(.5)], [f32(.51), f32(.5), f32(.33), f32(.5)]], []]
    sizes = [[16,24],[32,48,64,80,96,128]]
    priors = []
    for s, step in zip(sizes, (8,16)):
        for y in range(IH//step):
            for x in range(IW//step):
                for side in s: priors.append(((x+.5)*step/IW, (y+.5)*step/IH, side/IW, side/IH))
    P = len(priors)
    def iou(a, b):
        w = min(a[0]+a[2]/2, b[0]+b[2]/2)-max(a[0]-a[2]/2, b[0]-b[2]/2)
        h = min(a[1]+a[3]/2, b[1]+b[3]/2)-max(a[1]-a[3]/2, b[1]-b[3]/2)
        if w <= 0 or h <= 0: return 0.0
        return w*h/(a[2]*a[3]+b[2]*b[3]-w*h)
    def flat(m, kind, k):
        return np.concatenate([m[f'{kind}.{i}'].transpose(0,2,3,1).reshape(N, -1, k) for i in (0,1)], 1)
    owners = []
    for gts in faces:
        own = [-1]*P
        M = np.array([[iou(p, g) for g in gts] for p in priors]).reshape(P, len(gts))
        T = M.copy()
        for _ in gts:
            if not T.size or T.max() <= 0: break
            p, g = np.unravel_index(T.argmax(), T.shape)
            own[p] = int(g); T[p, :] = -1; T[:, g] = -1
        for p in range(P):
            if gts and own[p] < 0 and M[p].max() >= .35: own[p] = int(M[p].argmax())
        owners.append(own)
    def loss(m):
        B, S = flat(m, 'face_box', 4), flat(m, 'face_score', 2)
        total = sum(o >= 0 for own in owners for o in own)
        lb = ls = 0.0
        for n in range(N):
            ce = lambda p, c: np.logaddexp(S[n,p,0], S[n,p,1]) - S[n,p,c]
            pos = [p for p in range(P) if owners[n][p] >= 0]
            for p in pos:
                q, g = priors[p], faces[n][owners[n][p]]
                t = [(g[0]-q[0])/q[2]/.1, (g[1]-q[1])/q[3]/.1, math.log(g[2]/q[2])/.2, math.log(g[3]/q[3])/.2]
                for a, b in zip(B[n,p], t):
                    d = abs(a-b); lb += .5*d*d if d < 1 else d-.5
                ls += ce(p, 1)
            neg = sorted((p for p in range(P) if owners[n][p] < 0), key=lambda p: -ce(p, 0))[:3*len(pos)]
            ls += sum(ce(p, 0) for p in neg)
        return lb/total, ls/total
    lb, ls = loss(maps)
    probes, gradient = {}, {}
    for k in maps:
        places = rng.randint(0, maps[k].size, 30)
        if 'box' in k:                                         # where positives are, too
            places = np.concatenate([places, np.arange(maps[k].size)[::37][:30]])
        probes[k], gradient[k] = [int(p) for p in places], []
        for p in places:
            v = []
            for s in (1e-5, -1e-5):
                m = {a: b.copy() for a, b in maps.items()}; m[k].flat[p] += s; v.append(sum(loss(m)))
            gradient[k].append((v[0]-v[1])/2e-5)
    B, S = flat(maps, 'face_box', 4), flat(maps, 'face_score', 2)
    found = []
    for n, (w, h) in enumerate([(IW,IH),(300,200),(IW,IH)]):
        rows = []
        for p, q in enumerate(priors):
            s = 1/(1+math.exp(S[n,p,0]-S[n,p,1]))
            if s <= .01: continue
            x, y = q[0]+.1*B[n,p,0]*q[2], q[1]+.1*B[n,p,1]*q[3]
            bw, bh = math.exp(.2*B[n,p,2])*q[2], math.exp(.2*B[n,p,3])*q[3]
            rows.append((s, x, y, bw, bh))
        rows.sort(key=lambda r: -r[0])
        keep = []
        for r in rows:
            if all(iou(r[1:], k[1:]) <= .3 for k in keep): keep.append(r)
        found.append([[r[0], (r[1]-r[3]/2)*w, (r[2]-r[4]/2)*h, (r[1]+r[3]/2)*w, (r[2]+r[4]/2)*h] for r in keep[:750]])
    print(json.dumps(dict(maps={k: m.ravel().tolist() for k, m in maps.items()}, shapes=shapes, faces=faces, boxes=lb,
                          scores=ls, gradient=gradient, probes=probes, found=found)))
    """
}
