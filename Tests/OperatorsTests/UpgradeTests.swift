import Foundation
import Graphs
import ModelFormats
import Operators
import TestSupport
import Tensors
import Testing

@Suite(.enabled(if: Python.isPresent, "\(Python.reason)"))
struct UpgradeTests {
  private let operators = OperatorSet.standard

  @Test(arguments: OldForms.names)
  func `an old form computes what ONNX Runtime does`(_ name: String) throws {
    let form = try OldForms.form(name)
    try expect(try run(form.graph, form.inputs), equals: form.outputs)
  }

  @Test(arguments: OldForms.convertedNames)
  func `our upgrade and the version converter's agree`(_ name: String) throws {
    let form = try OldForms.form(name)
    let converted = try #require(form.converted)
    try expect(try run(converted, form.inputs), equals: try run(form.graph, form.inputs))
  }

  @Test(arguments: OldForms.names)
  func `an upgraded graph is upgraded already`(_ name: String) throws {
    let once = try operators.normalized(try OldForms.form(name).graph)
    #expect(try operators.normalized(once) == once)
  }

  @Test func `what is exported after an upgrade is valid and computes the same`() throws {
    let folder = try OldForms.folder.get()
    for name in OldForms.names {
      let graph = try operators.normalized(try OldForms.form(name).graph)
      try ONNX.write(try operators.exported(graph), to: folder.path("\(name).exported.onnx"))
    }
    let script = """
      import sys, numpy as np, onnx, onnxruntime as ort
      from onnx import numpy_helper as nh
      for name in sys.argv[2:]:
          path = f"{sys.argv[1]}/{name}"
          onnx.checker.check_model(path + ".exported.onnx", full_check=True)
          data = {t.name: nh.to_array(t) for t in onnx.load(path + ".data.onnx").graph.initializer}
          s = ort.InferenceSession(path + ".exported.onnx")
          r = s.run(None, {k[3:]: v for k, v in data.items() if k.startswith("in.")})
          for o, v in zip(s.get_outputs(), r):
              np.testing.assert_allclose(v, data["out." + o.name], rtol=1e-5, atol=1e-6, err_msg=name)
      print("same")
      """
    let text = try Python.run(script, [folder.url.path] + OldForms.names)
    #expect(text == "same\n")
  }

  private func run(_ graph: Graph, _ inputs: [String: Constant]) throws -> [String: Constant] {
    let session = Session(try operators.normalized(graph), operators: operators)
    return try session.run(try inputs.mapValues { try $0.tensor() }).mapValues {
      try $0.constant()
    }
  }

  private func expect(
    _ found: [String: Constant],
    equals expected: [String: Constant]
  ) throws {
    for (name, right) in expected {
      let left = try #require(found[name])
      #expect(left.type == right.type)
      #expect(left.shape == right.shape)
      let a = try #require(left.floats ?? left.integers?.map { Float($0) })
      let b = try #require(right.floats ?? right.integers?.map { Float($0) })
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-6 + 1e-5 * abs($1) }, "\(a) and \(b)")
    }
  }
}
