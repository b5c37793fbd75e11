using Reacher.Fast.Core.Checkpoints;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Learner;

/// <summary>alpha, stepped by Adam in log alpha.</summary>
internal sealed class EntropyCoefficient : IDisposable
{
    private readonly Tensor logarithm;
    private readonly TorchAdam adam;

    public EntropyCoefficient(double initial, double learningRate, torch.ScalarType type, torch.Device device)
    {
        logarithm = torch.full(1, (float)Math.Log(initial), type, device);
        Value = logarithm.exp();
        adam = new TorchAdam([logarithm], learningRate);
    }

    /// <summary>alpha, [1].</summary>
    public Tensor Value { get; }

    /// <summary>A number where alpha lies, [1].</summary>
    public Tensor Constant(float value) => torch.full(1, value, Value.dtype, Value.device);

    /// <summary>Descends J(alpha) = alpha <paramref name="surplus"/>, the entropy beyond the one aimed for.</summary>
    public void Step(Tensor surplus)
    {
        using (torch.no_grad())
        {
            adam.Update([(Value * surplus).reshape(1)], learningRateScale: 1);
            Value.copy_(logarithm.exp());
        }
    }

    public void SaveState(StateDictionary state)
    {
        TensorCodec.Save(Value, "alpha", state);
        Tensor[] parts = [logarithm, Value, adam.First[0], adam.Second[0], adam.Step];
        TensorCodec.Save([.. parts.Select(part => TensorCodec.Read(part)[0])], [parts.Length], "optimizer.alpha", state);
    }

    /// <summary>Reads and checks; the action returned takes it over and cannot fail.</summary>
    public Action StageState(StateDictionary state)
    {
        Action load = TensorCodec.Stage(Value, "alpha", state);
        float[] values = TensorCodec.Stage("optimizer.alpha", state, 5);
        return load + (() =>
        {
            TensorCodec.Write([values[0]], logarithm);
            TensorCodec.Write([values[2]], adam.First[0]);
            TensorCodec.Write([values[3]], adam.Second[0]);
            TensorCodec.Write([values[4]], adam.Step);
        });
    }

    public void Dispose()
    {
        Value.Dispose();
        logarithm.Dispose();
        adam.Dispose();
    }
}
