using System.Globalization;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Core.Numerics;

namespace Reacher.Fast.Core.Checkpoints;

/// <summary>
/// Between a device's tensors and a checkpoint's: one entry a head, weight matrices transposed from [in, out] to PyTorch's
/// [out, in]. Values pass unchanged to the bit. Saving refuses numbers that are not finite, loading too.
/// </summary>
internal static class ParameterCodec
{
    /// <summary>Adds every tensor of a block; <paramref name="format"/> makes its name from the head's and the tensor's.</summary>
    /// <exception cref="NotFiniteNumberException">A value is NaN or infinite.</exception>
    public static void Save(
        IKernelDevice device, TensorBlock block, Parameter[] layout, string[] heads, string format, StateDictionary state)
    {
        for (int i = 0; i < layout.Length; i++)
        {
            float[] values = Download(device, block[i]);
            int size = values.Length / heads.Length;
            for (int head = 0; head < heads.Length; head++)
            {
                string name = Name(format, heads[head], layout[i]);
                Span<float> matrix = values.AsSpan(head * size, size);
                RequireFinite(matrix, name);
                state.Add(name, layout[i].Role == ParameterRole.Weight ? Transpose(matrix, layout[i].Shape.Rows) : matrix, Shape(layout[i]));
            }
        }
    }

    /// <summary>Adds a tensor that is no parameter, as the vector it is.</summary>
    /// <exception cref="NotFiniteNumberException">A value is NaN or infinite.</exception>
    public static void Save(IKernelDevice device, Tensor tensor, string name, StateDictionary state)
    {
        float[] values = Download(device, tensor);
        RequireFinite(values, name);
        state.Add(name, values, values.Length);
    }

    /// <summary>Reads and checks every tensor of a block; the action returned uploads them.</summary>
    /// <exception cref="InputException">One is missing, of another shape or type, or not finite.</exception>
    public static Action Stage(
        IKernelDevice device, TensorBlock block, Parameter[] layout, string[] heads, string format, StateDictionary state)
    {
        float[][] values = new float[layout.Length][];
        for (int i = 0; i < layout.Length; i++)
        {
            int size = (int)(layout[i].Shape.Elements / heads.Length);
            values[i] = new float[layout[i].Shape.Elements];
            for (int head = 0; head < heads.Length; head++)
            {
                ReadOnlySpan<float> matrix = GetFinite(state, Name(format, heads[head], layout[i]), Shape(layout[i]));
                (layout[i].Role == ParameterRole.Weight ? Transpose(matrix, layout[i].Shape.Columns) : matrix)
                    .CopyTo(values[i].AsSpan(head * size));
            }
        }

        return () =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                device.Upload(values[i], block[i]);
            }
        };
    }

    /// <summary>Reads and checks a vector; the action returned uploads it.</summary>
    /// <exception cref="InputException">It is missing, of another shape or type, or not finite.</exception>
    public static Action Stage(IKernelDevice device, Tensor tensor, string name, StateDictionary state)
    {
        float[] values = GetFinite(state, name, tensor.Shape.Elements).ToArray();
        return () => device.Upload(values, tensor);
    }

    private static string Name(string format, string head, Parameter parameter) =>
        string.Format(CultureInfo.InvariantCulture, format, head, parameter.Shape.Name);

    private static long[] Shape(Parameter parameter) => parameter.Role switch
    {
        ParameterRole.Weight => [parameter.Shape.Columns, parameter.Shape.Rows],
        ParameterRole.ValueWeight => [1, parameter.Shape.Columns],
        _ => [parameter.Shape.Columns],
    };

    private static ReadOnlySpan<float> Transpose(ReadOnlySpan<float> matrix, int rows)
    {
        int columns = matrix.Length / rows;
        float[] transposed = new float[matrix.Length];
        for (int at = 0; at < matrix.Length; at++)
        {
            transposed[((at % columns) * rows) + (at / columns)] = matrix[at];
        }

        return transposed;
    }

    private static float[] Download(IKernelDevice device, Tensor tensor)
    {
        float[] values = new float[tensor.Shape.Elements];
        device.Download(tensor, values);
        return values;
    }

    private static ReadOnlySpan<float> GetFinite(StateDictionary state, string name, params ReadOnlySpan<long> shape)
    {
        ReadOnlySpan<float> values = state.GetFloats(name, shape);
        return FiniteCheck.IndexOfNonFinite(values) < 0
            ? values
            : throw new InputException($"The checkpoint's tensor '{name}' holds NaN or infinity; use an earlier checkpoint.");
    }

    private static void RequireFinite(ReadOnlySpan<float> values, string name)
    {
        int at = FiniteCheck.IndexOfNonFinite(values);
        if (at >= 0)
        {
            throw new NotFiniteNumberException($"{name}[{at}] is {values[at].ToString(CultureInfo.InvariantCulture)}");
        }
    }
}
