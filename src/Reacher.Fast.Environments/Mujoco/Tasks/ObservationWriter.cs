namespace Reacher.Fast.Environments.Mujoco.Tasks;

/// <summary>Writes MuJoCo's numbers one after another into an observation.</summary>
internal ref struct ObservationWriter(Span<float> observation)
{
    private readonly Span<float> observation = observation;
    private int written;

    /// <summary>Writes one number.</summary>
    public void Add(double number) => observation[written++] = (float)number;

    /// <summary>Writes all of them.</summary>
    public void Add(ReadOnlySpan<double> numbers)
    {
        foreach (double number in numbers)
        {
            Add(number);
        }
    }

    /// <summary>Writes all of them, cut to [-most, most].</summary>
    public void AddClamped(ReadOnlySpan<double> numbers, double most)
    {
        foreach (double number in numbers)
        {
            Add(Math.Clamp(number, -most, most));
        }
    }
}
