namespace Reacher.Fast.Core.Kernels.Scalar;

/// <summary>Linear maps, layer normalisation, and what surrounds them.</summary>
public sealed partial class ScalarKernelDevice
{
    /// <summary>Added to the variance in layer normalisation, as torch.nn.LayerNorm has it.</summary>
    private const double LayerNormEpsilon = 1e-5;

    /// <inheritdoc/>
    public void Linear(Tensor x, Tensor weight, Tensor bias, Tensor y, Activation activation)
    {
        (int heads, int inputs, int outputs) = (weight.Heads, weight.Rows, weight.Columns);
        Require(x.Heads == 1 || x.Heads == heads, x, "feeds neither all heads nor each its own of", weight);
        Require(x.Columns == inputs, x, "does not fit", weight);
        _ = Values(bias, heads, 1, outputs);
        _ = Values(y, heads, x.Rows, outputs);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<float> xh = Head(x, x.Heads == 1 ? 0 : h), w = Head(weight, h), c = Head(bias, h);
            Span<float> yh = Head(y, h);
            for (int b = 0; b < x.Rows; b++)
            {
                for (int j = 0; j < outputs; j++)
                {
                    double sum = c[j];
                    for (int i = 0; i < inputs; i++)
                    {
                        sum += (double)xh[(b * inputs) + i] * w[(i * outputs) + j];
                    }

                    yh[(b * outputs) + j] = (float)Activate(sum, activation);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void LinearBackwardInput(Tensor dy, Tensor weight, Tensor dx, Tensor? gate, int firstInput = 0)
    {
        (int heads, int inputs, int outputs) = (weight.Heads, weight.Rows, weight.Columns);
        Require(firstInput >= 0 && firstInput + dx.Columns <= inputs, dx, "from its first input on is not within the inputs of", weight);
        Require(dx.Heads == heads || dx.Heads == 1, dx, "is neither summed nor per head of", weight);
        Require(gate is null || (firstInput == 0 && dx.Columns == inputs), dx, "is gated and yet not the gradient of all inputs of", weight);
        _ = Values(dy, heads, dx.Rows, outputs);
        bool summed = dx.Heads < heads;
        for (int h = 0; h < dx.Heads; h++)
        {
            Span<float> dxh = Head(dx, h);
            for (int b = 0; b < dx.Rows; b++)
            {
                for (int i = 0; i < dx.Columns; i++)
                {
                    double sum = 0;
                    for (int head = summed ? 0 : h; head < (summed ? heads : h + 1); head++)
                    {
                        ReadOnlySpan<float> dyRow = Head(dy, head).Slice(b * outputs, outputs);
                        ReadOnlySpan<float> wRow = Head(weight, head).Slice((firstInput + i) * outputs, outputs);
                        for (int j = 0; j < outputs; j++)
                        {
                            sum += (double)dyRow[j] * wRow[j];
                        }
                    }

                    int at = (b * dx.Columns) + i;
                    dxh[at] = gate is null || Head(gate, h)[at] > 0 ? (float)sum : 0;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void LinearBackwardWeights(Tensor x, Tensor dy, Tensor weightGradient, Tensor biasGradient)
    {
        (int heads, int inputs, int outputs) = (weightGradient.Heads, weightGradient.Rows, weightGradient.Columns);
        Require((x.Heads == 1 || x.Heads == heads) && x.Columns == inputs, x, "does not fit", weightGradient);
        _ = Values(dy, heads, x.Rows, outputs);
        _ = Values(biasGradient, heads, 1, outputs);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<float> xh = Head(x, x.Heads == 1 ? 0 : h), dyh = Head(dy, h);
            Span<float> dw = Head(weightGradient, h), dc = Head(biasGradient, h);
            for (int j = 0; j < outputs; j++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    double sum = 0;
                    for (int b = 0; b < x.Rows; b++)
                    {
                        sum += (double)xh[(b * inputs) + i] * dyh[(b * outputs) + j];
                    }

                    dw[(i * outputs) + j] = (float)sum;
                }

                double biasSum = 0;
                for (int b = 0; b < x.Rows; b++)
                {
                    biasSum += dyh[(b * outputs) + j];
                }

                dc[j] = (float)biasSum;
            }
        }
    }

    /// <inheritdoc/>
    public void ValueHead(Tensor x, Tensor weight, Tensor bias, Tensor q)
    {
        (int heads, int batch, int inputs) = (x.Heads, x.Rows, x.Columns);
        _ = Values(weight, heads, 1, inputs);
        _ = Values(bias, heads, 1, 1);
        _ = Values(q, heads, 1, batch);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<float> xh = Head(x, h), w = Head(weight, h);
            for (int b = 0; b < batch; b++)
            {
                double sum = Head(bias, h)[0];
                for (int i = 0; i < inputs; i++)
                {
                    sum += (double)xh[(b * inputs) + i] * w[i];
                }

                Head(q, h)[b] = (float)sum;
            }
        }
    }

    /// <inheritdoc/>
    public void ValueHeadBackward(
        Tensor dq, Tensor x, Tensor weight, Tensor dx, Tensor? gate, Tensor? weightGradient, Tensor? biasGradient)
    {
        (int heads, int batch, int inputs) = (dx.Heads, dx.Rows, dx.Columns);
        Require(weightGradient is null == biasGradient is null, weight, "wants the gradients of weight and bias together or not at all, for", dq);
        _ = Values(dq, heads, 1, batch);
        _ = Values(x, heads, batch, inputs);
        _ = Values(weight, heads, 1, inputs);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<float> d = Head(dq, h), xh = Head(x, h), w = Head(weight, h);
            Span<float> dxh = Head(dx, h);
            if (weightGradient is not null)
            {
                double biasSum = 0;
                for (int i = 0; i < inputs; i++)
                {
                    double sum = 0;
                    for (int b = 0; b < batch; b++)
                    {
                        sum += (double)d[b] * xh[(b * inputs) + i];
                    }

                    Head(weightGradient, h)[i] = (float)sum;
                }

                for (int b = 0; b < batch; b++)
                {
                    biasSum += d[b];
                }

                Head(biasGradient!, h)[0] = (float)biasSum;
            }

            for (int at = 0; at < batch * inputs; at++)
            {
                dxh[at] = gate is null || Head(gate, h)[at] > 0 ? d[at / inputs] * w[at % inputs] : 0;
            }
        }
    }

    /// <inheritdoc/>
    public void LayerNorm(
        Tensor x, Tensor gain, Tensor shift, Tensor normalized, Tensor reciprocalDeviation, Tensor y, Activation activation)
    {
        (int heads, int batch, int features) = (x.Heads, x.Rows, x.Columns);
        _ = Values(gain, heads, 1, features);
        _ = Values(shift, heads, 1, features);
        _ = Values(reciprocalDeviation, heads, 1, batch);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<float> g = Head(gain, h), s = Head(shift, h);
            for (int b = 0; b < batch; b++)
            {
                ReadOnlySpan<float> row = Head(x, h).Slice(b * features, features);
                Span<float> n = Head(normalized, h).Slice(b * features, features), to = Head(y, h).Slice(b * features, features);
                double mean = 0, variance = 0;
                foreach (float value in row)
                {
                    mean += (double)value / features;
                }

                foreach (float value in row)
                {
                    variance += (value - mean) * (value - mean) / features;
                }

                double rstd = 1 / Math.Sqrt(variance + LayerNormEpsilon);
                Head(reciprocalDeviation, h)[b] = (float)rstd;
                for (int i = 0; i < features; i++)
                {
                    double xhat = (row[i] - mean) * rstd;
                    n[i] = (float)xhat;
                    to[i] = (float)Activate((g[i] * xhat) + s[i], activation);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void LayerNormBackward(
        Tensor dy, Tensor gain, Tensor normalized, Tensor reciprocalDeviation, Tensor dx, Tensor? gainGradient, Tensor? shiftGradient)
    {
        (int heads, int batch, int features) = (dy.Heads, dy.Rows, dy.Columns);
        Require(gainGradient is null == shiftGradient is null, gain, "wants the gradients of gain and shift together or not at all, for", dy);
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<float> d = Head(dy, h), n = Head(normalized, h), g = Head(gain, h);
            for (int i = 0; gainGradient is not null && i < features; i++)
            {
                double gainSum = 0, shiftSum = 0;
                for (int b = 0; b < batch; b++)
                {
                    gainSum += (double)d[(b * features) + i] * n[(b * features) + i];
                    shiftSum += d[(b * features) + i];
                }

                Head(gainGradient, h)[i] = (float)gainSum;
                Head(shiftGradient!, h)[i] = (float)shiftSum;
            }

            for (int b = 0; b < batch; b++)
            {
                // With e = gain * dy: dx = rstd (e - mean(e) - xhat mean(e xhat)), what is left of e without the two
                // directions that normalisation removes.
                double mean = 0, projection = 0;
                for (int i = 0; i < features; i++)
                {
                    double e = (double)g[i] * d[(b * features) + i];
                    mean += e / features;
                    projection += e * n[(b * features) + i] / features;
                }

                double rstd = Head(reciprocalDeviation, h)[b];
                for (int i = 0; i < features; i++)
                {
                    int at = (b * features) + i;
                    Head(dx, h)[at] = (float)(rstd * (((double)g[i] * d[at]) - mean - (n[at] * projection)));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Concatenate(Tensor left, Tensor right, Tensor y)
    {
        (int batch, int m, int n) = (y.Rows, left.Columns, right.Columns);
        ReadOnlySpan<float> l = Values(left, 1, batch, m), r = Values(right, 1, batch, n);
        Span<float> to = Values(y, 1, batch, m + n);
        for (int b = 0; b < batch; b++)
        {
            l.Slice(b * m, m).CopyTo(to[(b * (m + n))..]);
            r.Slice(b * n, n).CopyTo(to[((b * (m + n)) + m)..]);
        }
    }

    /// <inheritdoc/>
    public void Normalize(Tensor x, Tensor mean, Tensor scale, float limit, Tensor y)
    {
        ReadOnlySpan<float> from = Values(x), m = Values(mean, 1, 1, x.Columns), s = Values(scale, 1, 1, x.Columns);
        Span<float> to = Values(y, x.Heads, x.Rows, x.Columns);
        for (int at = 0; at < from.Length; at++)
        {
            int column = at % x.Columns;

            // In float32, difference first: what every device, the exported model included, computes to the bit.
            to[at] = Math.Clamp((from[at] - m[column]) * s[column], -limit, limit);
        }
    }

    private static double Activate(double x, Activation activation) => activation switch
    {
        Activation.ReLU => x > 0 ? x : 0,
        Activation.Tanh => Math.Tanh(x),
        _ => x,
    };
}
