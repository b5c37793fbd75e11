using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// An environment that another one owns: disposing of this leaves it as it is. A player in lock-step trains and evaluates in turns,
/// so two own it in name.
/// </summary>
internal sealed class BorrowedEnvironment(IVectorEnvironment environment) : IVectorEnvironment
{
    public int AgentCount => environment.AgentCount;

    public int ObservationSize => environment.ObservationSize;

    public int ActionSize => environment.ActionSize;

    public void Reset(ulong seed, Span<float> observations) => environment.Reset(seed, observations);

    public void Step(ReadOnlySpan<float> actions, in VectorStep step) => environment.Step(actions, step);

    public void Dispose()
    {
    }
}
