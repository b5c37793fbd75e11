using Reacher.Fast.Core.Environments;
using Reacher.Fast.Environments.MlAgents.Trainer;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>Agents that come, go and return, in rows that stay. An observation is one number.</summary>
public sealed class AgentSlotsTests
{
    private readonly PlayerReport report = new();
    private readonly StepBuffer step = new(new Rows(3));
    private AgentSlots slots = null!;

    private VectorStep View => step.View;

    [SetUp]
    public void Start() => Begin(doneBringsNextEpisode: false);

    [Test]
    public void A_message_that_holds_all_rows_is_a_full_step()
    {
        Take(Ask(3, 31, 1), Ask(1, 11, 2), Ask(2, 21, 3));
        Assert.That(View.Observations.ToArray(), Is.EqualTo(new float[] { 11, 21, 31 }));
        Assert.That(View.Rewards.ToArray(), Is.EqualTo(new float[] { 2, 3, 1 }));
        Assert.That(View.Lost.ToArray(), Is.All.False);
        Assert.That(slots.Order.ToArray(), Is.EqualTo(new[] { 2, 0, 1 }), "actions are due in the order of the infos");
    }

    [Test]
    public void An_ended_agents_row_goes_to_the_next_unknown_agent()
    {
        // The new id stands before the end that makes room for it: ends are taken first.
        Take(Ask(7, 70, 50), Ask(1, 11), End(2, 29, 5, interrupted: true), Ask(3, 31));
        Assert.That(View.Observations.ToArray(), Is.EqualTo(new float[] { 11, 70, 31 }));
        Assert.That(View.FinalObservations[1], Is.EqualTo(29));
        Assert.That(View.Rewards[1], Is.EqualTo(5), "the new agent's reward belongs to no decision of ours");
        Assert.That((View.Truncated[1], View.Terminated[1], View.Lost[1]), Is.EqualTo((true, false, false)));
        Take(Ask(7, 71), Ask(1, 12), Ask(3, 32));
        Assert.That(View.Lost.ToArray(), Is.All.False);
        Assert.That(View.Observations[1], Is.EqualTo(71));
    }

    [Test]
    public void An_agent_in_both_lists_under_one_id_keeps_its_row()
    {
        Take(Ask(1, 11), Ask(2, 20.5f), Ask(3, 31), End(2, 29, 5, interrupted: false));
        Assert.That((View.Terminated[1], View.Lost[1], View.FinalObservations[1], View.Observations[1]), Is.EqualTo((true, false, 29f, 20.5f)));
    }

    [Test]
    public void A_row_is_lost_from_its_agents_end_until_another_has_been_stepped()
    {
        Take(Ask(1, 11), End(2, 29, 5, interrupted: false), Ask(3, 31));
        Assert.That(View.Lost.ToArray(), Is.All.False, "the end itself is a transition");
        Take(Ask(1, 12), Ask(3, 32));
        Assert.That(View.Lost.ToArray(), Is.EqualTo(new[] { false, true, false }), "nobody was there");
        Assert.That(View.Activity.ToArray(), Is.EqualTo(new[] { RowActivity.Acted, RowActivity.Vacant, RowActivity.Acted }));
        Assert.That(View.CountActed(), Is.EqualTo(2));
        Take(Ask(1, 13), Ask(9, 90), Ask(3, 33));
        Assert.That(View.Lost.ToArray(), Is.EqualTo(new[] { false, true, false }), "the newcomer did not act yet");
        Assert.That(View.Activity[1], Is.EqualTo(RowActivity.Vacant));
        Assert.That(View.Observations[1], Is.EqualTo(90));
        Take(Ask(1, 14), Ask(9, 91), Ask(3, 34));
        Assert.That(View.Lost.ToArray(), Is.All.False);
    }

    [Test]
    public void A_silent_agents_transitions_are_lost_until_it_has_acted_again()
    {
        Take(Ask(1, 11), Ask(3, 31));
        Assert.That(View.Lost.ToArray(), Is.EqualTo(new[] { false, true, false }));
        Assert.That(View.Observations[1], Is.EqualTo(20), "what it last saw");
        Assert.That(View.Activity[1], Is.EqualTo(RowActivity.Idle), "its episode goes on");
        Take(Ask(1, 12), Ask(2, 22), Ask(3, 32));
        Assert.That(View.Lost[1], Is.True, "the action of this step was not the one it carried out");
        Take(Ask(1, 13), Ask(2, 23), Ask(3, 33));
        Assert.That(View.Lost.ToArray(), Is.All.False);
    }

