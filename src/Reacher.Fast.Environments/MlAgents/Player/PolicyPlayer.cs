using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.MlAgents.Player;

/// <summary>How a policy is shown in the built-in arm.</summary>
public sealed record PolicyPlayerOptions
{
    /// <summary>Episodes to play; 0 to play until the player is told to end.</summary>
    public long Episodes { get; init; }

    /// <summary>Seed of the first episode, from which those of the others follow.</summary>
    public ulong Seed { get; init; }

    /// <summary>The time that a decision takes at least; null: as fast as it is computed.</summary>
    public TimeSpan? DecisionTime { get; init; }

    /// <summary>Takes lines for the log.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>
/// Plays the built-in arm by a policy, as a Unity player does that has a model in its scene and no trainer: nobody is connected to, and each
/// episode's score is logged.
/// </summary>
public static class PolicyPlayer
{
    /// <summary>Plays until all episodes are played, or the player is told to end.</summary>
    /// <param name="arms">The scene.</param>
    /// <param name="policy">What decides.</param>
    /// <param name="options">How many episodes, and how fast.</param>
    /// <param name="cancellation">Ends the player between two decisions.</param>
    /// <exception cref="InputException">The policy is not of the arm's sizes, or gives no usable actions.</exception>
    public static async Task<PlayerSummary> RunAsync(
        ArmOptions arms, IPolicy policy, PolicyPlayerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(arms);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(options);
        using var environment = new ArmEnvironment(arms);
        if (policy.ObservationSize != environment.ObservationSize || policy.ActionSize != environment.ActionSize)
        {
            throw new InputException(
                $"The policy has {policy.ObservationSize} observations and {policy.ActionSize} actions, and the arm {environment.ObservationSize} " +
                $"and {environment.ActionSize}; name a policy that was trained for it.");
        }

        var play = new Play(environment, policy);
        var pace = new DecisionPace(options.DecisionTime, TimeProvider.System);
        long episode = 0;
        play.Begin(options.Seed);
        while ((options.Episodes == 0 || episode < options.Episodes) && !cancellation.IsCancellationRequested)
        {
            if (play.Step())
            {
                options.Log?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Episode {++episode}: score {play.TakeScore():F2}."));
            }

            try
            {
                await pace.WaitAsync(timeScale: 1, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The next look at the token ends the player.
            }
        }

        return new PlayerSummary(play.Decisions, Resets: 1, episode == options.Episodes && episode > 0 ? "all episodes were played" : "interrupted");
    }

    /// <summary>The scene with the policy in it, one decision of all arms at a time.</summary>
    private sealed class Play(ArmEnvironment environment, IPolicy policy)
    {
        private readonly StepBuffer step = new(environment);
        private readonly float[] actions = new float[environment.AgentCount * environment.ActionSize];
        private double score;

        public long Decisions { get; private set; }

        public void Begin(ulong seed) => environment.Reset(seed, step.View.Observations);

        /// <summary>Makes one decision; all arms end their episodes together.</summary>
        /// <returns>Whether the episode has ended.</returns>
        public bool Step()
        {
            VectorStep view = step.View;
            policy.Act(view.Observations, actions);
            environment.Step(actions, view);
            foreach (float reward in view.Rewards)
            {
                score += reward / environment.AgentCount;
            }

            Decisions++;
            return view.Truncated[0];
        }

        public double TakeScore()
        {
            double taken = score;
            score = 0;
            return taken;
        }
    }
}
