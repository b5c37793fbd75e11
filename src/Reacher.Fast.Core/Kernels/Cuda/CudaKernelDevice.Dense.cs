using static Reacher.Fast.Core.Kernels.Cuda.KernelArgument;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Linear maps, layer normalisation, and what surrounds them.</summary>
public sealed partial class CudaKernelDevice
{
    private const float LayerNormEpsilon = 1e-5f;

    /// <inheritdoc/>
    public void Linear(Tensor x, Tensor weight, Tensor bias, Tensor y, Activation activation)
    {
        (int heads, int inputs, int outputs) = (weight.Heads, weight.Rows, weight.Columns);
        RequireInput(x, heads, inputs, weight);
        RequireShape(bias, heads, 1, outputs);
        RequireShape(y, heads, x.Rows, outputs);
        LaunchProduct(
            ProductForm.Forward, CudaKernels.LinearNarrow, x.Rows, outputs, heads,
            [Read(x), InputHeadStride(x), Read(weight), Read(bias), Write(y), x.Rows, inputs, outputs, (int)activation]);
    }

    /// <inheritdoc/>
    public void LinearBackwardInput(Tensor dy, Tensor weight, Tensor dx, Tensor? gate, int firstInput = 0)
    {
        (int heads, int inputs, int outputs) = (weight.Heads, weight.Rows, weight.Columns);
        RequireShape(dy, heads, dx.Rows, outputs);
        Require(firstInput >= 0 && firstInput + dx.Columns <= inputs, dx, weight);
        Require(dx.Heads == heads || dx.Heads == 1, dx, weight);
        if (gate is not null)
        {
            RequireShape(gate, heads, dx.Rows, inputs);
            RequireShape(dx, heads, dx.Rows, inputs);
        }

        LaunchProduct(
            ProductForm.BackwardInput, CudaKernels.LinearBackwardInputNarrow, dx.Rows, dx.Columns, dx.Heads,
            [Read(dy), Read(weight), ReadOrNull(gate), Write(dx), dx.Rows, firstInput, dx.Columns, inputs, outputs, heads, dx.Heads]);
    }

    /// <inheritdoc/>
    public void LinearBackwardWeights(Tensor x, Tensor dy, Tensor weightGradient, Tensor biasGradient)
    {
        (int heads, int inputs, int outputs) = (weightGradient.Heads, weightGradient.Rows, weightGradient.Columns);
        RequireInput(x, heads, inputs, weightGradient);
        RequireShape(dy, heads, x.Rows, outputs);
        RequireShape(biasGradient, heads, 1, outputs);
        LaunchProduct(
            ProductForm.BackwardWeights, narrow: null, inputs, outputs, heads,
            [Read(x), InputHeadStride(x), Read(dy), Write(weightGradient), Write(biasGradient), x.Rows, inputs, outputs]);
    }

    /// <inheritdoc/>
    public void ValueHead(Tensor x, Tensor weight, Tensor bias, Tensor q)
    {
        (int heads, int batch, int inputs) = (x.Heads, x.Rows, x.Columns);
        RequireShape(weight, heads, 1, inputs);
        RequireShape(bias, heads, 1, 1);
        RequireShape(q, heads, 1, batch);
        Launch(
            CudaKernels.ValueHead, Rows8(batch), heads, 1,
            [Read(x), Read(weight), Read(bias), Write(q), batch, inputs]);
    }

    /// <inheritdoc/>
    public void ValueHeadBackward(
        Tensor dq, Tensor x, Tensor weight, Tensor dx, Tensor? gate, Tensor? weightGradient, Tensor? biasGradient)
    {
        (int heads, int batch, int inputs) = (dx.Heads, dx.Rows, dx.Columns);
        RequireShape(dq, heads, 1, batch);
        RequireShape(x, heads, batch, inputs);
        RequireShape(weight, heads, 1, inputs);
        Require(weightGradient is null == biasGradient is null, dx, weight);
        if (gate is not null)
        {
            RequireShape(gate, heads, batch, inputs);
        }

        if (weightGradient is not null && biasGradient is not null)
        {
            RequireShape(weightGradient, heads, 1, inputs);
            RequireShape(biasGradient, heads, 1, 1);
            Launch(
                CudaKernels.ValueHeadBackwardWeights, (inputs + 31) / 32, heads, 1,
                [Read(dq), Read(x), Write(weightGradient), Write(biasGradient), batch, inputs]);
        }

        LaunchOver(
            CudaKernels.ValueHeadBackwardInput, (long)heads * batch * RowStride(inputs),
            [Read(dq), Read(weight), ReadOrNull(gate), Write(dx), batch, inputs, heads]);
    }

