using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Training.Env;

/// <summary>
/// An environment whose seeds are mixed before it is given them. The seeds of a run's parts differ in few bits, some above the lowest 32 alone
/// (<see cref="Run.Seeds"/>), and an environment of a user's own may take no more than those, as <c>new Random((int)seed)</c> does: it would
/// play the same episodes for two of them. The environments of this project mix their seeds themselves.
/// </summary>
internal sealed class SeedMixingEnvironment : IVectorEnvironment
{
    private readonly IVectorEnvironment environment;

    private SeedMixingEnvironment(IVectorEnvironment environment) => this.environment = environment;

    public int AgentCount => environment.AgentCount;

    public int ObservationSize => environment.ObservationSize;

    public ObservationLayout ObservationLayout => environment.ObservationLayout;

    public int ActionSize => environment.ActionSize;

    /// <summary>The environment with its seeds mixed; a Unity player, which has one seed for its life, as it is.</summary>
    /// <param name="environment">The environment; it is disposed with what is returned.</param>
    public static IVectorEnvironment Of(IVectorEnvironment environment) =>
        environment is MlAgentsEnvironment ? environment : new SeedMixingEnvironment(environment);

    public void Reset(ulong seed, Span<float> observations) => environment.Reset(SplitMix64.Mix(seed), observations);

    public void Step(ReadOnlySpan<float> actions, in VectorStep step) => environment.Step(actions, step);

    public void Dispose() => environment.Dispose();
}
