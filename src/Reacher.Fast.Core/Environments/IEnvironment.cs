namespace Reacher.Fast.Core.Environments;

/// <summary>
/// One agent in a world of its own, the simplest environment to write: <see cref="Reset"/> begins an episode and <see cref="Step"/> makes a
/// decision. <see cref="VectorEnvironment.Of"/> makes of it what is trained.
/// </summary>
public interface IEnvironment
{
    /// <summary>O, the numbers in an observation.</summary>
    int ObservationSize { get; }

    /// <summary>A, the numbers in an action, each in [-1, 1].</summary>
    int ActionSize { get; }

    /// <summary>Begins an episode. The same seed gives the same episode, to the bit.</summary>
    /// <param name="seed">Seeds everything random until the next reset.</param>
    /// <param name="observation">[O], written: what the first action is chosen from.</param>
    void Reset(ulong seed, Span<float> observation);

    /// <summary>Applies an action. After an episode's end <see cref="Reset"/> is called before the next one.</summary>
    /// <param name="action">[A], finite and in [-1, 1].</param>
    /// <param name="observation">[O], written: what the next action is chosen from, or the episode's last observation.</param>
    /// <returns>What came of it.</returns>
    StepResult Step(ReadOnlySpan<float> action, Span<float> observation);
}
