using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Numerics;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>Between TorchSharp's tensors and a checkpoint's. Float32 passes unchanged to the bit.</summary>
internal static class TensorCodec
{
    /// <summary>The elements, row-major.</summary>
    public static float[] Read(Tensor tensor)
    {
        using IDisposable scope = torch.NewDisposeScope();
        return tensor.detach().to(torch.CPU).to_type(torch.float32).contiguous().data<float>().ToArray();
    }

    /// <summary>Replaces the elements.</summary>
    public static void Write(ReadOnlySpan<float> values, Tensor tensor)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using (torch.no_grad())
        {
            tensor.copy_(torch.tensor(values.ToArray()).reshape(tensor.shape));
        }
    }

    /// <summary>Adds a tensor under a name.</summary>
    /// <exception cref="NotFiniteNumberException">A value is NaN or infinite.</exception>
    public static void Save(Tensor tensor, string name, StateDictionary state) => Save(Read(tensor), tensor.shape, name, state);

    /// <summary>Adds values under a name.</summary>
    /// <exception cref="NotFiniteNumberException">A value is NaN or infinite.</exception>
    public static void Save(float[] values, long[] shape, string name, StateDictionary state)
    {
        int bad = FiniteCheck.IndexOfNonFinite(values);
        if (bad >= 0)
        {
            throw new NotFiniteNumberException($"{name}[{bad}] is {values[bad].ToString(CultureInfo.InvariantCulture)}");
        }

        state.Add(name, values, shape);
    }

    /// <summary>Reads and checks a tensor; the action returned takes it over and cannot fail.</summary>
    /// <exception cref="InputException">It is missing, of another shape or type, or not finite.</exception>
    public static Action Stage(Tensor tensor, string name, StateDictionary state)
    {
        float[] values = Stage(name, state, tensor.shape);
        return () => Write(values, tensor);
    }

    /// <summary>Reads and checks values.</summary>
    /// <exception cref="InputException">They are missing, of another shape or type, or not finite.</exception>
    public static float[] Stage(string name, StateDictionary state, params ReadOnlySpan<long> shape)
    {
        ReadOnlySpan<float> values = state.GetFloats(name, shape);
        return FiniteCheck.IndexOfNonFinite(values) < 0
            ? values.ToArray()
            : throw new InputException($"The checkpoint's tensor '{name}' holds NaN or infinity; use an earlier checkpoint.");
    }
}
