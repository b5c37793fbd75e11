using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Replay.Tests.Control;

/// <summary>
/// The rate limiter's decisions in every state that a small run can come to: environments start late or again, agents' steps wait in n-step
/// windows, are stored, or are lost, and a learner turns, finds nothing to draw, or is started again. In none of them do all wait.
/// </summary>
public sealed class RateLimiterModelTests
{
    private static readonly Fate[] Fates = [Fate.Acts, Fate.Ends, Fate.IsLost, Fate.IsIdle];

    /// <summary>What becomes of one agent's part in a vector step.</summary>
    private enum Fate
    {
        /// <summary>A transition, which becomes a row once its window of n is complete.</summary>
        Acts,

        /// <summary>A transition that ends an episode, and so completes all windows.</summary>
        Ends,

        /// <summary>A transition without a successor, which takes all windows that reach into it along.</summary>
        IsLost,

        /// <summary>Nobody acted: no transition, and windows are lost.</summary>
        IsIdle,
    }

    [TestCase(1, 1, 1, 0, 1, 1)]
    [TestCase(12, 1, 1, 0, 1, 1)]
    [TestCase(7, 2, 1, 0, 1, 1)]
    [TestCase(7, 1, 2, 0, 1, 1)]
    [TestCase(12, 1, 1, 2, 0.5, 1)]
    [TestCase(12, 1, 1, 0, 4, 4)]
    public void In_no_state_does_everybody_wait(int nStep, int agents, int environments, int warmup, double ratio, int updatesPerTurn)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        double ahead = Math.Max(updatesPerTurn, 4 * agents * environments * ratio);
        control.Limiter.Configure(new RateLimits(ratio, warmup, LearnerSlack: 1, EnvironmentSlack: ahead));
        var run = new Run(nStep, agents, environments, updatesPerTurn, ratio);
        // Past this there is nothing new: the environments have been let go although they are ahead, and all windows could be complete.
        double largestDebt = ahead + (agents * environments * (nStep + 2) * ratio);

        var first = new State(warmup, 0, 0, 0, 0, IsStored: false, IsStarved: false);
        var seen = new HashSet<State> { first };
        var open = new Queue<State>([first]);
        while (open.TryDequeue(out State state))
        {
            (bool mayStep, bool mayUpdate) = Ask(control, state, warmup, updatesPerTurn);
            double debt = run.Debt(state);
            Assert.That(
                state.Started == 0 || mayStep || (mayUpdate && (state.IsStored || !state.IsStarved)), Is.True, $"all wait in {state}");
            Assert.That(
                mayStep, Is.EqualTo(state.WarmupLeft > 0 || state.IsStarved || debt <= ahead), $"what an environment may do in {state}");
            Assert.That(mayUpdate, Is.EqualTo(state.WarmupLeft == 0 && debt >= updatesPerTurn - 1), $"what the learner may do in {state}");
            foreach (State next in run.After(state, mayStep, mayUpdate))
            {
                if (run.Debt(next) <= largestDebt && seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        Assert.That(seen.Any(state => state.IsStarved && run.Debt(state) > ahead), Is.True, "the states that matter are reached");
        TestContext.Out.WriteLine($"{seen.Count} states");
    }

    // Puts the real counters where the state has them.
    private static (bool MayStep, bool MayUpdate) Ask(ControlBlock control, State state, int warmup, int updates)
    {
        ProcessSlot learner = control.Learner;
        control.Slot(ProcessRole.Environment, 0).SetVectorSteps(0, warmup - state.WarmupLeft + state.Steps);
        learner.SetUpdates(state.Updates);
        learner.IsStarved = state.IsStarved;
        return (control.Limiter.MayStep(), control.Limiter.MayUpdate(updates));
    }

    /// <summary>
    /// A state of the whole run: the agent steps that the warm-up lacks, those counted since and the updates, less as many of both as cancel
    /// each other; the environments started, the steps that wait in windows (a digit for each agent), and what the learner knows.
    /// </summary>
    private readonly record struct State(
        int WarmupLeft, int Steps, int Updates, int Started, long Waiting, bool IsStored, bool IsStarved);

    private sealed record Run(int NStep, int Agents, int Environments, int UpdatesPerTurn, double Ratio)
    {
        public double Debt(State state) => (Ratio * state.Steps) - state.Updates;

        public IEnumerable<State> After(State state, bool mayStep, bool mayUpdate)
        {
            if (state.Started < Environments)
            {
                yield return state with { Started = state.Started + 1 };
            }

            for (int environment = 0; environment < state.Started; environment++)
            {
                // It is killed and started again: its windows go with it.
                yield return Forget(state, environment);
                foreach (State next in mayStep ? Steps(state, environment * Agents, Agents) : [])
                {
                    yield return Reduce(next);
                }
            }

            // A learner that starts again forgives the debt, and knows of no row before it has looked.
            yield return state with { Steps = 0, Updates = 0, IsStarved = false };
            if (mayUpdate)
            {
                yield return state.IsStored
                    ? Reduce(state with { Updates = state.Updates + UpdatesPerTurn, IsStarved = false })
                    : state with { IsStarved = true };
            }
        }

        private State Reduce(State state)
        {
            int steps = Ratio < 1 ? (int)Math.Round(1 / Ratio) : 1, updates = Ratio < 1 ? 1 : (int)Ratio;
            int pairs = Math.Min(state.Steps / steps, state.Updates / updates);
            return state with { Steps = state.Steps - (pairs * steps), Updates = state.Updates - (pairs * updates) };
        }

        private IEnumerable<State> Steps(State state, int agent, int count) => count == 0
            ? [state]
            : Fates.SelectMany(fate => Steps(Step(state, agent, fate), agent + 1, count - 1));

        private State Step(State state, int agent, Fate fate)
        {
            int waiting = WaitingOf(state, agent);
            bool completes = fate == Fate.Ends || (fate == Fate.Acts && waiting + 1 == NStep);
            State after = WithWaiting(state, agent, fate == Fate.Acts ? Math.Min(waiting + 1, NStep - 1) : 0) with
            {
                IsStored = state.IsStored || completes,
            };
            return fate == Fate.IsIdle ? after
                : after.WarmupLeft > 0 ? after with { WarmupLeft = after.WarmupLeft - 1 }
                : after with { Steps = after.Steps + 1 };
        }

        private State Forget(State state, int environment)
        {
            for (int agent = environment * Agents; agent < (environment + 1) * Agents; agent++)
            {
                state = WithWaiting(state, agent, 0);
            }

            return state;
        }

        private int WaitingOf(State state, int agent) => (int)(state.Waiting / Digit(agent) % NStep);

        private State WithWaiting(State state, int agent, int waiting) =>
            state with { Waiting = state.Waiting + ((waiting - WaitingOf(state, agent)) * Digit(agent)) };

        private long Digit(int agent) => (long)Math.Pow(NStep, agent);
    }
}
