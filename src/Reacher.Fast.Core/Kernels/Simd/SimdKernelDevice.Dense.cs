using Reacher.Fast.Core.Kernels.Simd.Ops;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Core.Kernels.Simd;

internal sealed unsafe partial class SimdKernelDevice<T>
{
    /// <inheritdoc/>
    public void Linear(Tensor x, Tensor weight, Tensor bias, Tensor y, Activation activation)
    {
        LinearWork<T> work = new()
        {
            X0 = Matrix(x, 0),
            X1 = Matrix(x, 1),
            W0 = Matrix(weight, 0),
            W1 = Matrix(weight, 1),
            Y0 = Matrix(y, 0),
            Y1 = Matrix(y, 1),
            Ends0 = new TileEnds { Bias = Row(bias), Relu = activation == Activation.ReLU },
            Ends1 = new TileEnds { Bias = Row(bias, bias.Heads - 1), Relu = activation == Activation.ReLU },
            Heads = y.Heads,
            Tanh = activation == Activation.Tanh,
        };
        Run(work, Floats(y));
    }

    /// <inheritdoc/>
    public void LinearBackwardInput(Tensor dy, Tensor weight, Tensor dx, Tensor? gate, int firstInput = 0)
    {
        // Transposed here, in every call: 6 percent of the product at 256 (measured). A twin kept by Adam would be transposed as
        // often, once for each change of the weights, and would be one more state to get wrong.
        nint floats = PackedMatrix.FloatsOf(weight.Columns, dx.Columns, Width);
        float* transposed = Scratch(floats * weight.Heads);
        TransposeWork transpose = new()
        {
            From0 = Matrix(weight, 0),
            From1 = Matrix(weight, 1),
            To0 = new PackedMatrix(transposed, weight.Columns, dx.Columns, Width),
            To1 = new PackedMatrix(transposed + (weight.Heads - 1) * floats, weight.Columns, dx.Columns, Width),
            FirstRow = firstInput,
            Heads = weight.Heads,
        };
        Run(transpose, weight.Heads * floats);

        LinearWork<T> work = new()
        {
            X0 = Matrix(dy, 0),
            X1 = Matrix(dy, 1),
            W0 = transpose.To0,
            W1 = transpose.To1,
            Y0 = Matrix(dx, 0),
            Y1 = Matrix(dx, 1),
            Ends0 = new TileEnds { Gate = gate is null ? null : Row(gate) },
            Ends1 = new TileEnds { Gate = gate is null ? null : Row(gate, gate.Heads - 1), Accumulate = dx.Heads < dy.Heads },
            Heads = dy.Heads,
            Summed = dx.Heads < dy.Heads,
        };
        Run(work, Floats(dy));
    }

    /// <inheritdoc/>
    public void LinearBackwardWeights(Tensor x, Tensor dy, Tensor weightGradient, Tensor biasGradient)
    {
        WeightGradientWork<T> work = new()
        {
            X0 = Matrix(x, 0),
            X1 = Matrix(x, 1),
            Dy0 = Matrix(dy, 0),
            Dy1 = Matrix(dy, 1),
            Dw0 = Matrix(weightGradient, 0),
            Dw1 = Matrix(weightGradient, 1),
            Db0 = Row(biasGradient),
            Db1 = Row(biasGradient, biasGradient.Heads - 1),
            Heads = dy.Heads,
        };
        Run(work, Floats(x) + Floats(dy));
    }

    /// <inheritdoc/>
    public void ValueHead(Tensor x, Tensor weight, Tensor bias, Tensor q)
    {
        ValueHeadWork<T> work = new()
        {
            X0 = Matrix(x, 0),
            X1 = Matrix(x, 1),
            W0 = Row(weight),
            W1 = Row(weight, weight.Heads - 1),
            Bias0 = Row(bias),
            Bias1 = Row(bias, bias.Heads - 1),
            Q0 = Row(q),
            Q1 = Row(q, q.Heads - 1),
            Heads = q.Heads,
        };
        Run(work, Floats(x));
    }

    /// <inheritdoc/>
    public void ValueHeadBackward(
        Tensor dq, Tensor x, Tensor weight, Tensor dx, Tensor? gate, Tensor? weightGradient, Tensor? biasGradient)
    {
        for (int head = 0; head < dq.Heads; head++)
        {
            ValueHeadBackwardWork<T> work = new()
            {
                Dq = Row(dq, head),
                X = Matrix(x, head),
                W = Row(weight, head),
                Dx = Matrix(dx, head),
                Gate = gate is null ? null : Row(gate, gate.Heads == 1 ? 0 : head),
                Dw = weightGradient is null ? null : Row(weightGradient, head),
            };
            Run(work, Floats(dx));
            if (biasGradient is not null)
            {
                *Row(biasGradient, head) = (float)ChunkedSums.Sum(Row(dq, head), dq.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void LayerNorm(
        Tensor x, Tensor gain, Tensor shift, Tensor normalized, Tensor reciprocalDeviation, Tensor y, Activation activation)
    {
        for (int head = 0; head < x.Heads; head++)
        {
            LayerNormWork<T> work = new()
            {
                X = Matrix(x, head),
                Gain = Row(gain, head),
                Shift = Row(shift, head),
                Normalized = Matrix(normalized, head),
                ReciprocalDeviation = Row(reciprocalDeviation, head),
                Y = Matrix(y, head),
                Activation = activation,
            };
            Run(work, Floats(x));
        }
    }

    /// <inheritdoc/>
    public void LayerNormBackward(
        Tensor dy, Tensor gain, Tensor normalized, Tensor reciprocalDeviation, Tensor dx, Tensor? gainGradient, Tensor? shiftGradient)
    {
        for (int head = 0; head < dy.Heads; head++)
        {
            if (gainGradient is not null && shiftGradient is not null)
            {
                // Before dx, which may be dy.
                LayerNormGradientWork<T> gradients = new()
                {
                    Dy = Matrix(dy, head),
                    Normalized = Matrix(normalized, head),
                    GainGradient = Row(gainGradient, head),
                    ShiftGradient = Row(shiftGradient, head),
                };
                Run(gradients, Floats(dy));
            }

            LayerNormBackwardWork<T> work = new()
            {
                Dy = Matrix(dy, head),
                Gain = Row(gain, head),
                Normalized = Matrix(normalized, head),
                ReciprocalDeviation = Row(reciprocalDeviation, head),
                Dx = Matrix(dx, head),
            };
            Run(work, Floats(dy));
        }
    }

    /// <inheritdoc/>
    public void Concatenate(Tensor left, Tensor right, Tensor y) =>
        Run(new ConcatenateWork { Left = Matrix(left, 0), Right = Matrix(right, 0), Y = Matrix(y, 0) }, Floats(y));

    /// <inheritdoc/>
    public void Normalize(Tensor x, Tensor mean, Tensor scale, float limit, Tensor y)
    {
        NormalizeWork<T> work = new()
        {
            X = Matrix(x, 0),
            Mean = Row(mean),
            Scale = Row(scale),
            Limit = limit,
            Y = Matrix(y, 0),
        };
        Run(work, Floats(y));
    }
}
