#!/usr/bin/env python3
"""Checks a model with onnx's own checker, shapes inferred and all. Debian: python3-onnx.
  check_onnx.py MODEL"""
import sys

import onnx
import onnx.checker
import onnx.shape_inference

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model)
onnx.checker.check_model(onnx.shape_inference.infer_shapes(model))
print('inputs', [(value.name, [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]) for value in model.graph.input])
print('outputs', [(value.name, [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]) for value in model.graph.output])