    [Test]
    public void More_agents_than_rows_are_left_out_until_a_row_is_vacant()
    {
        Take(Ask(8, 80), Ask(1, 11), Ask(2, 21), Ask(3, 31));
        Assert.That(slots.LeftOut, Is.EqualTo(1));
        Assert.That(slots.Order.ToArray(), Is.EqualTo(new[] { -1, 0, 1, 2 }));
        Assert.That(View.Lost.ToArray(), Is.All.False);
        Take(Ask(8, 81), End(1, 19, 0, interrupted: true), Ask(2, 22), Ask(3, 32));
        Assert.That(slots.Order.ToArray(), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(View.Observations[0], Is.EqualTo(81));
    }

    [Test]
    public void A_row_silent_for_long_may_be_taken()
    {
        for (int i = 0; i <= AgentSlots.PatienceInMessages; i++)
        {
            Assert.That(View.Activity[1], Is.Not.EqualTo(RowActivity.Vacant));
            Take(Ask(1, 11), Ask(3, 31), Ask(4, 41));
            Assert.That(slots.LeftOut, Is.EqualTo(1));
        }

        Assert.That(View.Activity[1], Is.EqualTo(RowActivity.Vacant), "its agent was given up");

        Take(Ask(1, 11), Ask(3, 31), Ask(4, 41));
        Assert.That((slots.LeftOut, View.Observations[1]), Is.EqualTo((0, 41f)));
    }

    [Test]
    public void API_4_truncation_is_lost_and_its_true_end_is_not()
    {
        Begin(doneBringsNextEpisode: true);
        Take(Ask(1, 11, 1), End(2, 200, 5, interrupted: true), End(3, 300, 6, interrupted: false));
        Assert.That(View.Observations.ToArray(), Is.EqualTo(new float[] { 11, 200, 300 }), "already the next episode's");
        Assert.That(View.Rewards.ToArray(), Is.EqualTo(new float[] { 1, 5, 6 }));
        Assert.That(View.Truncated.ToArray(), Is.EqualTo(new[] { false, true, false }));
        Assert.That(View.Terminated.ToArray(), Is.EqualTo(new[] { false, false, true }));
        Assert.That(View.Lost.ToArray(), Is.EqualTo(new[] { false, true, false }));
        Assert.That(slots.Order.ToArray(), Is.EqualTo(new[] { 0, 1, 2 }), "done agents ask for actions as well");
        Take(Ask(1, 12), Ask(2, 201), Ask(3, 301));
        Assert.That(View.Lost.ToArray(), Is.All.False);
    }

    private static (int Id, float Saw, float Reward, bool Done, bool Interrupted) Ask(int id, float saw, float reward = 0) =>
        (id, saw, reward, false, false);

    private static (int Id, float Saw, float Reward, bool Done, bool Interrupted) End(int id, float saw, float reward, bool interrupted) =>
        (id, saw, reward, true, interrupted);

    private void Begin(bool doneBringsNextEpisode)
    {
        slots = new AgentSlots(new BehaviorSpec("b", 1, 1), 3, doneBringsNextEpisode);
        slots.Restart();
        Fill(Ask(1, 10), Ask(2, 20), Ask(3, 30));
        slots.TakeFirst(report);
    }

    private void Take(params (int Id, float Saw, float Reward, bool Done, bool Interrupted)[] agents)
    {
        Fill(agents);
        slots.BeginStep(step.View);
        slots.Take(report, step.View);
        slots.EndStep(step.View);
    }

    private void Fill(params (int Id, float Saw, float Reward, bool Done, bool Interrupted)[] agents)
    {
        report.Clear();
        foreach (var agent in agents)
        {
            report.Add(agent.Id, agent.Reward, agent.Done, agent.Interrupted, 1)[0] = agent.Saw;
        }
    }

    /// <summary>Only the sizes.</summary>
    private sealed class Rows(int count) : IVectorEnvironment
    {
        public int AgentCount => count;

        public int ObservationSize => 1;

        public int ActionSize => 1;

        public void Reset(ulong seed, Span<float> observations) => throw new NotSupportedException();

        public void Step(ReadOnlySpan<float> actions, in VectorStep step) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
