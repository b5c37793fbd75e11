using CommunityToolkit.HighPerformance;
using Microsoft.ML.OnnxRuntime;

namespace Reacher.Fast.Onnx;

/// <summary>The memory that one run of a model reads and writes, for a fixed number of agents, so that acting again allocates no array.</summary>
internal sealed class OnnxBatch : IDisposable
{
    private readonly IReadOnlyList<OnnxSensor> sensors;
    private readonly float[][] observations;
    private readonly float[] actions;
    private readonly int actionSize;

    /// <summary>Memory full of zeros.</summary>
    /// <param name="sensors">The model's inputs.</param>
    /// <param name="count">The number of agents.</param>
    /// <param name="actionSize">The actions of an agent; 0 where the run makes its own output.</param>
    public OnnxBatch(IReadOnlyList<OnnxSensor> sensors, int count, int actionSize)
    {
        (this.sensors, this.actionSize, Count) = (sensors, actionSize, count);
        observations = [.. sensors.Select(sensor => new float[count * sensor.Size])];
        actions = new float[count * actionSize];
        Inputs = [.. sensors.Zip(observations, (sensor, values) => ValueOver(values, [count, .. sensor.Shape]))];
        Outputs = actionSize > 0 ? [ValueOver(actions, [count, actionSize])] : [];
    }

    /// <summary>The number of agents.</summary>
    public int Count { get; }

    /// <summary>The inputs, in the order of the sensors.</summary>
    public OrtValue[] Inputs { get; }

    /// <summary>The one output.</summary>
    public OrtValue[] Outputs { get; }

    /// <summary>[N, A]: what the last run wrote.</summary>
    public ReadOnlySpan2D<float> Actions => new(actions, Count, actionSize);

    /// <summary>The same, one row after another.</summary>
    public ReadOnlySpan<float> FlatActions => actions;

    /// <summary>Takes the observations apart: the columns of each sensor go to its input.</summary>
    public void SetObservations(ReadOnlySpan2D<float> joined)
    {
        int first = 0;
        for (int i = 0; i < sensors.Count; i++)
        {
            joined.Slice(0, first, Count, sensors[i].Size).CopyTo(observations[i]);
            first += sensors[i].Size;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtValue value in Inputs.Concat(Outputs))
        {
            value.Dispose();
        }
    }

    private static OrtValue ValueOver(float[] memory, IEnumerable<int> shape) =>
        OrtValue.CreateTensorValueFromMemory(memory, [.. shape.Select(size => (long)size)]);
}