    /// <inheritdoc/>
    public void LayerNorm(
        Tensor x, Tensor gain, Tensor shift, Tensor normalized, Tensor reciprocalDeviation, Tensor y, Activation activation)
    {
        (int heads, int batch, int features) = (x.Heads, x.Rows, x.Columns);
        RequireShape(gain, heads, 1, features);
        RequireShape(shift, heads, 1, features);
        RequireShape(normalized, heads, batch, features);
        RequireShape(reciprocalDeviation, heads, 1, batch);
        RequireShape(y, heads, batch, features);
        Launch(
            CudaKernels.LayerNorm, Rows8(batch), heads, 1,
            [Read(x), Read(gain), Read(shift), Write(normalized), Write(reciprocalDeviation), Write(y), batch, features,
             LayerNormEpsilon, (int)activation]);
    }

    /// <inheritdoc/>
    public void LayerNormBackward(
        Tensor dy, Tensor gain, Tensor normalized, Tensor reciprocalDeviation, Tensor dx, Tensor? gainGradient, Tensor? shiftGradient)
    {
        (int heads, int batch, int features) = (dx.Heads, dx.Rows, dx.Columns);
        RequireShape(dy, heads, batch, features);
        RequireShape(gain, heads, 1, features);
        RequireShape(normalized, heads, batch, features);
        RequireShape(reciprocalDeviation, heads, 1, batch);
        Require(gainGradient is null == shiftGradient is null, dx, gain);
        if (gainGradient is not null && shiftGradient is not null)
        {
            RequireShape(gainGradient, heads, 1, features);
            RequireShape(shiftGradient, heads, 1, features);
            // First, because dx may be dy.
            Launch(
                CudaKernels.LayerNormBackwardParameters, (features + 31) / 32, heads, 1,
                [Read(dy), Read(normalized), Write(gainGradient), Write(shiftGradient), batch, features]);
        }

        Launch(
            CudaKernels.LayerNormBackward, Rows8(batch), heads, 1,
            [Read(dy), Read(gain), Read(normalized), Read(reciprocalDeviation), Write(dx), batch, features]);
    }

    /// <inheritdoc/>
    public void Concatenate(Tensor left, Tensor right, Tensor y)
    {
        int batch = y.Rows;
        RequireShape(left, 1, batch, left.Columns);
        RequireShape(right, 1, batch, right.Columns);
        RequireShape(y, 1, batch, left.Columns + right.Columns);
        LaunchOver(
            CudaKernels.Concatenate, (long)batch * RowStride(y.Columns),
            [Read(left), Read(right), Write(y), batch, left.Columns, right.Columns]);
    }

    /// <inheritdoc/>
    public void Normalize(Tensor x, Tensor mean, Tensor scale, float limit, Tensor y)
    {
        RequireShape(x, 1, y.Rows, y.Columns);
        RequireShape(mean, 1, 1, y.Columns);
        RequireShape(scale, 1, 1, y.Columns);
        LaunchOver(
            CudaKernels.Normalize, (long)y.Rows * RowStride(y.Columns),
            [Read(x), Read(mean), Read(scale), limit, Write(y), y.Rows, y.Columns]);
    }

    /// <summary>Blocks for kernels that take eight rows each.</summary>
    private static int Rows8(int rows) => (rows + 7) / 8;

    /// <summary>0 where one input feeds all heads.</summary>
    private static long InputHeadStride(Tensor x) => x.Heads == 1 ? 0 : x.HeadStride;

    private static void RequireInput(Tensor x, int heads, int inputs, Tensor weight) =>
        Require((x.Heads == 1 || x.Heads == heads) && x.Columns == inputs, x, weight);

    private static void Require(bool condition, Tensor tensor, Tensor other)
    {
        if (!condition)
        {
            throw new ArgumentException($"{tensor} does not fit {other}.");
        }
    }
}
