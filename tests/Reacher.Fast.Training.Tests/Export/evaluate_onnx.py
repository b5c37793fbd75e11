#!/usr/bin/env python3
"""Evaluates an ONNX model with nothing but numpy: an independent reading of the specification, for the operators that an
exported policy uses. The protobuf wire format is read by hand, so that neither our writer nor onnx's own reader is trusted.
  evaluate_onnx.py MODEL OBSERVATIONS.f32 BATCH RESULTS.f32
Reads BATCH x O floats; writes the deterministic actions, then the noise drawn, then the sampled actions, as float32.
Prints the model's constants."""
import struct
import sys

import numpy as np


def fields(data):
    """(field number, value) of a message; submessages and strings as bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << 64) if value >= 1 << 63 else value

    while at < len(data):
        key = varint()
        number, kind = key >> 3, key & 7
        if kind == 0:
            yield number, varint()
        elif kind == 1:
            yield number, struct.unpack_from('<d', data, at)[0]
            at += 8
        elif kind == 2:
            size = varint()
            yield number, data[at:at + size]
            at += size
        elif kind == 5:
            yield number, struct.unpack_from('<f', data, at)[0]
            at += 4
        else:
            raise ValueError(f'wire type {kind}')


def packed(data):
    """Whole numbers of a packed field."""
    return [value for _, value in fields(b''.join(b'\x08' + part for part in split_varints(data)))]


def split_varints(data):
    start = 0
    for at, byte in enumerate(data):
        if byte < 0x80:
            yield data[start:at + 1]
            start = at + 1


def tensor(data):
    dims, kind, name, raw = [], 0, '', b''
    for number, value in fields(data):
        if number == 1:
            dims += packed(value) if isinstance(value, bytes) else [value]
        elif number == 2:
            kind = value
        elif number == 8:
            name = value.decode()
        elif number == 9:
            raw = value
    assert kind == 1, 'float tensors only'
    return name, np.frombuffer(raw, '<f4').reshape(dims)


def node(data):
    inputs, outputs, operation, attributes = [], [], '', {}
    for number, value in fields(data):
        if number == 1:
            inputs.append(value.decode())
        elif number == 2:
            outputs.append(value.decode())
        elif number == 4:
            operation = value.decode()
        elif number == 5:
            attribute = dict(fields(value))
            kind = attribute[20]
            attributes[attribute[1].decode()] = (
                attribute.get(2, 0.0) if kind == 1 else attribute.get(3, 0) if kind == 2 else tensor(attribute[5])[1])
    return operation, inputs, outputs, attributes


def main():
    path, observations, batch, results = sys.argv[1:5]
    model = list(fields(open(path, 'rb').read()))
    opset = [dict(fields(value)).get(2) for number, value in model if number == 8]
    assert opset == [9], opset
    graph = list(fields(next(value for number, value in model if number == 7)))
    values = dict(tensor(value) for number, value in graph if number == 5)
    values['obs_0'] = np.fromfile(observations, '<f4').reshape(int(batch), -1)
    random = np.random.default_rng(1)
    drawn = None
    for operation, inputs, (output,), attributes in (node(value) for number, value in graph if number == 1):
        x = [values[name] for name in inputs]
        if operation == 'Constant':
            y = attributes['value']
        elif operation == 'Gemm':
            assert attributes['alpha'] == 1 and attributes['beta'] == 1 and attributes['transB'] == 1
            y = x[0].astype(np.float64) @ x[1].T.astype(np.float64) + x[2]
        elif operation == 'Relu':
            y = np.maximum(x[0], 0)
        elif operation == 'Tanh':
            y = np.tanh(x[0])
        elif operation == 'Exp':
            y = np.exp(x[0])
        elif operation == 'Sub':
            y = x[0] - x[1]
        elif operation == 'Mul':
            y = x[0] * x[1]
        elif operation == 'Add':
            y = x[0] + x[1]
        elif operation == 'Clip':
            y = np.clip(x[0], attributes['min'], attributes['max'])
        elif operation == 'Identity':
            y = x[0]
        elif operation == 'RandomNormalLike':
            y = drawn = attributes['mean'] + attributes['scale'] * random.standard_normal(x[0].shape)
        else:
            raise ValueError(f'operator {operation}')
        values[output] = y
    with open(results, 'wb') as file:
        deterministic = values['deterministic_continuous_actions']
        drawn = np.zeros_like(deterministic) if drawn is None else drawn
        for array in (deterministic, drawn, values['continuous_actions']):
            file.write(array.astype('<f4').tobytes())
    for name in ('version_number', 'memory_size', 'continuous_action_output_shape'):
        print(name, values[name].tolist())


main()
