/// Compares models by onnx itself: everything but the storage form of tensors, and fields left at their default.
enum Comparison {
  static let script = #"""
    import sys, onnx
    from onnx import numpy_helper, TensorProto, AttributeProto
    from onnx.external_data_helper import load_external_data_for_model
    import os

    def plain(message):
        name = message.DESCRIPTOR.name
        if name == "TensorProto":
            values = ([bytes(s) for s in message.string_data]
                      if message.data_type == TensorProto.STRING
                      else numpy_helper.to_array(message).tobytes())
            extra = (message.doc_string, sorted((p.key, p.value) for p in message.metadata_props))
            return ("tensor", message.name, message.data_type, tuple(message.dims), values, extra)
        result = {}
        for field, value in message.ListFields():
            if field.is_repeated:
                if field.name in ("metadata_props", "quant_parameter_tensor_names"):
                    result[field.name] = sorted((p.key, p.value) for p in value)
                else:
                    result[field.name] = [plain(v) if field.message_type else v for v in value]
            elif field.message_type:
                result[field.name] = plain(value)
            elif value != field.default_value or name in ("AttributeProto", "Dimension"):
                if name == "AttributeProto" and field.name in ("doc_string", "ref_attr_name") and not value:
                    continue
                result[field.name] = value
        if name == "AttributeProto" and "type" not in result:
            for field, value in message.ListFields():
                kinds = dict(f=1, i=2, s=3, t=4, g=5, floats=6, ints=7, strings=8, tensors=9, graphs=10)
                if field.name in kinds:
                    result["type"] = kinds[field.name]
        if name == "AttributeProto":
            for kind, field, default in ((1, "f", 0.0), (2, "i", 0), (3, "s", b"")):
                if result.get("type") == kind and not result.get("ref_attr_name"):
                    result.setdefault(field, default)
        return result

    def difference(a, b, where="model"):
        if type(a) is not type(b):
            return f"{where}: {str(a)[:80]} / {str(b)[:80]}"
        if isinstance(a, dict):
            for key in sorted(set(a) | set(b)):
                if key not in a or key not in b:
                    return f"{where}.{key} is only in one: {str(a.get(key, b.get(key)))[:200]}"
                found = difference(a[key], b[key], f"{where}.{key}")
                if found: return found
            return None
        if isinstance(a, list):
            if len(a) != len(b): return f"{where}: {len(a)} / {len(b)}"
            for index, (x, y) in enumerate(zip(a, b)):
                found = difference(x, y, f"{where}[{index}]")
                if found: return found
            return None
        return None if a == b or (a != a and b != b) else f"{where}: {str(a)[:200]} / {str(b)[:200]}"

    def passes(path, full):
        try:
            onnx.checker.check_model(path, full_check=full)
            return True
        except Exception as error:
            return str(error)

    equal = 0
    paths = sys.argv[1:]
    if paths[:1] == ["@"]:
        paths = open(paths[1]).read().split("\n")
    for before, after in zip(paths[::2], paths[1::2]):
        a, b = onnx.load(before), onnx.load(after)
        if b.ir_version != a.ir_version and a.ir_version < b.ir_version: b.ir_version = a.ir_version
        found = difference(plain(a), plain(b))
        if found is None:
            for full in (False, True):
                if passes(before, full) is True:
                    verdict = passes(after, full)
                    if verdict is not True:
                        found = f"checker (full: {full}): {verdict}"
        if found: print(before, found)
        else: equal += 1
    print(equal, "equal")
    """#
}
